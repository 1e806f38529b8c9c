// Dots on a phone: a tap gives one or takes it back. All dots of a person are one choice with a version, which waits in the
// outbox: so nothing is counted twice, and of two phones the one that was tapped last wins.

import { now } from "./clock.js";
import { tick } from "./ends.js";
import { choose, hear, isWaiting, isWaitingLong, known, learn, scattered, settleStored, wished } from "./dotchoice.js";

const CHAIRS = 12;

export function connect(form) {
  let isDone = false;
  const page = () => form.querySelector("#dots-round");
  const number = () => Number(page().dataset.round ?? 0);
  const rows = () => [...form.querySelectorAll("[data-topic]")];
  const isOver = () => now() >= Number(page().dataset.ends);
  const sum = (chosen) => Object.values(chosen).reduce((all, dots) => all + dots, 0);

  // Without topics that were withdrawn: their dots are there to be given again.
  function there(chosen) {
    const topics = new Set(rows().map((row) => row.dataset.topic));
    return Object.fromEntries(Object.entries(chosen).filter(([topic]) => topics.has(topic)));
  }

  function change(event) {
    const button = event.target.closest("button[data-dots]");
    if (!button || isOver() || button.dataset.dots === "0") return;
    const { chosen } = wished(number());
    const topic = button.closest("[data-topic]").dataset.topic;
    const next = { ...there(chosen), [topic]: (chosen[topic] ?? 0) + Number(button.dataset.dots) };
    if (!next[topic]) delete next[topic];
    choose(number(), next, { at: now() * 1000, action: form.action, label: form.dataset.label });
    show();
  }

  function answered({ detail }) {
    if (hear(number(), detail)) document.dispatchEvent(new Event("astray"));
    show();
  }

  function learnt({ detail }) {
    learn(number(), detail?.dots);
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
    const place = ({ dataset: { topic } }) => scattered(number(), topic);
    const order = [...list.children].sort((one, other) => place(one) - place(other));
    if (order.some((row, at) => list.children[at] !== row)) list.append(...order);
  }

  function show() {
    const { state } = page().dataset;
    if (state === "open") open();
    if (state === "over") paint(known(number()).chosen);
    if (state === "reading" || state === "open") shuffle();
    // Before the first round the page has none.
    if (state && state !== "reading") showLate();
    clock();
  }

  function open() {
    const most = Number(page().dataset.most);
    const [chosen, counted] = [there(wished(number()).chosen), there(known(number()).chosen)];
    const given = sum(chosen);
    rows().forEach((row) => showRow(row, chosen[row.dataset.topic] ?? 0, counted[row.dataset.topic] ?? 0, given < most && !isOver()));
    const purse = form.querySelector(".purse__dots");
    [...purse.children].forEach((dot, place) => dot.classList.toggle("dot--spent", place >= most - given));
    purse.setAttribute("aria-label", purse.dataset.words.replace("{n}", most - given));
    form.querySelector(".purse__kept").hidden = !isWaitingLong(number());
    const part = isOver() ? "over" : isDone ? "given" : "give";
    form.querySelectorAll("[data-part]").forEach((element) => (element.hidden = !element.dataset.part.split(" ").includes(part)));
    const words = form.querySelector("button[data-done] span");
    words.textContent = isDone ? words.dataset.change : words.dataset.done.replace("{n}", given);
    showPlace();
  }

  // Whether the server has what was tapped.
  function showPlace() {
    const state = isWaitingLong(number()) ? "waits" : isWaiting(number()) ? "goes" : "there";
    const words = form.querySelector(".sealed h2 span");
    words.textContent = words.dataset[state];
    form.querySelectorAll(".sealed [data-when]").forEach((element) => (element.hidden = (element.dataset.when === "there") !== (state === "there")));
  }

  // After the end: what did not arrive in time, or of what nobody knows yet whether it did.
  function showLate() {
    const line = form.querySelector(".dots__late");
    const { chosen, late } = known(number());
    const words = isWaiting(number()) ? line.dataset.waits : !late ? "" : sum(chosen) ? line.dataset.last : line.dataset.none;
    line.hidden = !words || !isOver();
    if (line.textContent !== words) line.textContent = words;
  }

  function showRow(row, dots, counted, mayGive) {
    const [less, add, typed] = [row.querySelector(".dotrow__less"), row.querySelector(".dotrow__add"), row.querySelector(".dotrow__n")];
    typed.hidden = true;
    typed.value = dots;
    add.hidden = false;
    less.hidden = !dots;
    row.classList.toggle("dotrow--has", dots > 0);
    for (const button of [less, add]) button.setAttribute("aria-label", button.dataset.words.replace("{n}", dots));
    [...add.querySelectorAll(".dot:not(.dot--spent)")].forEach((dot, place) => {
      dot.hidden = place >= dots;
      dot.classList.toggle("dot--waits", place >= counted);
    });
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
  listen(document, "mine", learnt);
  listen(document, "patched", show);
  const mine = JSON.parse(document.getElementById("mine").textContent).dots;
  learn(number(), mine, page().dataset.state === "open");
  settleStored(number());
  show();
  return () => {
    clearInterval(timer);
    ending.abort();
  };
}
