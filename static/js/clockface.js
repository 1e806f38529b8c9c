// The clock on a screen of the hall: sixty chairs, of which one after the other steps out; at the side what is on and next.

import { keepAnew } from "./anew.js";
import { now } from "./clock.js";
import { fit } from "./fit.js";

const [CHAIRS, BOWL, FLASH] = [60, 142, 4000];
// So many seconds after an end it says that it is over; then it counts the minutes until it goes on.
const OVER = 5 * 60;

export function connect(root) {
  const [ring, today] = [root.querySelector(".clockp__ring"), root.querySelector("#today")];
  const chairs = [...root.querySelectorAll(".ch")];
  const [number, words] = root.querySelectorAll(".clockp__n > *");
  let fitted = "";
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const forms = Object.fromEntries(["left", "until", "hours"].map((name) => [name, JSON.parse(root.dataset[name])]));

  // Of the time between `starts` and `ends`; `kind` is what is counted: `left`, `until` or nothing more.
  function standing() {
    const slots = [...today.children].map((part) => ({ part, ...part.dataset, starts: Number(part.dataset.starts), ends: Number(part.dataset.ends) }));
    const open = slots.filter(({ kind }) => kind === "open");
    const on = slots.find(({ starts, ends }) => starts <= now() && now() < ends);
    const running = open.find(({ starts, ends }) => starts <= now() && now() < ends);
    const next = open.find(({ starts }) => starts > now());
    const last = open.filter(({ ends }) => ends <= now()).sort((one, other) => other.ends - one.ends)[0];
    const then = slots.find(({ kind, starts }) => kind === "bar" && starts > now() && (!next || starts < next.starts));
    const isOver = !running && last && now() - last.ends < OVER;
    const span = running ?? (next && { starts: last?.ends ?? next.starts - 3600, ends: next.starts });
    return { on, running, next, then, span: isOver ? null : span, kind: isOver ? "done" : running ? "left" : next ? "until" : "over" };
  }

  function show() {
    const state = standing();
    const { span, kind } = state;
    const seconds = span ? Math.max(0, span.ends - now()) : 0;
    say(kind, Math.ceil(seconds / 60));
    const left = span ? Math.min(CHAIRS, Math.ceil((seconds / (span.ends - span.starts)) * CHAIRS)) : 0;
    const taken = kind === "until" ? CHAIRS - left + 1 : left;
    chairs.forEach((chair, place) => chair.setAttribute("class", `ch ${place >= taken ? "ch--off" : place === taken - 1 ? "ch--you" : "ch--on"}`));
    bowls(state.running, seconds, kind === "done");
    side(state);
  }

  function say(kind, minutes) {
    const hours = kind === "until" && minutes > 99 ? Math.round(minutes / 60) : 0;
    const count = hours || minutes;
    const [big, small] = { done: [root.dataset.bowl, root.dataset.done], over: ["", root.dataset.over] }[kind] ?? [
      String(count),
      forms[hours ? "hours" : kind][plural.select(count)],
    ];
    if (number.textContent === big && words.textContent === small) return;
    [number.textContent, words.textContent] = [big, small];
    root.toggleAttribute("data-words", !/^\d*$/.test(big) || !big);
    ring.setAttribute("aria-label", `${big} ${small}`.trim());
  }

  function bowls(running, seconds, isOver) {
    const whole = running ? (running.ends - running.starts) / 60 : isOver ? 1 : 0;
    for (const mark of root.querySelectorAll(".bowlmark")) {
      const minutes = Number(mark.dataset.minutes);
      mark.toggleAttribute("hidden", minutes >= whole);
      if (minutes >= whole) continue;
      const turn = (minutes / whole) * 2 * Math.PI;
      mark.setAttribute("transform", `translate(${(BOWL * Math.sin(turn)).toFixed(2)} ${(-BOWL * Math.cos(turn)).toFixed(2)})`);
      mark.toggleAttribute("data-past", !isOver && seconds <= minutes * 60);
    }
    running?.part.querySelectorAll("time[data-minutes]").forEach((time) => time.toggleAttribute("data-past", seconds <= time.dataset.minutes * 60));
  }

  function side({ on, next, then }) {
    const parts = new Map([[on, "now"], [then, "then"], [next, "next"]].filter(([slot]) => slot).map(([slot, part]) => [slot.part, part]));
    for (const section of today.children) {
      const shown = parts.get(section);
      section.hidden = !shown;
      for (const part of section.children) part.hidden = part.dataset.part !== shown;
    }
    const all = [on, then, next].map((slot) => slot?.starts).join(" ") + document.documentElement.hasAttribute("data-rings");
    if (all !== fitted) fit(today, root.clientHeight);
    fitted = all;
  }

  // Without sound the ring flashes once.
  function flash({ detail }) {
    root.querySelector(".clockp__mute").hidden = detail.isHeard;
    root.setAttribute("data-flash", "");
    setTimeout(() => root.removeAttribute("data-flash"), FLASH);
    setTimeout(() => (root.querySelector(".clockp__mute").hidden = true), FLASH * 3);
  }

  function anew() {
    fitted = "";
    show();
  }

  const end = keepAnew(today, anew);
  const timer = setInterval(show, 500);
  document.addEventListener("bowl", flash);
  window.addEventListener("resize", anew);
  document.fonts.ready.then(anew);
  return () => {
    clearInterval(timer);
    document.removeEventListener("bowl", flash);
    window.removeEventListener("resize", anew);
    end();
  };
}
