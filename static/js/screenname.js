// The name that this browser has made up as a screen. It outlives a restart of the computer. Two windows of one computer,
// with a projector each, are two screens: each window holds one of the browser's names as long as it is open.

import { newKey } from "./server.js";
import { store } from "./storage.js";

const [MOST, PATIENCE] = [8, 3000];

/** Resolves to this window's name. */
export async function screenName() {
  const place = await ownPlace();
  sessionStorage.screenPlace = place;
  const kept = place ? `screen-${place}` : "screen";
  const name = localStorage.getItem(kept) ?? newKey();
  store(kept, name);
  return name;
}

// Without locks, as at an address without HTTPS, all windows of a browser are one screen.
async function ownPlace() {
  if (!navigator.locks) return 0;
  const own = sessionStorage.screenPlace;
  // The page before this one may hold it for another moment.
  if (own && (await isHeld(own, { signal: AbortSignal.timeout(PATIENCE) }))) return Number(own);
  for (let place = 0; place < MOST; place += 1) if (await isHeld(place, { ifAvailable: true })) return place;
  return 0;
}

const isHeld = (place, options) =>
  new Promise((resolve) => {
    const hold = (lock) => {
      resolve(Boolean(lock));
      return lock && new Promise(() => {});
    };
    navigator.locks.request(`screen-${place}`, options, hold).catch(() => resolve(false));
  });
