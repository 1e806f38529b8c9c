// What is mine on a page that is the same for everybody, and taking a chair: shown at once, told until it is known to
// have arrived, and taken back if it did not.

import { write } from "./server.js";
import { say } from "./toast.js";

const source = document.getElementById("mine");
const mine = JSON.parse(source?.textContent ?? '{"member": false, "topics": [], "marks": {}}');
// What was tapped and is not known to have arrived, by topic; without a kind it gives the chair back.
const wishes = new Map();
let known = 0;
// The same person's other pages in this browser.
const pages = window.BroadcastChannel && new BroadcastChannel(`marks ${location.pathname.split("/")[1]}`);

const markOn = (topic) => (wishes.has(topic) ? wishes.get(topic).kind : mine.marks[topic]);

document.addEventListener("mine", ({ detail: { asked, ...detail } }) => {
  // Asked before a tap arrived, it may not hold it.
  if (asked < known) return askAgain();
  Object.assign(mine, detail);
  showMarks();
});
pages?.addEventListener("message", ({ data }) => know(...data));
// Nothing waits for its turn any more once the page is left.
window.addEventListener("pagehide", () => wishes.forEach((wish) => wish.isSent || send(wish).catch(console.error)));

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
    if (seat) showSeat(seat, sheet.querySelector(".sheet__title"), markOn(sheet.dataset.topic) === "go");
  });
  root.querySelectorAll("[data-mark]").forEach((button) => {
    button.setAttribute("aria-pressed", markOn(button.dataset.topic) === button.dataset.mark);
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

export function tap(event) {
  const button = event.target.closest(".seat, [data-mark]");
  if (!button || !mine.member) return;
  event.preventDefault();
  const topic = button.closest("[data-topic]").dataset.topic;
  const address = button.dataset.address ?? button.getAttribute("formaction").split("?")[0];
  const kind = markOn(topic) === button.value ? undefined : button.value;
  const isUnderWay = wishes.has(topic);
  wishes.set(topic, { address, kind, isSent: false });
  showMarks();
  if (!isUnderWay) tell(topic);
}

// One after the other on one topic, and of several wishes only the last; topics do not wait for each other.
async function tell(topic) {
  try {
    for (let wish; wish !== wishes.get(topic); know(topic, wish.kind)) {
      wish = wishes.get(topic);
      await send(wish);
    }
    pages?.postMessage([topic, mine.marks[topic]]);
  } catch (error) {
    say(error.says);
    // The answer may have been lost, and not the tap.
    askAgain();
  }
  wishes.delete(topic);
  showMarks();
}

async function send(wish) {
  wish.isSent = true;
  const body = new FormData();
  if (wish.kind) body.append("kind", wish.kind);
  const method = wish.kind ? "PUT" : "DELETE";
  const headers = { Accept: "application/json" };
  const response = await write(wish.address, { method, body, headers, keepalive: true });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(response.statusText), { says: answer.says });
}
