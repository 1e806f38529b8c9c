// What is mine on a page that is the same for everybody, and taking a chair: shown at once, sent in order,
// taken back if it did not arrive.

import { say } from "./toast.js";
import { write } from "./write.js";

const source = document.getElementById("mine");
const mine = JSON.parse(source?.textContent ?? '{"member": false, "topics": [], "marks": {}}');
const wished = {};
let queue = Promise.resolve();

document.addEventListener("mine", ({ detail }) => {
  Object.assign(mine, detail);
  showMarks();
});

export function showMarks(root = document) {
  root.querySelectorAll("[data-topic]").forEach((sheet) => {
    const mark = mine.marks[sheet.dataset.topic];
    if (sheet.matches(".sheet")) sheet.classList.toggle("sheet--mine", mine.topics.includes(Number(sheet.dataset.topic)));
    sheet.querySelector(".seat")?.setAttribute("aria-pressed", mark === "go");
  });
  root.querySelectorAll("[data-mark]").forEach((button) => {
    button.setAttribute("aria-pressed", mine.marks[button.dataset.topic] === button.dataset.mark);
  });
  const ring = root.querySelector(".ring--l");
  ring?.style.setProperty("--you", mine.marks[ring.closest("[data-topic]").dataset.topic] === "go" ? 1 : 0);
}

function setMark(topic, kind) {
  if (kind) mine.marks[topic] = kind;
  else delete mine.marks[topic];
  showMarks();
}

export function tap(event) {
  const button = event.target.closest(".seat, [data-mark]");
  if (!button || !mine.member) return;
  event.preventDefault();
  const topic = button.closest("[data-topic]").dataset.topic;
  const address = button.dataset.address ?? button.getAttribute("formaction").split("?")[0];
  const before = mine.marks[topic];
  const after = before === button.value ? undefined : button.value;
  wished[topic] = after;
  setMark(topic, after);
  queue = queue.then(() => tell(address, topic, before, after)).catch(console.error);
}

async function tell(address, topic, before, after) {
  try {
    await send(after ? "PUT" : "DELETE", address, after ? { kind: after } : {});
    // A catch-up that was asked for earlier may have said otherwise meanwhile; the last tap counts.
    setMark(topic, wished[topic]);
  } catch (error) {
    setMark(topic, before);
    say(error.says);
  }
}

async function send(method, address, fields) {
  const body = new FormData();
  Object.entries(fields).forEach(([name, value]) => body.append(name, value));
  const response = await write(address, { method, body, headers: { Accept: "application/json" } });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(response.statusText), { says: answer.says });
}
