// How long somebody has been at the microphone, by the server's clock: 0:24.

import { now } from "./clock.js";

/** Keeps all `[data-began]` within `root` up to date; returns how to stop that. */
export function keepTime(root) {
  function show() {
    for (const time of root.querySelectorAll("[data-began]")) {
      const seconds = Math.max(0, Math.floor(now() - Number(time.dataset.began)));
      const words = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (time.textContent !== words) time.textContent = words;
    }
  }

  const timer = setInterval(show, 500);
  document.addEventListener("patched", show);
  show();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", show);
  };
}
