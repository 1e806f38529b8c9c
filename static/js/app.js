// Markup names its module: data-module="board" loads board.js and calls its connect(root).

import { isHeard, isThere, newKey } from "./server.js";
import { say } from "./toast.js";

const HEARD = 20000;

/** Connect what the markup within `part` names. A module that fails is reported, and keeps no other from its work. */
export async function connectAll(part) {
  const roots = [...(part.matches?.("[data-module]") ? [part] : []), ...part.querySelectorAll("[data-module]")];
  const modules = await Promise.allSettled(roots.map((root) => import(`./${root.dataset.module}.js`)));
  modules.forEach(({ value, reason }, index) => {
    try {
      if (reason) throw reason;
      value.connect(roots[index]);
    } catch (error) {
      console.error(error);
    }
  });
}

// After Back a form still has the key of what it has sent. When an answer came, whatever is sent now is meant anew; when
// none came, it is the same write once more. A page of ours that was not come back to is such an answer.
function renewKeys(isBack) {
  if (!isBack) return sessionStorage.removeItem("sent");
  const sent = sessionStorage.getItem("sent");
  document.querySelectorAll("input[name=key]").forEach((field) => field.value !== sent && (field.value = newKey()));
}

renewKeys(performance.getEntriesByType("navigation")[0]?.type === "back_forward");
window.addEventListener("pageshow", ({ persisted }) => persisted && renewKeys(true));
document.addEventListener("submit", ({ target }) => target.elements.key && sessionStorage.setItem("sent", target.elements.key.value));

// A link or a form into a dead network would lead to the browser's error page. Where the server was heard a moment ago
// they go their way; else it is asked first.
async function goIfThere(event, go) {
  if (isHeard(HEARD)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await isThere()) go();
  else say();
}

function followIfThere(event) {
  const link = event.target.closest("a[href]");
  const isElsewhere = event.metaKey || event.ctrlKey || event.shiftKey || link?.target || link?.origin !== location.origin;
  if (event.defaultPrevented || !link || isElsewhere || (link.hash && link.href.split("#")[0] === location.href.split("#")[0])) return;
  goIfThere(event, () => location.assign(link.href));
}

const sendsItself = "[data-module=submit], [data-module=book], [data-module=dots]";
let isSure = false;

function submitIfThere(event) {
  const { target, submitter } = event;
  if (isSure || target.matches(sendsItself)) return;
  goIfThere(event, () => {
    isSure = true;
    target.requestSubmit(submitter);
    isSure = false;
  });
}

// A second tap on a button that is already working does nothing.
function submitOnce(event) {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
}

window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));

// A menu closes when one taps beside it or presses Escape.
document.addEventListener("click", (event) => {
  document.querySelectorAll(".menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".menu[open]");
  if (!menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary").focus();
});

// Modules listen first: what one of them has taken on is not done here once more. They import from this file's bundle,
// which therefore must be through before they come: no top-level await.
connectAll(document).then(() => {
  document.addEventListener("click", followIfThere);
  document.addEventListener("submit", submitIfThere, { capture: true });
  document.addEventListener("submit", submitOnce);
  if (Object.keys(localStorage).some((key) => key.startsWith("waiting:"))) {
    import("./outbox.js").then(({ sendAll }) => sendAll());
  }
  if (Object.keys(localStorage).some((key) => key.startsWith("sending:"))) {
    import("./sending.js").then(({ resumeAll }) => resumeAll());
  }
  // A refusal is the first thing that a person, or a screen reader, should meet.
  document.querySelector("[data-refusal]")?.focus();
  document.documentElement.dataset.ready = "";
});
