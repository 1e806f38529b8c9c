// Entries that the server refused: kept on this device until they are corrected, so that nothing is lost.

import { store } from "./storage.js";

export function refusals(root, name, bring, listen) {
  const place = `refused:${document.querySelector(".toasts").dataset.member}-${name}`;
  const list = root.querySelector("[data-refused]");
  const template = root.querySelector("template");
  const kept = () => JSON.parse(localStorage.getItem(place) ?? "[]");

  function show() {
    list.replaceChildren(...kept().map(line));
  }

  function line({ title, says }, index) {
    const item = template.content.firstElementChild.cloneNode(true);
    item.querySelector("b").textContent = title;
    item.querySelector("span").textContent = says ?? "";
    item.querySelector("button").dataset.index = index;
    return item;
  }

  function add({ title, fields }, says) {
    store(place, JSON.stringify([...kept(), { title, fields, says }]));
    show();
  }

  function correct({ target }) {
    const index = target.closest("[data-index]")?.dataset.index;
    if (index === undefined) return;
    const all = kept();
    const [entry] = all.splice(Number(index), 1);
    store(place, JSON.stringify(all));
    show();
    bring(entry.fields);
  }

  listen(list, "click", correct);
  show();
  return { add };
}
