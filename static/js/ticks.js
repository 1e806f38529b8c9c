// A list to tick off, whose ticks this phone keeps: a list of what is ticked, by place.

import { store } from "./storage.js";

export function connect(list) {
  const key = `ticks:${list.dataset.ticks}`;
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];

  function keep() {
    store(key, JSON.stringify(boxes.flatMap((box, place) => (box.checked ? [place] : []))));
  }

  const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
  boxes.forEach((box, place) => (box.checked = kept.includes(place)));
  list.addEventListener("change", keep);
  return () => list.removeEventListener("change", keep);
}
