// The list of petitions: shows which are one's own and which one backs, and backs or takes back in place.

import { write } from "./server.js";
import { say } from "./toast.js";

export function connect(root) {
  const ending = new AbortController();
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  const { member } = document.querySelector(".toasts").dataset;
  let { petitions: backed } = JSON.parse(document.getElementById("mine").textContent);

  function show() {
    for (const petition of root.querySelectorAll("[data-petition]")) {
      const id = Number(petition.dataset.petition);
      const offered = petition.dataset.asker === member ? "take-back" : backed.includes(id) ? "unback" : "back";
      petition.querySelectorAll("[data-do]").forEach((button) => button.toggleAttribute("data-off", button.dataset.do !== offered));
    }
  }

  async function tap(event) {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    event.preventDefault();
    const petition = button.closest("[data-petition]");
    const id = Number(petition.dataset.petition);
    const [action, query] = button.getAttribute("formaction").split("?");
    button.setAttribute("aria-busy", "true");
    const options = { method: new URLSearchParams(query).get("method"), headers: { Accept: "application/json" } };
    const answer = await write(action, options).catch(() => null);
    button.removeAttribute("aria-busy");
    if (!answer?.ok) return say((await answer?.json().catch(() => ({})))?.says);
    backed = backed.filter((each) => each !== id);
    if (button.dataset.do === "back") backed.push(id);
    show();
    petition.querySelector("[data-do]:not([data-off])")?.focus();
  }

  listen(root, "click", tap);
  listen(document, "patched", show);
  listen(document, "mine", ({ detail }) => {
    if (!detail.petitions) return;
    backed = detail.petitions;
    show();
  });
  show();
  return () => ending.abort();
}
