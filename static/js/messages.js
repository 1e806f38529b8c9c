// Announcements over whatever a screen in the hall shows: several take turns, and each leaves at its end.

import { now } from "./clock.js";

const TURN = 20;

export function connect(root) {
  // The newest begins when it comes. Reckoned from the time, so that all screens show the same one.
  function tick() {
    const moment = now();
    const current = [...root.querySelectorAll("[data-until]")].filter((each) => Number(each.dataset.until) > moment || each.remove());
    const latest = Math.max(...current.map(({ dataset }) => Number(dataset.said)));
    const turn = Math.max(0, Math.floor((moment - latest) / TURN)) % (current.length || 1);
    current.forEach((each, index) => (each.hidden = index !== turn));
  }

  const timer = setInterval(tick, 1000);
  document.addEventListener("patched", tick);
  tick();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", tick);
  };
}
