// The board on the wall of the hall: clock, time lens, two halves when there are many places, the next day by itself.

import { now, tick } from "./clock.js";

const WHOLE = 8;
const TURN = 15;
const LENS = { past: ".62fr", now: "1.34fr", next: "1.05fr", later: "1.05fr" };

export function connect(root) {
  const board = () => root.querySelector(".board");
  let turns = 0;

  function refresh() {
    tick(root);
    lens(board());
    halves(board(), Math.floor(turns / TURN));
    sayNext(root);
  }

  async function everySecond() {
    turns += 1;
    tellTime(root);
    if (turns % 5 === 0) refresh();
    if (dayIsOver(root) && (await serverIsThere())) location.reload();
  }

  const timer = setInterval(everySecond, 1000);
  document.addEventListener("patched", refresh);
  tellTime(root);
  refresh();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", refresh);
  };
}

const inZone = (root, options) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: root.dataset.zone, hourCycle: "h23", ...options }).format(now() * 1000);

function tellTime(root) {
  const time = inZone(root, { hour: "2-digit", minute: "2-digit" });
  const clock = root.querySelector(".pj__clock");
  if (clock.textContent !== time) clock.textContent = time;
}

function lens(board) {
  const rows = [...board.querySelectorAll(".slot")].map((slot) =>
    slot.classList.contains("slot--bar") ? "2.25rem" : `minmax(0, ${LENS[slot.dataset.when]})`,
  );
  board.style.setProperty("--rows", ["3.75rem", ...rows].join(" "));
}

function halves(board, turn) {
  const count = board.querySelectorAll(".space").length;
  if (count <= WHOLE) return;
  const half = Math.ceil(count / 2);
  const first = turn % 2 ? half : 0;
  board.style.setProperty("--cols", half);
  board.style.setProperty("--shift", first);
  board.querySelectorAll("[data-col]").forEach((cell) => {
    const column = Number(cell.dataset.col);
    cell.hidden = column <= first || column > first + half;
  });
}

function sayNext(root) {
  const bars = [...root.querySelectorAll(".slot--bar")];
  const coming = bars.find((slot) => Number(slot.dataset.starts) > now());
  const foot = root.querySelector(".pj__next");
  const words = coming?.querySelector(".bar span").textContent.trim() ?? "";
  if (foot.textContent !== words) foot.textContent = words;
  root.querySelector(".pj__foot > .i").toggleAttribute("hidden", !words);
}

const dayIsOver = (root) => {
  const today = inZone(root, { year: "numeric", month: "2-digit", day: "2-digit" });
  return today > root.dataset.day && root.dataset.day < root.dataset.last;
};

// A reload into a dead network would leave the hall with an error page.
const serverIsThere = () => fetch(location.href, { method: "HEAD" }).then((answer) => answer.ok, () => false);
