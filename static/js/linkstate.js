// Says calmly that there is no connection, and as of when the page stands; nothing when all is fine.

import { inHall, now } from "./clock.js";
import { names } from "./outbox.js";

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
  pill.hidden = false;
  showKept();
  document.documentElement.toggleAttribute("data-offline", true);
}

function showKept() {
  const pill = document.querySelector(".linkstate");
  if (!pill) return;
  pill.querySelector("span").hidden = names().length === 0;
  // Toasts stand above it.
  document.documentElement.style.setProperty("--linkstate", `${pill.offsetHeight}px`);
}

document.addEventListener("outbox", showKept);
