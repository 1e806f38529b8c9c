// Loads the page anew when it no longer fits the server.

import { isThere } from "./server.js";

// A page that is on its way somewhere else, as after a form was sent, must not be called back.
let leaving = false;
window.addEventListener("beforeunload", () => (leaving = true));
window.addEventListener("pageshow", () => (leaving = false));

// Not under a typing finger, nor while something typed is not sent yet; and not all phones at the same moment.
const TYPED = "form input:not([type=hidden], [type=checkbox], [type=radio]), textarea";
let reloading = null;

export const isReloading = () => reloading !== null;

export function reloadWhenIdle() {
  reloading ??= setInterval(async () => {
    // A reload into a dead network would leave an error page.
    if (leaving || isTyping() || !(await isThere(2000))) return;
    clearInterval(reloading);
    location.reload();
  }, 300 + Math.random() * 1500);
}

const isTyping = () =>
  document.activeElement?.matches("input:not([type=checkbox], [type=radio]), textarea, select") ||
  [...document.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue);
