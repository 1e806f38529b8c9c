// The page on which a facilitator directs the slideshow in the hall.

import { request, write } from "./server.js";
import { showPhoto } from "./slide.js";
import { current, showProgress } from "./slideshow.js";
import { say } from "./toast.js";

const [TICK, LOOK, SOON] = [500, 5000, 1000];

export function connect(root) {
  const pairs = { hold: "isHeld", blank: "isBlank" };
  const ending = new AbortController();
  const looking = root.querySelector(".control__look");
  const hiding = root.querySelector(".control__hide");
  const next = root.querySelector(".control__next");
  let coming = "";
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });

  function show() {
    const state = current();
    for (const slide of root.querySelectorAll("#slides > .slide")) {
      slide.hidden = Number(slide.dataset.number) !== state.number;
      if (!slide.hidden) showPhoto(slide, state.done);
    }
    showAbout(state.number);
    showNext(state);
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

  function showAbout(number) {
    const slide = document.getElementById(`slide-${number}`);
    looking.hidden = !slide;
    looking.href = looking.dataset.look.replace(/0$/, number);
    // Once it is unfolded, it stays with its story, whichever comes to the screen while the reason is typed.
    if (hiding.open) return;
    hiding.hidden = !slide;
    if (!slide) return;
    hiding.querySelector("form").action = hiding.dataset.hide.replace("/0/", `/${number}/`);
    hiding.querySelector("[data-name]").textContent = slide.querySelector(".slide__by b").textContent;
  }

  function showNext({ number, next: following }) {
    const slide = following === number ? null : document.getElementById(`slide-${following}`);
    next.hidden = !slide;
    if (coming === (coming = slide?.outerHTML ?? "")) return;
    const copy = slide?.cloneNode(true);
    copy?.removeAttribute("id");
    copy?.removeAttribute("hidden");
    next.lastElementChild.replaceChildren(...(copy ? [copy] : []));
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
    const old = document.getElementById("screens");
    fresh?.querySelector("details")?.toggleAttribute("open", Boolean(old.querySelector("details[open]")));
    if (fresh) old.replaceWith(fresh);
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
