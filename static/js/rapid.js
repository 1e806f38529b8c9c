// One line while somebody speaks: title, Enter, name, Enter. What was entered waits in the outbox for its answer, so the
// next one can be typed at once, whatever the network does.

import { now } from "./clock.js";
import { entry, keep, names } from "./outbox.js";
import { completion } from "./completion.js";
import { newKey, request } from "./server.js";
import { spots } from "./spots.js";
import { refusals } from "./refusals.js";

const NAME = "pitch-";

export function connect(form) {
  const { title, convener, key, typed_at: typedAt } = form.elements;
  const ending = new AbortController();
  const listen = (target, type, listener, more = {}) =>
    target.addEventListener(type, listener, { signal: ending.signal, ...more });
  const who = completion(convener, form.querySelector("[role=listbox]"), form.dataset.people, listen);
  const places = spots(form, listen);
  const refused = refusals(form.parentElement, NAME, bring, listen);

  function submit(event) {
    // Before others who listen: no dead network keeps back what is only put into the outbox.
    if (event.target !== form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const toQueue = event.submitter?.hasAttribute("formaction");
    who.choose();
    if (!title.value.trim() && !toQueue) return title.focus();
    if (!convener.value.trim()) return convener.focus();
    typedAt.value = now().toFixed(3);
    const fields = [...new FormData(form)].filter(([name]) => !["csrf_token", "where"].includes(name));
    if (who.isGuest()) fields.push(["is_guest", "y"]);
    const action = toQueue ? event.submitter.formAction : form.action;
    const { label } = form.dataset;
    keep(NAME + key.value, { action, fields, key: key.value, title: title.value || convener.value, label });
    clear();
  }

  function clear() {
    [title.value, convener.value, key.value] = ["", "", newKey()];
    who.clear();
    places.clear();
    title.focus();
  }

  // A refused entry comes back into the line to be corrected, as what it was: under a key of its own.
  function bring(fields) {
    const typed = Object.fromEntries(fields);
    [title.value, convener.value] = [typed.title ?? "", typed.convener ?? ""];
    (typed.title ? convener : title).focus();
  }

  async function answered({ detail }) {
    count();
    if (!detail?.wish || !detail.name.startsWith(NAME)) return;
    if (!detail.ok) refused.add(detail.wish, detail.says);
    if (detail.ok && detail.claim) showCode(detail.claim);
  }

  function count() {
    const left = names().filter((name) => name.startsWith(NAME) && Date.now() - entry(name).at > 1500).length;
    const line = form.querySelector(".rapid__waits");
    const words = left ? line.dataset.one.replace("{n}", left) : "";
    if (line.textContent !== words) line.textContent = words;
  }

  // Its address is asked for the code, which no stored answer holds.
  async function showCode(claim) {
    const address = `${form.dataset.claims}?claim=${claim}&part=1`;
    const answer = await request(address).catch(() => null);
    if (!answer?.ok) return;
    const codes = document.querySelector("[data-codes]");
    codes.insertAdjacentHTML("beforeend", await answer.text());
    if (codes.children.length > 3) codes.firstElementChild.remove();
  }

  function keys(event) {
    const isPlain = !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isPlain) return;
    if (event.key === "Enter" && event.target === title && !convener.value) {
      event.preventDefault();
      if (title.value.trim()) convener.focus();
    }
    if (event.key === "ArrowDown" && event.target === title && !title.value) {
      event.preventDefault();
      places.open();
    }
    // A mistake in the title is seen while one types the name.
    if (event.key === "ArrowUp" && event.target === convener && !who.isOpen()) title.focus();
  }

  listen(window, "submit", submit, { capture: true });
  listen(form, "keydown", keys);
  listen(document, "outbox", answered);
  listen(document, "click", ({ target }) => target.closest("[data-codes] [data-close]")?.closest(".claim").remove());
  const timer = setInterval(count, 1000);
  if (form.querySelector("[autofocus]")) title.focus();
  return () => {
    clearInterval(timer);
    ending.abort();
  };
}
