// The slideshow of the story wall on the hall's screen.

import { renewer } from "./renew.js";
import { fit, isCalm, turn } from "./slide.js";
import { current, showProgress } from "./slideshow.js";

const [TICK, FADE] = [250, 900];

export function connect(root) {
  const stage = root.querySelector(".pjs__stage");
  const [ownCode, code] = root.querySelectorAll(".pjs__foot .qr");
  const renew = renewer(".slide");
  let shown = null;

  function show() {
    const state = current();
    const slide = state.number === null ? null : document.getElementById(`slide-${state.number}`);
    root.toggleAttribute("data-empty", !slide);
    root.querySelector(".pjs__dark").hidden = !state.isBlank;
    stage.inert = state.isBlank;
    if (!slide) clear();
    else if (slide.hidden) change(slide, state);
    if (slide) turn(slide, state.isBlank ? null : state.done);
    renew();
  }

  function change(slide, state) {
    for (const old of stage.children) if (old !== slide && !old.hidden) leave(old);
    slide.removeAttribute("data-leaving");
    slide.hidden = false;
    root.toggleAttribute("data-words", slide.matches(".slide--words"));
    // What of it is shown is set before its size is asked for: else a photo would fade in again with every heart.
    turn(slide, state.done);
    fit(slide);
    showProgress(state);
    if (shown !== state.number) showCode(state);
    shown = state.number;
  }

  // The next one is loaded before its turn. Without a network, or for a story that is just gone, the wall's own stands.
  function showCode({ number, next }) {
    const address = (story) => root.dataset.code.replace("/0/", `/${story}/`);
    showOwnCode(true);
    code.src = address(number);
    new Image().src = address(next);
    const coming = document.getElementById(`slide-${next}`);
    coming?.querySelectorAll("img").forEach((picture) => (picture.loading = "eager"));
    coming?.querySelectorAll("video").forEach((film) => (film.preload = "auto"));
  }

  function clear() {
    [...stage.children].forEach(hide);
    showOwnCode(true);
    shown = null;
  }

  function showOwnCode(isOwn) {
    ownCode.hidden = !isOwn;
    code.hidden = isOwn;
  }

  function leave(slide) {
    turn(slide, null);
    if (isCalm()) return hide(slide);
    slide.setAttribute("data-leaving", "");
    setTimeout(() => slide.hasAttribute("data-leaving") && hide(slide), FADE);
  }

  function hide(slide) {
    slide.hidden = true;
    slide.removeAttribute("data-leaving");
  }

  function again() {
    const slide = stage.querySelector(".slide:not([hidden], [data-leaving])");
    if (slide) fit(slide);
    show();
    showProgress(current());
  }

  code.onload = () => showOwnCode(false);
  const timer = setInterval(show, TICK);
  document.addEventListener("patched", again);
  window.addEventListener("resize", again);
  document.fonts.ready.then(again);
  again();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", again);
    window.removeEventListener("resize", again);
  };
}
