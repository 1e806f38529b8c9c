// What is told to one person alone: fetched when the server calls, shown until it is understood.

import { request, write } from "./server.js";

const here = () => document.getElementById("notices");

function take(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("notices");
  if (!fresh) return;
  here()?.replaceWith(fresh);
  if (fresh.dataset.module) connect(fresh);
}

/** Fetch what waits now; `address` is the notices' own. */
export async function show(address) {
  if (!here()) return;
  const answer = await request(address);
  if (answer.ok) take(await answer.text());
}

export function connect(root) {
  const form = root.querySelector(":scope > form");
  if (!form) return () => {};
  const understood = async (event) => {
    event.preventDefault();
    const { action } = form;
    try {
      const answer = await write(action, { method: "POST", body: new FormData(form), headers: { "X-Piece": "1" } });
      if (answer.ok) take(await answer.text());
    } catch {
      // Not taken away: it is told again until the server knows.
      delete form.dataset.sent;
    }
  };
  form.addEventListener("submit", understood);
  return () => form.removeEventListener("submit", understood);
}
