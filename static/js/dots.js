// Dots on a phone: a tap gives one or takes it back. All dots of a person are one choice with a version, which waits in the
// outbox: so nothing is counted twice, and of two phones the one that was tapped last wins.

import { now } from "./clock.js";
import { tick } from "./ends.js";
import { entry, isLate, keep } from "./outbox.js";
import { store } from "./storage.js";

const FIELD = "topic-";
const KEPT = `dots:${document.querySelector(".toasts")?.dataset.member}-`;
const CHAIRS = 12;

export function connect(form) {
  // What the server has said of this person's dots: { round, version, chosen }.
  let known = JSON.parse(document.getElementById("mine").textContent).dots;
  let isDone = false;
  const page = () => form.querySelector("#dots-round");
  const number = () => Number(page().dataset.round ?? 0);
  const name = () => `dots-${number()}`;
  const rows = () => [...form.querySelectorAll("[data-topic]")];
  const isOver = () => now() >= Number(page().dataset.ends);
  const read = (fields) =>
    Object.fromEntries(Object.entries(fields).filter(([field]) => field.startsWith(FIELD)).map(([field, dots]) => [field.slice(FIELD.length), Number(dots)]));

  // Without topics that were withdrawn: their dots are there to be given again.
  function choice() {
    const waits = entry(name());
    const { version, chosen } = waits ? { version: waits.fields.version, chosen: read(waits.fields) } : known.round === number() ? known : { version: 0, chosen: {} };
    const there = new Set(rows().map((row) => row.dataset.topic));
    return { version: Number(version), chosen: Object.fromEntries(Object.entries(chosen).filter(([topic]) => there.has(topic))) };
  }

  function change(event) {
    const button = event.target.closest("button[data-dots]");
    if (!button || isOver() || button.dataset.dots === "0") return;
    const { version, chosen } = choice();
    const topic = button.closest("[data-topic]").dataset.topic;
    const next = { ...chosen, [topic]: (chosen[topic] ?? 0) + Number(button.dataset.dots) };
    if (!next[topic]) delete next[topic];
    const fields = Object.fromEntries(Object.entries(next).map(([of, dots]) => [FIELD + of, String(dots)]));
    const later = Math.max(Math.floor(now() * 1000), version + 1);
    keep(name(), { action: form.action, fields: { round: String(number()), version: String(later), ...fields }, label: form.dataset.label, page: "" });
    show();
  }

  // The server has it, or has refused it and said what counts instead.
  function answered({ detail }) {
    if (detail?.name === name()) {
      const { wish, ok, chosen, round, version, isElsewhere } = detail;
      if (ok) known = { round: number(), version: Number(wish.fields.version), chosen: read(wish.fields) };
      else if (chosen) known = { round, version, chosen };
      else if (!isElsewhere || ok === false) document.dispatchEvent(new Event("astray"));
      if (isElsewhere) document.dispatchEvent(new Event("astray"));
    }
    show();
  }

  function learn({ detail }) {
    if (detail?.dots) known = detail.dots;
    show();
  }

  function done(event) {
    event.preventDefault();
    isDone = !isDone;
    show();
    scrollTo(0, 0);
  }

  // Everybody has the topics in another order, so that none is always the first; the same on all phones of one person.
  function shuffle() {
    const list = form.querySelector(".dotlist");
    if (!list) return;
    const place = ({ dataset: { topic } }) => scattered(`${KEPT}${number()}-${topic}`);
    const order = [...list.children].sort((one, other) => place(one) - place(other));
    if (order.some((row, at) => list.children[at] !== row)) list.append(...order);
  }

  function show() {
    const { state } = page().dataset;
    const { chosen } = choice();
    if (state === "open") {
      store(`${KEPT}${number()}`, JSON.stringify(chosen));
      open(chosen);
    }
    if (state === "over") paint(JSON.parse(localStorage.getItem(`${KEPT}${number()}`) ?? "{}"));
    if (state === "reading" || state === "open") shuffle();
    clock();
  }

  function open(chosen) {
    const most = Number(page().dataset.most);
    const given = Object.values(chosen).reduce((sum, dots) => sum + dots, 0);
    rows().forEach((row) => showRow(row, chosen[row.dataset.topic] ?? 0, given < most && !isOver()));
    const purse = form.querySelector(".purse__dots");
    [...purse.children].forEach((dot, place) => dot.classList.toggle("dot--spent", place >= most - given));
    purse.setAttribute("aria-label", purse.dataset.words.replace("{n}", most - given));
    form.querySelector(".purse__kept").hidden = !isLate(name());
    const part = isOver() ? "over" : isDone ? "given" : "give";
    form.querySelectorAll("[data-part]").forEach((element) => (element.hidden = !element.dataset.part.split(" ").includes(part)));
    const words = form.querySelector("button[data-done] span");
    words.textContent = isDone ? words.dataset.change : words.dataset.done.replace("{n}", given);
  }

  function showRow(row, dots, mayGive) {
    const [less, add, typed] = [row.querySelector(".dotrow__less"), row.querySelector(".dotrow__add"), row.querySelector(".dotrow__n")];
    typed.hidden = true;
    typed.value = dots;
    add.hidden = false;
    less.hidden = !dots;
    row.classList.toggle("dotrow--has", dots > 0);
    for (const button of [less, add]) button.setAttribute("aria-label", button.dataset.words.replace("{n}", dots));
    [...add.querySelectorAll(".dot:not(.dot--spent)")].forEach((dot, place) => (dot.hidden = place >= dots));
    add.querySelector(".dot--spent").hidden = dots > 0;
    const isFull = !mayGive || dots >= Number(typed.max);
    add.setAttribute("aria-disabled", isFull);
    add.dataset.dots = isFull ? "0" : "1";
    less.dataset.dots = isOver() ? "0" : "-1";
  }

  function paint(mine) {
    const painted = rows().filter((row) => mine[row.dataset.topic]);
    for (const row of painted) [...row.querySelectorAll("circle")].slice(0, mine[row.dataset.topic]).forEach((dot) => dot.setAttribute("class", "is-mine"));
    form.querySelector(".dots__mine").hidden = !painted.length;
  }

  function clock() {
    tick(form);
    const ring = form.querySelector(".purse .ring");
    const { starts, ends } = page().dataset;
    ring?.style.setProperty("--n", Math.min(CHAIRS, Math.max(0, Math.ceil(((ends - now()) / (ends - starts)) * CHAIRS))));
  }

  // At the end nothing is tapped any more; the result comes by itself.
  let wasOver = isOver();
  const timer = setInterval(() => {
    clock();
    if (wasOver !== isOver()) show();
    wasOver = isOver();
  }, 500);
  const ending = new AbortController();
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  listen(form, "click", change);
  listen(form, "submit", done);
  listen(document, "outbox", answered);
  listen(document, "mine", learn);
  listen(document, "patched", show);
  show();
  return () => {
    clearInterval(timer);
    ending.abort();
  };
}

// A number that looks random, and is always the same for a text (FNV-1a).
const scattered = (text) => [...text].reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0, 2166136261);
