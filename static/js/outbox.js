// Writes that wait for their answer: kept on this phone, sent from whichever page is open, the latest of one name alone.
//   action, method, fields   the request; fields are an object, or pairs where a name comes more than once
//   key, at                  its idempotency key, and when it was handed in
//   title, label             what it is about and what it does, in the person's words
//   said, page               what is said once it has arrived, and the page on which a refused one can be mended
// The event "outbox" says that something changed; its detail `{ name, wish, ok, …answer }`, that one was answered.

import { newKey, reloadWhenIdle, write } from "./server.js";
import { say } from "./toast.js";

const [LATE, AGAIN, MINUTE] = [3000, 5000, 60000];
// Refusals that may pass: the entry stays.
const PASSING = ["NotJoined", "OtherMember", "FormExpired", "CookiesOff", "TooMany", "Busy", "Broken"];
const page = document.querySelector(".toasts")?.dataset;
// Another person's entries on this phone wait for them.
const PREFIX = `waiting:${page?.member}-`;
const [underWay, late] = [new Set(), new Set()];
let timer = null;
/** By name, while its form is open: makes `{ ok, finish }` of an answer, and fails when that is none. */
export const readers = new Map();
export const names = () => Object.keys(localStorage).flatMap((key) => (key.startsWith(PREFIX) ? key.slice(PREFIX.length) : []));
export const entry = (name) => JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
/** Whether it has waited for long enough to be called waiting. */
export const isLate = (name) => late.has(name) && entry(name) !== null;
/** Where the draft of the form with this name is kept: it goes when what was handed in has arrived. */
export const draftOf = (name) => `draft:${page?.member}-${name}`;
const changed = (detail) => document.dispatchEvent(new CustomEvent("outbox", { detail }));

/** Keep a write and send it. */
export function keep(name, wish) {
  localStorage.setItem(PREFIX + name, JSON.stringify({ method: "POST", key: newKey(), ...wish, at: Date.now() }));
  changed();
  send(name);
}

export function drop(name) {
  localStorage.removeItem(PREFIX + name);
  late.delete(name);
  changed();
}

export const sendAll = () => names().forEach(send);

// One after the other under one name; different names do not wait for each other. Only a page with a form has a token.
async function send(name) {
  if (underWay.has(name) || !document.querySelector("input[name=csrf_token]")) return;
  timer ??= setInterval(sendAll, AGAIN);
  underWay.add(name);
  try {
    for (let wish; (wish = entry(name)); ) settle(name, wish, await tell(name, wish));
  } catch {
    wait(name);
  }
  underWay.delete(name);
  changed();
  if (!names().length) timer = clearInterval(timer) ?? null;
}

// Not kept alive beyond its page: it could arrive after a later wish that the next page has sent.
async function tell(name, { action, method, fields, key }) {
  const slow = setTimeout(wait, LATE, name);
  const body = new FormData();
  const pairs = (Array.isArray(fields) ? fields : Object.entries(fields)).filter(([field]) => field !== "csrf_token");
  pairs.forEach(([field, value]) => body.append(field, value));
  const read = readers.get(name);
  const headers = read ? { "X-Draft": "1" } : { Accept: "application/json" };
  const sent = write(action, { method, body, key, headers, times: 2, patience: 5000 });
  const answer = await sent.finally(() => clearTimeout(slow));
  return read ? read(answer) : { ok: answer.ok, ...(await answer.json().catch(() => ({}))) };
}

function settle(name, wish, { ok, problem, says, finish, ...more }) {
  if (PASSING.includes(problem)) {
    // A page from before a change of hands: the next one is whose it is.
    if (["OtherMember", "FormExpired"].includes(problem) && performance.now() > MINUTE) reloadWhenIdle();
    throw new Error(problem);
  }
  const isLatest = entry(name)?.at === wish.at;
  if (isLatest && ok) localStorage.removeItem(draftOf(name));
  if (isLatest) drop(name);
  changed({ name, wish, ok, ...more });
  if (finish) return isLatest && finish();
  const words = ok ? says || wish.said : [wish.title, says].filter(Boolean).join(": ");
  if (words) say(words, ok ? 5 : 20);
  if (!ok && wish.page) location.assign(wish.page);
}

function wait(name) {
  const wish = entry(name);
  if (!wish || isLate(name)) return;
  late.add(name);
  if (Date.now() - wish.at < MINUTE && !readers.has(name)) say(page.kept);
  changed();
}

window.addEventListener("online", sendAll);
window.addEventListener("storage", ({ key }) => key?.startsWith(PREFIX) && changed());
