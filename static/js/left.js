// How long a step of a guide still lasts.

import { now } from "./clock.js";

/** Seconds left of what ends at `ends`, also while it is paused; negative once it has taken longer. */
export const left = ({ ends, paused }) => Number(ends) - (paused ? Number(paused) : now());

/** Seconds as a clock shows them: 31:20, and +0:45 of what has taken longer. */
export function inClock(seconds) {
  const whole = Math.abs(Math.ceil(seconds));
  const parts = [Math.floor(whole / 60), whole % 60];
  return `${seconds <= -1 ? "+" : ""}${parts[0]}:${String(parts[1]).padStart(2, "0")}`;
}
