// The facilitators' keys for the round through the sessions of a day: they send without leaving the page, for the answer
// comes to all pages alike.

import { write } from "./server.js";
import { say } from "./toast.js";

export function connect(root) {
  async function act(event) {
    const key = event.target.closest("[formaction]");
    if (!key) return;
    event.preventDefault();
    key.setAttribute("aria-busy", "true");
    const body = new URLSearchParams({ [key.name]: key.value });
    const headers = { Accept: "application/json" };
    const answer = await write(key.getAttribute("formaction"), { method: "POST", headers, body }).catch(() => null);
    key.removeAttribute("aria-busy");
    if (!answer?.ok) say();
  }

  root.addEventListener("click", act);
  return () => root.removeEventListener("click", act);
}
