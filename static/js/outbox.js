// Writes that wait for their answer: kept on this phone, sent from whichever page is open, the latest of one name alone.
//   action, method, fields   the request; fields are an object, or pairs where a name comes more than once
//   key, at                  its idempotency key, and when it was handed in
//   title, label             what it is about and what it does, in the person's words
//   said, page               what is said once it has arrived, and the page on which a refused one can be mended
//   draft                    the name of the draft that it was handed in from
//   receipt                  where the answer is stored, `{ fields, ok, problem, … }`, for a page that is open later
// The event "outbox" says that something changed; its detail `{ name, wish, ok, …answer }`, that one was answered, and
// `{ name, isElsewhere }`, that another tab got the answer.

import { forgetDraft } from "./drafts.js";
import { newKey, reloadWhenIdle, write } from "./server.js";
import { store } from "./storage.js";
import { say } from "./toast.js";

const [LATE, AGAIN, MINUTE] = [3000, 5000, 60000];
// Refusals that may pass: the entry stays.
const PASSING = ["NotJoined", "OtherMember", "FormExpired", "CookiesOff", "TooLate", "TooMany", "Busy", "Broken"];
const page = document.querySelector(".toasts")?.dataset;
// Another person's entries on this phone wait for them.
const PREFIX = `waiting:${page?.member}-`;
const [underWay, late] = [new Set(), new Set()];
// Where the browser's storage is full, an entry lives as long as its page.
const unstored = new Map();
const tabs = window.BroadcastChannel && new BroadcastChannel(PREFIX);
let timer = null;
/** By the name of a draft, while its form is open: `shows` says whether the form holds what was handed in, and `read`
    makes `{ ok, finish }` of the answer, and fails when that is none. */
export const readers = new Map();
// No name begins with a number: `foo-2` with `204-topic` is the event foo-2, and its member 204.
const isName = (key) => key.startsWith(PREFIX) && !/^\d+-/.test(key.slice(PREFIX.length));
export const names = () => [...new Set([...Object.keys(localStorage), ...unstored.keys()])].filter(isName).map((key) => key.slice(PREFIX.length));
export const entry = (name) => JSON.parse(localStorage.getItem(PREFIX + name) ?? unstored.get(PREFIX + name) ?? "null");
/** Whether it has waited for long enough to be called waiting. */
export const isLate = (name) => late.has(name) && entry(name) !== null;
const changed = (detail) => document.dispatchEvent(new CustomEvent("outbox", { detail }));

/** Keep a write and send it. */
export function keep(name, wish) {
  const kept = JSON.stringify({ key: newKey(), ...wish, at: Date.now() });
  if (!store(PREFIX + name, kept)) unstored.set(PREFIX + name, kept);
  changed();
  send(name);
}

export function drop(name) {
  localStorage.removeItem(PREFIX + name);
  unstored.delete(PREFIX + name);
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
async function tell(name, { action, method = "POST", fields, key, draft }) {
  const slow = setTimeout(wait, LATE, name);
  const body = new FormData();
  const pairs = (Array.isArray(fields) ? fields : Object.entries(fields)).filter(([field]) => field !== "csrf_token");
  pairs.forEach(([field, value]) => body.append(field, value));
  const form = readers.get(draft);
  const read = form?.shows(fields) && form.read;
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
  if (isLatest && ok) forgetDraft(wish.draft ?? name, wish.fields);
  if (wish.receipt) store(wish.receipt, JSON.stringify({ fields: wish.fields, ok, problem, ...more }));
  if (isLatest) drop(name);
  changed({ name, wish, ok, problem, ...more });
  tabs?.postMessage(name);
  if (finish) return isLatest && finish();
  const words = ok ? says || wish.said : [wish.title, says].filter(Boolean).join(": ");
  if (words) say(words, ok ? 5 : 20);
  // Version 0.3 called the page `form`.
  const page = wish.page ?? wish.form;
  if (!ok && page) location.assign(page);
}

function wait(name) {
  const wish = entry(name);
  if (!wish || isLate(name)) return;
  late.add(name);
  if (Date.now() - wish.at < MINUTE && !readers.has(wish.draft)) say(page.kept);
  changed();
}

window.addEventListener("online", sendAll);
tabs?.addEventListener("message", ({ data }) => changed({ name: data, isElsewhere: true }));
window.addEventListener("storage", ({ key }) => key?.startsWith(PREFIX) && changed());
