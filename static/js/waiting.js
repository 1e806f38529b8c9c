// On one's own day: what waits on this phone for a network, to be looked at, sent now, or taken back.

import { drop, entry, names, sendAll } from "./outbox.js";

export function connect(section) {
  const [list, row] = [section.querySelector("ul"), section.querySelector("template")];

  function show() {
    list.replaceChildren(...names().map(drawn));
    section.hidden = !list.children.length;
  }

  function drawn(name) {
    const { title = "", label = "" } = entry(name);
    const item = row.content.cloneNode(true);
    item.querySelector("b").textContent = title;
    item.querySelector(".tag").textContent = label;
    item.querySelector("button").addEventListener("click", () => drop(name));
    return item;
  }

  section.querySelector("[data-now]").addEventListener("click", sendAll);
  document.addEventListener("outbox", show);
  show();
  return () => document.removeEventListener("outbox", show);
}
