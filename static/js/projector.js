// The board on the wall of the hall: clock, time lens, two halves when there are many places, the next day by itself.

import { inHall, lasting, now, tick } from "./clock.js";
import { isThere } from "./server.js";

const WHOLE = 8;
const TURN = 15;
const ROWS = 6;
const WIDTH = "minmax(0, 1fr)";
const LENS = { past: ".62fr", now: "1.34fr", next: "1.05fr", later: "1.05fr" };
const DATE = { year: "numeric", month: "2-digit", day: "2-digit" };

export function connect(root) {
  const board = () => root.querySelector(".board");
  let turns = 0;

  function refresh() {
    tick(root);
    sayWhen(root, board());
    lens(board());
    halves(board(), Math.floor(turns / TURN));
    board().querySelectorAll(".sheet").forEach(fit);
    sayNext(root);
  }

  async function everySecond() {
    turns += 1;
    setText(root.querySelector(".pj__clock"), inHall(now()));
    if (turns % 5 === 0) refresh();
    if (dayIsOver(root) && (await isThere())) location.reload();
  }

  const timer = setInterval(everySecond, 1000);
  document.addEventListener("patched", refresh);
  window.addEventListener("resize", refresh);
  document.fonts.ready.then(refresh);
  setText(root.querySelector(".pj__clock"), inHall(now()));
  refresh();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", refresh);
    window.removeEventListener("resize", refresh);
  };
}

const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

// Between two slots, when the next begins; when one is about to end, for how long it still runs; and when all is over,
// that this was today. Breaks are no slots here: somebody on a break wants to know when it goes on.
const LAST = 5 * 60;

function sayWhen(root, board) {
  const say = root.querySelector(".pj__say");
  const slots = [...board.querySelectorAll(".slot:not(:has(.bar:not(.bar--ink)))")];
  const running = slots.find((slot) => slot.dataset.when === "now");
  const coming = slots.find((slot) => Number(slot.dataset.starts) > now());
  const left = running ? Number(running.dataset.ends) - now() : Infinity;
  let words = "";
  if (running && left <= LAST) words = say.dataset.left.replace("{time}", lasting(board, left));
  else if (!running && coming) words = say.dataset.starts.replace("{time}", lasting(board, Number(coming.dataset.starts) - now()));
  else if (!running && slots.length) words = say.dataset.over;
  setText(say, words);
  say.hidden = !words;
  say.toggleAttribute("data-last", left <= LAST);
  board.toggleAttribute("data-over", Boolean(slots.length && !running && !coming));
}

// What is over gives way when the day is long: only its last row stays. When all is over, the whole day comes back.
function lens(board) {
  const isOver = board.hasAttribute("data-over");
  const slots = [...board.querySelectorAll(".slot")];
  const open = slots.filter((slot) => !slot.matches(".slot--bar"));
  const over = open.filter((slot) => slot.dataset.when === "past");
  const folded = new Set(open.length > ROWS && !isOver ? over.slice(0, -1) : []);
  const isDense = open.length - folded.size > ROWS;
  const rows = slots.map((slot) => {
    const past = slot.matches(".slot--bar") && slot.dataset.when === "past" && folded.size;
    slot.hidden = folded.has(slot) || Boolean(past);
    if (slot.hidden) return "0";
    if (slot.matches(".slot--bar")) return "2.25rem";
    return `minmax(0, ${isDense && !slot.querySelector(".sheet") ? LENS.past : LENS[isOver ? "later" : slot.dataset.when]})`;
  });
  board.toggleAttribute("data-dense", isDense);
  board.style.setProperty("--rows", ["3.75rem", ...rows].join(" "));
}

function halves(board, turn) {
  const columns = [...board.querySelectorAll(".space")].map((space) => Number(space.dataset.col));
  if (columns.length <= WHOLE) return;
  const half = Math.ceil(columns.length / 2);
  const shown = columns.slice(turn % 2 ? half : 0).slice(0, half);
  const first = shown[0];
  // A number whose place was closed takes no room, and the second half has columns as wide as the first.
  const widths = Array.from({ length: shown.at(-1) - first + 1 }, (_, n) => (shown.includes(first + n) ? WIDTH : "0"));
  const missing = Array(half - shown.length).fill(WIDTH);
  board.style.setProperty("--tracks", [...widths, ...missing].join(" "));
  board.style.setProperty("--shift", first - 1);
  board.querySelectorAll("[data-col]").forEach((cell) => (cell.hidden = !shown.includes(Number(cell.dataset.col))));
}

// The largest of four sizes in which the whole title stands, or the next if no word of it is broken there and it is not
// the smallest; whole lines of it if none does.
function fit(sheet) {
  const title = sheet.querySelector(".sheet__title");
  const largest = [0, 1, 2, 3].find((size) => stands(title, size));
  if (largest !== undefined) {
    title.style.removeProperty("--lines");
    const isWhole = [largest, largest + 1].some((size) => size < 3 && stands(title, size, true));
    if (!isWhole) stands(title, largest);
    return;
  }
  const lines = Math.max(1, Math.floor(title.clientHeight / parseFloat(getComputedStyle(title).lineHeight)));
  title.dataset.fit = "4";
  title.style.setProperty("--lines", lines);
}

function stands(title, size, isWhole = false) {
  title.dataset.fit = size;
  title.toggleAttribute("data-whole", isWhole);
  return title.scrollHeight <= title.clientHeight + 1 && title.scrollWidth <= title.clientWidth + 1;
}

function sayNext(root) {
  const coming = [...root.querySelectorAll(".slot--bar")].find((slot) => Number(slot.dataset.starts) > now());
  const words = coming?.querySelector(".bar span").textContent.trim() ?? "";
  setText(root.querySelector(".pj__next"), words);
  root.querySelector(".pj__foot > .i").toggleAttribute("hidden", !words);
}

// The next day comes at midnight, but not before the last slot of the evening has ended.
function dayIsOver(root) {
  const today = inHall(now(), DATE);
  const isOn = [...root.querySelectorAll(".slot")].some((slot) => Number(slot.dataset.ends) > now());
  return today > root.dataset.day && root.dataset.day < root.dataset.last && !isOn;
}
