// What was written in a dead network goes up from whichever page is open when the network is back.

import { write } from "./server.js";
import { say } from "./toast.js";

const AGAIN = 5000;
// What another person wrote on this phone waits for them.
const mine = () => `waiting:${document.querySelector(".toasts").dataset.member}-`;
const waiting = () => Object.keys(localStorage).filter((key) => key.startsWith(mine()));

export function sendWaiting() {
  const timer = setInterval(sendAll, AGAIN);
  window.addEventListener("online", sendAll);
  sendAll();

  async function sendAll() {
    for (const key of waiting()) await sendOne(key).catch(() => {});
    if (!waiting().length) clearInterval(timer);
  }
}

async function sendOne(key) {
  const name = key.replace("waiting:", "");
  // Its own form, when it is open, sends it.
  if (document.querySelector(`[data-draft="${CSS.escape(name)}"]`)) return;
  const { action, method = "POST", fields, said } = JSON.parse(localStorage.getItem(key));
  const body = new FormData();
  Object.entries(fields).forEach(([field, value]) => body.append(field, value));
  body.delete("csrf_token");
  const answer = await write(action, { method, body, headers: { "X-Draft": "1" }, key: fields.key, times: 1 });
  localStorage.removeItem(key);
  // What was refused is still in the draft: its form says why.
  if (answer.status !== 201) return location.assign(said ? action : `${action}/new`);
  localStorage.removeItem(`draft:${name}`);
  say(said ?? document.querySelector(".toasts").dataset.sent);
}
