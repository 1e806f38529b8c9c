// Counts down to ends, by the server's clock: `data-ends` in seconds since 1970.

import { now } from "./clock.js";

/** The time that is left until then, such as 2:54; never less than 0:00. */
export function left(ends) {
  const seconds = Math.max(0, Math.ceil(ends - now()));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function tick(root) {
  for (const clock of root.querySelectorAll("b[data-ends]")) {
    const text = left(Number(clock.dataset.ends));
    if (clock.textContent !== text) clock.textContent = text;
  }
}

export function connect(root) {
  const show = () => tick(root);
  const timer = setInterval(show, 500);
  document.addEventListener("patched", show);
  show();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", show);
  };
}
