// The time in the hall, on a screen that stands there all day.

import { inHall, now } from "./clock.js";

export function connect(clock) {
  const show = () => (clock.textContent = inHall(now()));
  const timer = setInterval(show, 1000);
  show();
  return () => clearInterval(timer);
}
