// A name that completes from a list of people: a combobox, as WAI-ARIA's authoring practices describe it. The list comes
// from the server; here its options are only shown, hidden and chosen.

import { request } from "./server.js";

const [MOST, FRESH] = [6, 15000];
const plain = (text) => ` ${text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[’ʼ`]/g, "'").replace(/[,()]/g, " ")}`;

/** Completes `input` from the `list` of options. `listen` adds listeners, and `people` is where the list is asked for again. */
export function completion(input, list, people, listen) {
  const guest = list.querySelector("[data-guest]");
  const found = new WeakMap();
  let [asked, chosen, isGuest] = [Date.now(), null, false];

  const options = () => [...list.children].filter((option) => option !== guest);
  const shown = () => [...list.children].filter((option) => !option.hidden);
  const words = (option) => found.get(option) ?? found.set(option, plain(option.dataset.label)).get(option);

  function search() {
    isGuest = false;
    const typed = plain(input.value).trim().split(/\s+/).filter(Boolean);
    const fits = (option) => typed.every((word) => words(option).includes(` ${word}`));
    const all = typed.length ? options().filter(fits) : [];
    // Who is called so first, then who comes from there.
    const begins = (option) => words(option).startsWith(` ${typed[0]}`);
    const best = new Set([...all.filter(begins), ...all.filter((option) => !begins(option))].slice(0, MOST));
    options().forEach((option) => (option.hidden = !best.has(option)));
    guest.hidden = !typed.length;
    point(shown()[0] ?? null);
  }

  function point(option) {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option;
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest", inline: "nearest" });
    list.hidden = !shown().length;
    input.setAttribute("aria-expanded", !list.hidden);
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    [...list.children].forEach((option) => (option.hidden = true));
    point(null);
  }

  // What is pointed at counts.
  function choose() {
    if (!chosen) return;
    isGuest = chosen === guest;
    if (!isGuest) input.value = chosen.dataset.label;
    close();
  }

  function clear() {
    isGuest = false;
    close();
  }

  function keys(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && chosen) {
      event.preventDefault();
      const all = shown();
      point(all[(all.indexOf(chosen) + by + all.length) % all.length]);
    } else if (event.key === "Escape" && chosen) {
      event.preventDefault();
      close();
    }
  }

  function tapped(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    point(option);
    choose();
    input.focus();
  }

  // Whoever has joined since can be named too.
  async function renew() {
    if (Date.now() - asked < FRESH) return;
    asked = Date.now();
    const answer = await request(people).catch(() => null);
    if (!answer?.ok) return;
    const html = await answer.text();
    options().forEach((option) => option.remove());
    guest.insertAdjacentHTML("beforebegin", html);
    if (document.activeElement === input && input.value) search();
  }

  listen(input, "input", search);
  listen(input, "focus", renew);
  listen(input, "keydown", keys);
  // By Tab or by a tap elsewhere.
  listen(input, "blur", choose);
  // Before the field loses the focus.
  listen(list, "pointerdown", (event) => event.preventDefault());
  listen(list, "click", tapped);
  return { choose, clear, isGuest: () => isGuest, isOpen: () => chosen !== null };
}
