// The window for dots on the hall's screen: a chair that steps out is time that passes.

import { now } from "./clock.js";
import { tick } from "./ends.js";

export function connect(root) {
  function show() {
    const { starts, ends } = root.querySelector("#dots-screen").dataset;
    const left = Math.max(0, ends - now());
    const chairs = [...root.querySelectorAll(".ch")];
    const taken = Math.min(chairs.length, Math.ceil((left / (ends - starts)) * chairs.length));
    chairs.forEach((chair, place) => chair.setAttribute("class", `ch ${place >= taken ? "ch--off" : place === taken - 1 ? "ch--you" : "ch--on"}`));
    root.toggleAttribute("data-over", ends !== undefined && !left);
    tick(root);
  }

  const timer = setInterval(show, 500);
  document.addEventListener("patched", show);
  show();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", show);
  };
}
