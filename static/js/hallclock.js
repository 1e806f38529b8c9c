// The clock of a guide on a screen of the hall: sixty chairs, of which one after the other steps out.

import { left } from "./left.js";

const CHAIRS = 60;

export function connect(root) {
  const ring = root.querySelector(".clockp__ring");
  const chairs = [...root.querySelectorAll(".ch")];
  const [number, words] = root.querySelectorAll(".clockp__n > *");
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const [minutes, last] = [JSON.parse(root.dataset.minutes), JSON.parse(root.dataset.last)];
  const state = () => root.querySelector("#clock-hall").dataset;

  function show() {
    const seconds = state().ends ? left(state()) : 0;
    const taken = state().ends ? Math.min(CHAIRS, Math.max(0, Math.ceil((seconds / state().seconds) * CHAIRS))) : 0;
    chairs.forEach((chair, place) => chair.setAttribute("class", `ch ${place >= taken ? "ch--off" : place === taken - 1 ? "ch--you" : "ch--on"}`));
    say(seconds);
  }

  // Whole minutes, and in the last one seconds.
  function say(seconds) {
    const count = Math.ceil(seconds > 60 ? seconds / 60 : seconds);
    const unit = (seconds > 60 ? minutes : last)[plural.select(count)];
    const isOver = count <= 0;
    const [big, small] = !state().ends ? ["", ""] : isOver ? ["", root.dataset.over] : [String(count), state().paused ? `${unit}, ${root.dataset.paused}` : unit];
    if (number.textContent === big && words.textContent === small) return;
    [number.textContent, words.textContent] = [big, small];
    root.toggleAttribute("data-words", !big);
    ring.setAttribute("aria-label", `${big} ${small}`.trim());
  }

  const timer = setInterval(show, 500);
  document.addEventListener("patched", show);
  show();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", show);
  };
}
