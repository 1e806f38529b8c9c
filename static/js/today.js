// What is on now and what comes next, on a screen of the hall.

import { keepAnew } from "./anew.js";
import { now } from "./clock.js";
import { fit } from "./fit.js";

export function connect(root) {
  let fitted = "";

  function show() {
    const slots = [...root.querySelectorAll("section")];
    const [starts, ends] = [(slot) => Number(slot.dataset.starts), (slot) => Number(slot.dataset.ends)];
    const running = slots.find((slot) => starts(slot) <= now() && now() < ends(slot));
    const next = slots.find((slot) => starts(slot) > now() && !("bar" in slot.dataset)) ?? slots.find((slot) => starts(slot) > now());
    for (const slot of slots) {
      const when = slot === running ? "now" : slot === next ? "next" : "";
      slot.hidden = !when;
      slot.toggleAttribute("data-on", when === "now");
      const words = slot.querySelector(".nowp__when");
      const text = when && words.dataset[when];
      if (words.textContent !== text) words.textContent = text;
    }
    root.querySelector(".nowp__over").hidden = Boolean(running || next);
    const both = `${slots.indexOf(running)} ${slots.indexOf(next)}`;
    if (both === fitted) return;
    fitted = both;
    slots.forEach((slot) => slot.hidden || fit(slot));
  }

  function anew() {
    fitted = "";
    show();
  }

  const end = keepAnew(root, anew);
  const timer = setInterval(show, 1000);
  window.addEventListener("resize", anew);
  document.fonts.ready.then(anew);
  return () => {
    clearInterval(timer);
    window.removeEventListener("resize", anew);
    end();
  };
}
