// What a person has given in a round of dots, as far as this phone knows: what the server has said counts, what waits in
// the outbox, and what came too late. It is stored, for with the count the server forgets who gave what.

import { entry, isLate, keep } from "./outbox.js";
import { store } from "./storage.js";

const FIELD = "topic-";
const PREFIX = `dots:${document.querySelector(".toasts")?.dataset.member}-`;
const TOO_LATE = ["TimeIsUp", "NotOpen"];
// Where the browser's storage is full, it is known as long as the page is open.
const unstored = new Map();

const name = (round) => `dots-${round}`;
const receipt = (round) => `${PREFIX}${round}-answer`;
const dotsIn = (fields) =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => field.startsWith(FIELD)).map(([field, dots]) => [field.slice(FIELD.length), Number(dots)]));

function know(round, fact) {
  const text = JSON.stringify(fact);
  if (!store(PREFIX + round, text)) unstored.set(PREFIX + round, text);
}

/** What the server has said: `{ version, chosen }`, and as `late` the dots that it refused because the time was up. */
export const known = (round) => JSON.parse(unstored.get(PREFIX + round) ?? localStorage.getItem(PREFIX + round) ?? "null") ?? { version: 0, chosen: {} };

/** What the person wishes for, `{ version, chosen }`: the latest tap, whether or not the server has it. */
export function wished(round) {
  const waits = entry(name(round));
  return waits ? { version: Number(waits.fields.version), chosen: dotsIn(waits.fields) } : known(round);
}

/** Whether the server has not answered the latest tap; and for so long that it can be called waiting. */
export const isWaiting = (round) => entry(name(round)) !== null;
export const isWaitingLong = (round) => isLate(name(round));

/** A number that looks random, and is always the same for a topic of a round and a person (FNV-1a). */
export const scattered = (round, topic) =>
  [...`${PREFIX}${round}-${topic}`].reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0, 2166136261);

/** Keep these dots and send them; `at` is in milliseconds by the server's clock. */
export function choose(round, chosen, { at, action, label }) {
  const version = String(Math.max(Math.floor(at), wished(round).version + 1));
  const dots = Object.fromEntries(Object.entries(chosen).map(([topic, count]) => [FIELD + topic, String(count)]));
  keep(name(round), { action, fields: { round: String(round), version, ...dots }, label, page: "", receipt: receipt(round) });
}

/** Learn from the server, `{ round, version, chosen }`. Once it is counted it knows of nobody, so nothing is learnt. */
export function learn(round, told, isFresh = false) {
  if (told?.round === round && (isFresh || (told.version && told.version >= known(round).version))) know(round, { version: told.version, chosen: told.chosen });
}

/** Learn from an answer, `{ fields, ok, problem, version, chosen }`. Returns whether it says how the dots stand now. */
function settle(round, { fields, ok, problem, version, chosen }) {
  const before = known(round);
  const sent = Number(fields.version);
  if (ok && sent >= before.version) know(round, { version: sent, chosen: dotsIn(fields) });
  else if (chosen) learn(round, { round, version, chosen });
  else if (TOO_LATE.includes(problem) && sent > before.version) know(round, { ...before, late: dotsIn(fields) });
  return ok || chosen !== undefined || TOO_LATE.includes(problem);
}

/** Learn from the answer that some page got last. */
export function settleStored(round) {
  const answer = JSON.parse(localStorage.getItem(receipt(round)) ?? "null");
  if (answer) settle(round, answer);
  localStorage.removeItem(receipt(round));
}

/** Learn from what the outbox tells. Returns whether the server has to be asked how the dots stand. */
export function hear(round, detail) {
  settleStored(round);
  if (detail?.name !== name(round)) return false;
  return detail.isElsewhere || !settle(round, { ...detail, fields: detail.wish.fields });
}
