// Says calmly that there is no connection, and as of when the page stands; nothing when all is fine.

import { inHall, now } from "./clock.js";

const GRACE = 2500;
let since = now();
let timer = null;

/** The page is known to be right as of this moment. */
export const isRight = () => (since = now());

export function showState(isLive) {
  const pill = document.querySelector(".linkstate");
  if (!pill) return;
  if (!isLive) return (timer ??= setTimeout(() => show(pill), GRACE));
  isRight();
  timer = clearTimeout(timer) ?? null;
  pill.hidden = true;
  document.documentElement.toggleAttribute("data-offline", false);
}

function show(pill) {
  pill.querySelector("b").textContent = pill.dataset.text.replace("{time}", inHall(since));
  pill.querySelector("span").hidden = !Object.keys(localStorage).some((key) => key.startsWith("waiting:"));
  pill.hidden = false;
  document.documentElement.toggleAttribute("data-offline", true);
}
