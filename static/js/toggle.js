// Marks that one gives and takes back with a tap, such as chairs and bookmarks. A mark is shown at once as it was wished
// for, dashed while the server has not confirmed it, and never taken back without a word.

import { entry, isLate, keep } from "./outbox.js";

const waits = document.querySelector(".toasts")?.dataset.waits;

/** Marks of one kind, by id: `known` is what the server has said, an object from id to value; `show` draws them all. */
export function marks(kind, known, show) {
  const name = (id) => `${kind}-${id}`;
  // The same person's other pages in this browser.
  const pages = window.BroadcastChannel && new BroadcastChannel(`${kind} ${location.pathname.split("/")[1]}`);
  const ending = new AbortController();
  let learnt = 0;

  const askAgain = () => document.dispatchEvent(new Event("astray"));

  function know(id, value) {
    learnt = performance.now();
    if (value) known[id] = value;
    else delete known[id];
    show();
  }

  function answered({ detail }) {
    if (!detail?.name.startsWith(name(""))) return show();
    if (!detail.ok) return askAgain();
    const id = detail.name.slice(name("").length);
    know(id, detail.wish.fields.kind);
    pages?.postMessage([id, detail.wish.fields.kind]);
  }

  document.addEventListener("outbox", answered, { signal: ending.signal });
  pages?.addEventListener("message", ({ data }) => know(...data));

  return {
    /** The value that the person wishes for, else the known one; empty for none. */
    value: (id) => (entry(name(id))?.fields ?? { kind: known[id] }).kind ?? "",
    known: (id) => known[id] ?? "",
    isWaiting: (id) => isLate(name(id)),

    /** Learn all marks from an answer to what was asked at this moment: before a tap arrived, it may not hold it. */
    learn(all, asked) {
      if (asked < learnt) return askAgain();
      known = all;
      show();
    },

    /** Give the mark this value, or take it back if it is empty. `more` goes into the outbox with it. */
    set(id, value, more) {
      keep(name(id), { method: value ? "PUT" : "DELETE", fields: value ? { kind: value } : {}, ...more });
    },

    close() {
      ending.abort();
      pages?.close();
    },
  };
}

/** Show one mark on its button. */
export function showMark(button, isOn, isWaiting) {
  button.setAttribute("aria-pressed", isOn);
  button.toggleAttribute("data-waits", isWaiting);
  if (isWaiting) button.setAttribute("aria-description", waits);
  else button.removeAttribute("aria-description");
}
