// How the run of a guide on this phone stands: `step`, its `ends` and `seconds`; `paused`: since when it stands; `told`:
// what of its end was said. Times are in seconds.

import { now } from "./clock.js";
import { left } from "./left.js";
import { store } from "./storage.js";

const MORE = 120;

/** A step of so many minutes begins now. */
export const begun = (step, minutes) => ({ step, seconds: minutes * 60, ends: now() + minutes * 60 });

/** Let it stand, or go on where it stood. */
export const paused = (state) =>
  state.paused ? { ...state, ends: state.ends + now() - state.paused, paused: null } : { ...state, paused: now() };

/** With two minutes more, from now on if its time is up. */
export function longer(state) {
  const rest = Math.max(0, left(state)) + MORE;
  return { ...state, ends: (state.paused ?? now()) + rest, seconds: Math.max(state.seconds + MORE, rest), told: "" };
}

/** What this phone keeps under the key; null if that is nothing, or of a guide that had more steps. */
export function kept(key, steps) {
  const state = JSON.parse(localStorage.getItem(key) ?? "null");
  return state && state.step < steps ? state : null;
}

export function keep(key, state) {
  if (state) store(key, JSON.stringify(state));
  else localStorage.removeItem(key);
}
