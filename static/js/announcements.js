// Announcements on a phone: each leaves at its end, by the page's own clock, or when its reader puts it away.

import { now } from "./clock.js";

const connected = new WeakSet();

// Kept as a cookie, so that the server leaves it out of the next page. When the words change, so does the mark.
const cookie = ({ id, dataset }) => `${id}=${dataset.mark}`;
const isAway = (root) => document.cookie.split("; ").includes(cookie(root));
const left = ({ dataset }) => Number(dataset.until) - now();

function putAway(root) {
  document.cookie = `${cookie(root)}; path=/; samesite=lax; max-age=${Math.ceil(left(root))}`;
  root.remove();
}

export function connect(root) {
  if (connected.has(root)) return;
  connected.add(root);
  const look = () => (isAway(root) || left(root) <= 0) && root.remove();
  const timer = setInterval(() => (root.isConnected ? look() : clearInterval(timer)), 1000);
  root.addEventListener("click", ({ target }) => target.closest("button") && putAway(root));
  look();
}

/** Connect those that have just come; one that was put away goes again if its words are the same. */
export const connectAll = () => document.querySelectorAll("[data-module=announcements]").forEach(connect);
