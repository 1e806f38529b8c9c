// The board, the market and a topic's page: marks what is mine, follows the clock, takes chairs.

import { tick } from "./clock.js";
import { showMarks, tap } from "./seats.js";

export function connect(root) {
  const refresh = () => {
    showMarks(root);
    tick(root);
  };
  const timer = setInterval(() => tick(root), 5000);
  root.addEventListener("click", tap);
  document.addEventListener("patched", refresh);
  refresh();
  showOwner();
  openAtNow(root);
  return () => {
    clearInterval(timer);
    root.removeEventListener("click", tap);
    document.removeEventListener("patched", refresh);
  };
}

// On a phone the running slot may lie below the first screen.
function openAtNow(root) {
  const running = root.querySelector('.slot[data-when="now"]');
  // After Back the browser knows where one was.
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") return;
  if (!running || location.hash || scrollY > 0 || matchMedia("(min-width: 62.5em)").matches) return;
  if (running.getBoundingClientRect().top > innerHeight * 0.75) running.scrollIntoView();
}

// The page is the same for everybody; whose it is, its end says.
function showOwner() {
  const own = document.querySelector("[data-initials]");
  const avatar = document.querySelector(".me .avatar:empty");
  if (avatar) avatar.textContent = own?.dataset.initials ?? "";
}
