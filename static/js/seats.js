// What is mine on a page that is the same for everybody, and taking a chair: shown at once, dashed while the server does
// not know it yet, and never taken back without a word.

import { entry, isLate, keep } from "./outbox.js";

const source = document.getElementById("mine");
const mine = JSON.parse(source?.textContent ?? '{"member": false, "topics": [], "marks": {}}');
const waits = document.querySelector(".toasts")?.dataset.waits;
let known = 0;
// The same person's other pages in this browser.
const pages = window.BroadcastChannel && new BroadcastChannel(`marks ${location.pathname.split("/")[1]}`);

const chair = (topic) => `chair-${topic}`;

function markOn(topic) {
  const wish = entry(chair(topic));
  return wish ? wish.kind : mine.marks[topic];
}

document.addEventListener("mine", ({ detail: { asked, ...detail } }) => {
  // Asked before a tap arrived, it may not hold it.
  if (asked < known) return askAgain();
  Object.assign(mine, detail);
  showMarks();
});
document.addEventListener("outbox", ({ detail }) => {
  const topic = detail?.name.startsWith("chair-") && detail.name.slice(6);
  if (!topic) return showMarks();
  if (!detail.ok) return askAgain();
  know(topic, detail.wish.kind);
  pages?.postMessage([topic, mine.marks[topic]]);
});
pages?.addEventListener("message", ({ data }) => know(...data));

const askAgain = () => document.dispatchEvent(new Event("astray"));

function know(topic, kind) {
  known = performance.now();
  if (kind) mine.marks[topic] = kind;
  else delete mine.marks[topic];
  showMarks();
}

export function showMarks(root = document) {
  root.querySelectorAll("[data-topic]").forEach((sheet) => {
    if (sheet.matches(".sheet")) sheet.classList.toggle("sheet--mine", mine.topics.includes(Number(sheet.dataset.topic)));
    const seat = sheet.querySelector(".seat");
    if (!seat) return;
    showSeat(seat, sheet.querySelector(".sheet__title"), markOn(sheet.dataset.topic) === "go");
    showWaiting(seat, sheet.dataset.topic);
  });
  root.querySelectorAll("[data-mark]").forEach((button) => {
    button.setAttribute("aria-pressed", markOn(button.dataset.topic) === button.dataset.mark);
    showWaiting(button, button.dataset.topic);
  });
  const ring = root.querySelector(".ring--l");
  ring?.style.setProperty("--you", markOn(ring.closest("[data-topic]").dataset.topic) === "go" ? 1 : 0);
}

// Named here, and not forty times in the page: the word that is seen, the topic, and the number in the ring.
function showSeat(seat, title, isMine) {
  const word = seat.querySelector(isMine ? ".seat__on" : ".seat__off").textContent;
  const topic = title.textContent.replaceAll("\u00ad", "").trim();
  const name = `${word}: ${topic}, ${seat.querySelector(".ring").textContent}`;
  seat.setAttribute("aria-pressed", isMine);
  if (seat.getAttribute("aria-label") !== name) seat.setAttribute("aria-label", name);
}

// Of the two buttons on a topic's page, the one whose mark is wished for, or given back.
function showWaiting(button, topic) {
  const isWaiting = isLate(chair(topic)) && button.value === (markOn(topic) || mine.marks[topic] || "go");
  button.toggleAttribute("data-waits", isWaiting);
  if (isWaiting) button.setAttribute("aria-description", waits);
  else button.removeAttribute("aria-description");
}

export function tap(event) {
  const button = event.target.closest(".seat, [data-mark]");
  if (!button || !mine.member) return;
  event.preventDefault();
  const sheet = button.closest(".sheet") ?? document;
  const { topic } = button.closest("[data-topic]").dataset;
  const action = button.dataset.address ?? button.getAttribute("formaction").split("?")[0];
  const kind = markOn(topic) === button.value ? "" : button.value;
  const title = sheet.querySelector("h1, h3").textContent.replaceAll("\u00ad", "").trim();
  keep(chair(topic), { action, method: kind ? "PUT" : "DELETE", fields: kind ? { kind } : {}, kind, title });
}
