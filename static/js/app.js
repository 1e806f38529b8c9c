// Markup names its module: data-module="board" loads board.js and calls its connect(root).

import { newKey } from "./server.js";

// After Back a form still has the key of what it has sent. When the answer came, whatever is sent now is meant anew;
// when none came, it is the same write once more.
const answered = () => (sessionStorage.getItem("answered") ?? "").split(" ");

function renewKeys(isBack) {
  const sent = sessionStorage.getItem("sent");
  if (sent && !isBack) {
    sessionStorage.setItem("answered", [...answered().slice(-20), sent].join(" "));
    sessionStorage.removeItem("sent");
  }
  if (!isBack) return;
  document.querySelectorAll("input[name=key]").forEach((field) => answered().includes(field.value) && (field.value = newKey()));
}

renewKeys(performance.getEntriesByType("navigation")[0]?.type === "back_forward");
window.addEventListener("pageshow", ({ persisted }) => persisted && renewKeys(true));
document.addEventListener("submit", ({ target }) => target.elements.key && sessionStorage.setItem("sent", target.elements.key.value));

const names = new Set([...document.querySelectorAll("[data-module]")].map((root) => root.dataset.module));

await Promise.all(
  [...names].map(async (name) => {
    const { connect } = await import(`./${name}.js`);
    document.querySelectorAll(`[data-module="${name}"]`).forEach((root) => connect(root));
  }),
);

if (Object.keys(localStorage).some((key) => key.startsWith("waiting:"))) {
  import("./waiting.js").then(({ sendWaiting }) => sendWaiting());
}

// A second tap on a button that is already working does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});
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

// A refusal is the first thing that a person, or a screen reader, should meet.
document.querySelector("[data-refusal]")?.focus();
document.documentElement.dataset.ready = "";
