// Locks the slot that comes next, or unlocks it: what is asked for most, so that it takes one tap. Where the whole board
// is locked, that is what holds the slot, and it is unlocked.

import { inHall, now } from "./clock.js";

export function connect(button) {
  function show() {
    const slot = [...document.querySelectorAll(".slot:not(.slot--bar)")].find(({ dataset }) => dataset.starts > now());
    button.hidden = !slot;
    if (!slot) return;
    const { action, board, lock, unlock, unlockBoard } = button.dataset;
    const locked = slot.querySelector(".slot__lock");
    const isWhole = locked?.hasAttribute("data-whole");
    button.value = locked ? "open" : "facilitators";
    button.setAttribute("formaction", isWhole ? board : action.replace("/0/", `/${slot.id.slice(3)}/`));
    button.dataset.time = inHall(Number(slot.dataset.starts));
    button.querySelector("span").textContent = (isWhole ? unlockBoard : locked ? unlock : lock).replace("{time}", button.dataset.time);
  }

  const timer = setInterval(show, 5000);
  document.addEventListener("patched", show);
  show();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", show);
  };
}
