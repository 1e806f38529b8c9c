// What depends on the time of day: now, next, past, minutes left. By the server's clock, for a phone's may be wrong.

import { store } from "./storage.js";

const FRESH = 60;
const KEPT = "clock-offset";
const zone = document.querySelector("[data-zone]")?.dataset.zone;
let offset = Number(localStorage.getItem(KEPT));

/** Set by the server's clock, in seconds. */
export function setClock(seconds) {
  offset = seconds * 1000 - Date.now();
  store(KEPT, offset);
}

// A page that the browser had already tells an old time: then what was learnt before is better.
const { transferSize = 0, encodedBodySize = 0 } = performance.getEntriesByType("navigation")[0] ?? {};
const loaded = document.querySelector("[data-clock]");
if (loaded && transferSize > encodedBodySize) setClock(Number(loaded.dataset.clock));

export const now = () => (Date.now() + offset) / 1000;

/** A moment as the hall's clock shows it, such as 14:05; with other options, its date. */
export const inHall = (moment, options = { hour: "2-digit", minute: "2-digit" }) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", ...options }).format(moment * 1000);

/** A number of seconds as whole minutes, or hours when they are many, in the words of the board. */
export function lasting(board, seconds) {
  const minutes = Math.max(0, Math.ceil(seconds / 60));
  if (minutes < 100) return board.dataset.minutes.replace("{n}", minutes);
  return board.dataset.hours.replace("{n}", Math.floor((minutes + 30) / 60));
}

const phase = (slot, moment, next) => {
  if (Number(slot.dataset.ends) <= moment) return "past";
  if (Number(slot.dataset.starts) <= moment) return "now";
  return slot === next ? "next" : "later";
};

const setText = (element, text) => {
  if (element.textContent.trim() !== text) element.textContent = text;
};

function tellSlot(board, slot, moment) {
  const [note, ring] = [slot.querySelector(".slot__note"), slot.querySelector(".slot__head .ring")];
  if (!note) return;
  const [starts, ends] = [Number(slot.dataset.starts), Number(slot.dataset.ends)];
  const words = {
    past: () => "",
    now: () => board.dataset.left.replace("{time}", lasting(board, ends - moment)),
    next: () => board.dataset.until.replace("{time}", lasting(board, starts - moment)),
    later: () => note.dataset.free,
  };
  setText(note, words[slot.dataset.when]());
  ring.hidden = slot.dataset.when !== "now";
  setText(ring, ring.hidden ? "" : String(Math.ceil((ends - moment) / 60)));
  ring.style.setProperty("--n", Math.min(12, Math.ceil(((ends - moment) / (ends - starts)) * 12)));
}

export function tick(root = document) {
  const moment = now();
  const board = root.querySelector(".board");
  if (board) {
    const slots = [...board.querySelectorAll(".slot")];
    const next = slots.find((slot) => !slot.matches(".slot--bar") && Number(slot.dataset.starts) > moment);
    slots.forEach((slot) => {
      const when = phase(slot, moment, next);
      if (slot.dataset.when !== when) slot.dataset.when = when;
      tellSlot(board, slot, moment);
    });
  }
  root.querySelectorAll(".slotbar [data-starts]").forEach((chip) => {
    const on = Number(chip.dataset.starts) <= moment && moment < Number(chip.dataset.ends);
    chip.toggleAttribute("data-now", on);
    if (on) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  });
  root.querySelectorAll("[data-placed]").forEach((sheet) => {
    sheet.toggleAttribute("data-new", moment - Number(sheet.dataset.placed) < FRESH);
  });
}
