// Locks the slot that comes next, or unlocks it: what is asked for most, so that it takes one tap.

import { inHall, now } from "./clock.js";

export function connect(button) {
  function show() {
    const slot = [...document.querySelectorAll(".slot:not(.slot--bar)")].find(({ dataset }) => dataset.starts > now());
    button.hidden = !slot;
    if (!slot) return;
    const isLocked = slot.querySelector(".slot__lock") !== null;
    button.value = isLocked ? "open" : "facilitators";
    button.setAttribute("formaction", button.dataset.action.replace("/0/", `/${slot.id.slice(3)}/`));
    button.dataset.time = inHall(Number(slot.dataset.starts));
    button.querySelector("span").textContent = button.dataset[isLocked ? "unlock" : "lock"].replace("{time}", button.dataset.time);
  }

  const timer = setInterval(show, 5000);
  document.addEventListener("patched", show);
  show();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", show);
  };
}
