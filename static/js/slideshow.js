// Which slide is shown now: reckoned from the state of the slideshow and the time, as on the server (stories/slides.py).

import { now } from "./clock.js";

/** What the element `show` says of the slideshow. */
function state() {
  const { dataset } = document.getElementById("show");
  return {
    slides: JSON.parse(dataset.slides),
    place: Number(dataset.place),
    since: Number(dataset.since),
    stands: Number(dataset.stands),
    isHeld: Boolean(dataset.held),
    isBlank: Boolean(dataset.blank),
  };
}

/** The state with `number`, the story that is shown at this moment, and `done`, how much of its time has passed. */
export function current(moment = now()) {
  const show = state();
  if (!show.slides.length) return { ...show, number: null, done: 0 };
  const whole = show.slides.reduce((sum, [, seconds]) => sum + seconds, 0);
  let left = Math.max(0, (show.stands || moment) - show.since) % whole;
  let { place } = show;
  while (left >= show.slides[place][1]) {
    left -= show.slides[place][1];
    place = (place + 1) % show.slides.length;
  }
  const next = show.slides[(place + 1) % show.slides.length][0];
  return { ...show, place, number: show.slides[place][0], next, done: left / show.slides[place][1] };
}

/** Show how far the round is: each step stands for a slide, or for several where there are many. */
export function showProgress({ slides, place }) {
  const line = document.getElementById("show");
  const steps = [...line.children];
  const at = Math.floor((place * steps.length) / slides.length);
  steps.forEach((step, index) => {
    step.toggleAttribute("data-done", index < at);
    if (index === at) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
  if (!steps.length) return;
  line.setAttribute("aria-label", line.dataset.words.replace("{number}", place + 1).replace("{all}", slides.length));
}
