// Undo and redo in the head of the console's pages: the buttons name what they are about, and have their keys.

import { write } from "./server.js";
import { say } from "./toast.js";

const JSON_WANTED = { Accept: "application/json" };
const TYPED = "main form input:not([type=hidden], [type=checkbox], [type=radio]), main form textarea";
const isTyped = () => [...document.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue);

export function connect(root) {
  const ending = new AbortController();
  const [undo, redo] = root.querySelectorAll("button");
  const { member } = document.querySelector(".toasts")?.dataset ?? {};

  function show() {
    const mine = [...root.querySelectorAll("li")].find(({ dataset }) => dataset.member === member)?.dataset ?? {};
    label(undo, mine.undo);
    label(redo, mine.redo);
  }

  function label(button, words) {
    button.setAttribute("aria-label", words ?? button.dataset.none);
    button.title = words ?? "";
    if (words) button.removeAttribute("aria-disabled");
    else button.setAttribute("aria-disabled", "true");
  }

  // On a keyboard with other letters the key where Z is says its place.
  function press(event) {
    const key = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.slice(-1).toLowerCase();
    const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && (key === "z" || key === "y");
    // A browser undoes what was typed.
    const isTyping = event.target.matches?.("input:not([type=radio], [type=checkbox]), textarea") && event.target.value;
    if (!isAsked || isTyping || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    (key === "y" || event.shiftKey ? redo : undo).click();
  }

  // A main part with a module of its own is kept in step. Other pages are loaded anew, unless that would lose words.
  async function act(event) {
    const button = event.target.closest("button");
    const stays = document.querySelector("main[data-module]") || isTyped();
    if (!button || !stays || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    const answer = await write(button.formAction, { method: "POST", headers: JSON_WANTED }).catch(() => null);
    const said = await answer?.json().catch(() => null);
    // Its own page offers where else a topic may hang.
    if (said?.free?.length && !isTyped()) return button.form.requestSubmit(button);
    say(said?.says, 8);
  }

  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  listen(document, "patched", show);
  listen(document, "keydown", press);
  listen(root, "click", act);
  show();
  return () => ending.abort();
}
