// The page on which a facilitator directs the slideshow in the hall.

import { request, write } from "./server.js";
import { current, showProgress } from "./slideshow.js";
import { say } from "./toast.js";

const [TICK, LOOK, SOON] = [500, 5000, 1000];

export function connect(root) {
  const pairs = { hold: "isHeld", blank: "isBlank" };
  const ending = new AbortController();
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });

  function show() {
    const state = current();
    for (const slide of root.querySelectorAll(".slide")) slide.hidden = Number(slide.dataset.number) !== state.number;
    for (const words of root.querySelectorAll("[data-state]")) {
      words.hidden = words.dataset.state !== (state.isBlank ? "dark" : state.isHeld ? "held" : "runs");
    }
    for (const key of root.querySelectorAll("[formaction]")) {
      key.value = state.number ?? 0;
      const [path, method] = key.getAttribute("formaction").split("?");
      const is = state[pairs[path.split("/").at(-1)]];
      if (is !== undefined) key.hidden = method.includes("PUT") ? is : !is;
    }
    showProgress(state);
  }

  async function act(event) {
    const key = event.target.closest("[formaction]");
    if (!key) return;
    event.preventDefault();
    key.setAttribute("aria-busy", "true");
    const body = new URLSearchParams({ number: key.value });
    const headers = { Accept: "application/json" };
    const answer = await write(key.getAttribute("formaction"), { method: "POST", headers, body }).catch(() => null);
    key.removeAttribute("aria-busy");
    if (!answer?.ok) say();
    setTimeout(look, SOON);
  }

  // What the screens say of themselves is in no channel.
  async function look() {
    if (document.visibilityState !== "visible") return;
    const page = await request(root.dataset.page).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("screens");
    if (fresh) document.getElementById("screens").replaceWith(fresh);
  }

  const timers = [setInterval(show, TICK), setInterval(look, LOOK)];
  listen(root, "click", act);
  listen(document, "patched", show);
  show();
  return () => {
    timers.forEach(clearInterval);
    ending.abort();
  };
}
