// «Announce» in the console's head: the form of its page in a dialog, so that what is in hand stays there.

import { request, write } from "./server.js";
import { connect as connectToast, say } from "./toast.js";

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
const formIn = (html) => parsed(html).getElementById("announce");

export function connect(link) {
  if (document.getElementById("announce")) return;
  const dialog = link.nextElementSibling;

  function show(form) {
    dialog.replaceChildren(form);
    (form.querySelector("[data-refusal], [aria-invalid=true]") ?? form.querySelector("textarea")).focus();
  }

  async function open(event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    try {
      // What was written before it was closed is still there.
      if (!dialog.firstElementChild) show(formIn(await (await request(link.href)).text()));
      dialog.showModal();
      dialog.querySelector("textarea").focus();
    } catch {
      say();
    }
  }

  // A refusal comes as the page with the form as it was sent.
  async function send(event) {
    event.preventDefault();
    const form = event.target;
    try {
      const answer = await write(form.action, { method: "POST", body: new FormData(form), headers: { "X-Draft": "1" }, key: form.elements.key.value });
      if (!answer.ok) return show(formIn(await answer.text()));
      dialog.close();
      dialog.replaceChildren();
      showDone();
    } catch {
      say();
    }
    delete form.dataset.sent;
  }

  // What the next page would say: that it is announced, with a button to undo it.
  async function showDone() {
    const toast = parsed(await (await request(link.href)).text()).querySelector(".toasts > [data-module=toast]");
    if (!toast) return;
    document.querySelector(".toasts").append(toast);
    connectToast(toast);
  }

  link.addEventListener("click", open);
  dialog.addEventListener("submit", send);
  dialog.addEventListener("click", ({ target }) => (target === dialog || target.closest("[data-close]")) && dialog.close());
  return () => link.removeEventListener("click", open);
}
