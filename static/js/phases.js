// The console's page of phases: what the screens would show, and how it stands after another facilitator has switched.

import { request } from "./server.js";

export function connect(root) {
  // A screen goes by the phase if nothing else was chosen for it. A patch takes away what is put here.
  function mark() {
    const then = root.querySelector("template").content;
    for (const screen of root.querySelectorAll(".screen[data-usual]")) {
      if (screen.dataset.scene === root.dataset.scene || screen.querySelector(".screen__next")) continue;
      screen.querySelector(".screen__view").append(then.querySelector(".screen__next").cloneNode(true));
      screen.querySelector(".screen__does").append(" ", then.querySelector(".screen__then").cloneNode(true));
    }
  }

  // What was about to be switched is no longer what would come of it: the rest of the page is taken from a new one.
  async function renew() {
    const page = await request(location.href).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector(".phases");
    if (!fresh) return;
    const focused = document.activeElement?.id;
    root.querySelectorAll(".screen__next, .screen__then").forEach((part) => part.closest(".screen") && part.remove());
    Object.assign(root.dataset, fresh.dataset);
    for (const part of ["#to-head", ".phones", "#switch"]) root.querySelector(part).replaceWith(fresh.querySelector(part));
    if (focused) document.getElementById(focused)?.focus();
    mark();
  }

  function patched({ detail }) {
    mark();
    if (detail.includes("phases")) renew();
  }

  document.addEventListener("patched", patched);
  mark();
  return () => document.removeEventListener("patched", patched);
}
