// What one tapped or wrote and the server has not confirmed: kept on this phone, and sent from whichever page is open.

import { reloadWhenIdle } from "./reload.js";
import { newKey, write } from "./server.js";
import { say } from "./toast.js";

const LATE = 3000;
const AGAIN = 5000;
const MINUTE = 60000;
// Refusals that may pass: the entry stays.
const PASSING = ["NotJoined", "OtherMember", "FormExpired", "CookiesOff", "TooMany", "Busy", "Broken"];
const page = document.querySelector(".toasts")?.dataset;
// Another person's entries on this phone wait for them.
const PREFIX = `waiting:${page?.member}-`;
const underWay = new Set();
// What has waited for long enough to be called waiting.
const late = new Set();
let timer = null;

/** Where the draft of the form with this name is kept. */
export const draftOf = (name) => `draft:${page.member}-${name}`;

export const names = () => Object.keys(localStorage).flatMap((key) => (key.startsWith(PREFIX) ? key.slice(PREFIX.length) : []));
export const entry = (name) => JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
export const isLate = (name) => late.has(name);

const changed = (detail) => document.dispatchEvent(new CustomEvent("outbox", { detail }));

/** Keep `{ action, method, fields }`, to be sent by another page or when this one asks for it. */
export function hold(name, wish) {
  localStorage.setItem(PREFIX + name, JSON.stringify({ at: Date.now(), key: newKey(), ...wish }));
  changed();
}

/** Keep it and send it; of several with one name only the latest is sent. */
export function keep(name, wish) {
  hold(name, wish);
  send(name);
}

export function drop(name) {
  localStorage.removeItem(PREFIX + name);
  late.delete(name);
  changed();
}

export const sendAll = () => names().forEach(send);

// One after the other under one name; different names do not wait for each other.
async function send(name) {
  // Its own form, when it is open, sends it; a page without any form has no token to send with.
  const form = document.querySelector(`[data-draft="${CSS.escape(name)}"]`);
  if (underWay.has(name) || form || !document.querySelector("input[name=csrf_token]")) return;
  timer ??= setInterval(sendAll, AGAIN);
  underWay.add(name);
  try {
    for (let wish; (wish = entry(name)); ) settle(name, wish, await tell(name, wish));
    late.delete(name);
  } catch {
    wait(name);
  }
  underWay.delete(name);
  changed();
  if (!names().length) timer = clearInterval(timer) ?? null;
}

// Not kept alive beyond its page: it could arrive after a later wish that the next page has sent.
async function tell(name, { action, method = "POST", fields, key }) {
  const slow = setTimeout(wait, LATE, name);
  const body = new FormData();
  Object.entries(fields).forEach(([field, value]) => field !== "csrf_token" && body.append(field, value));
  try {
    const request = { method, body, key, headers: { Accept: "application/json" } };
    const answer = await write(action, { ...request, times: 2, patience: 5000 });
    return { ok: answer.ok, ...(await answer.json().catch(() => ({}))) };
  } finally {
    clearTimeout(slow);
  }
}

function settle(name, wish, { ok, problem, says, ...more }) {
  if (PASSING.includes(problem)) {
    // A page from before a change of hands: the next one is whose it is.
    if (["OtherMember", "FormExpired"].includes(problem) && performance.now() > MINUTE) reloadWhenIdle();
    throw new Error(problem);
  }
  if (entry(name)?.key === wish.key) drop(name);
  changed({ name, wish, ok, ...more });
  if (ok && wish.said) say(wish.said);
  if (!ok) say([wish.title, says].filter(Boolean).join(": "), 20);
  // What was written is still in the draft of its form.
  if (!ok && wish.form) location.assign(wish.form);
  if (ok) localStorage.removeItem(draftOf(name));
}

function wait(name) {
  const wish = entry(name);
  if (!wish || late.has(name)) return;
  late.add(name);
  if (Date.now() - wish.at < MINUTE && wish.kind !== undefined) say(page.kept);
  changed();
}

window.addEventListener("online", sendAll);
window.addEventListener("storage", ({ key }) => key?.startsWith(PREFIX) && changed());
