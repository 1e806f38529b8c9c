// Beside the keys that steer the clock of the hall: how long its step still lasts.

import { inClock, left } from "./left.js";

export function connect(root) {
  function show() {
    const place = root.querySelector(".steering__left");
    if (!place) return;
    const time = place.querySelector(".steering__time");
    const words = inClock(left(place.dataset));
    if (time.textContent !== words) time.textContent = words;
    place.toggleAttribute("data-over", left(place.dataset) <= -1);
  }

  const timer = setInterval(show, 500);
  document.addEventListener("patched", show);
  show();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", show);
  };
}
