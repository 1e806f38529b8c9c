// The board, the market and a topic's page: marks what is one's own, follows the clock, takes chairs.

import { tick } from "./clock.js";
import { marks, showMark } from "./toggle.js";

const words = (element) => element.textContent.replaceAll("\u00ad", "").trim();

export function connect(root) {
  // The page is the same for everybody; what of it is one's own, its end says.
  const own = JSON.parse(document.getElementById("mine")?.textContent ?? '{"member": false, "topics": [], "marks": {}}');
  const ending = new AbortController();
  const chairs = marks("chair", own.marks, () => show());

  function show() {
    root.querySelectorAll("[data-topic]").forEach((sheet) => showSheet(sheet, own.topics, chairs));
    root.querySelectorAll("[data-mark]").forEach((button) => showButton(button, button.dataset.topic, chairs));
    const ring = root.querySelector(".ring--l");
    ring?.style.setProperty("--you", chairs.value(ring.closest("[data-topic]").dataset.topic) === "go" ? 1 : 0);
  }

  function tap(event) {
    const button = event.target.closest(".seat, [data-mark]");
    if (!button || !own.member) return;
    event.preventDefault();
    const { topic } = button.closest("[data-topic]").dataset;
    const kind = chairs.value(topic) === button.value ? "" : button.value;
    const action = button.dataset.address ?? button.getAttribute("formaction").split("?")[0];
    const title = words((button.closest(".sheet") ?? document).querySelector("h1, h3"));
    const label = kind ? words(button.querySelector(".seat__on, .go__on")) : root.dataset.none;
    chairs.set(topic, kind, { action, title, label });
  }

  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  listen(root, "click", tap);
  listen(document, "mine", ({ detail }) => {
    if (!detail.marks) return;
    Object.assign(own, { member: detail.member, topics: detail.topics });
    chairs.learn(detail.marks, detail.asked);
  });
  listen(document, "patched", () => {
    show();
    tick(root);
  });
  const timer = setInterval(() => tick(root), 5000);
  show();
  tick(root);
  showOwner();
  openAtNow(root);
  return () => {
    clearInterval(timer);
    ending.abort();
    chairs.close();
  };
}

function showSheet(sheet, ownTopics, chairs) {
  if (sheet.matches(".sheet")) sheet.classList.toggle("sheet--mine", ownTopics.includes(Number(sheet.dataset.topic)));
  const seat = sheet.querySelector(".seat");
  if (!seat) return;
  showButton(seat, sheet.dataset.topic, chairs);
  // Named here, and not forty times in the page: the word that is seen, the topic, and the number in the ring.
  const word = words(seat.querySelector(seat.getAttribute("aria-pressed") === "true" ? ".seat__on" : ".seat__off"));
  const name = `${word}: ${words(sheet.querySelector(".sheet__title"))}, ${words(seat.querySelector(".ring"))}`;
  if (seat.getAttribute("aria-label") !== name) seat.setAttribute("aria-label", name);
}

// Of the two buttons on a topic's page, the one that waits is the one whose mark is wished for, or given back.
function showButton(button, topic, chairs) {
  const changing = chairs.value(topic) || chairs.known(topic) || "go";
  showMark(button, chairs.value(topic) === button.value, chairs.isWaiting(topic) && button.value === changing);
}

function showOwner() {
  const own = document.querySelector("[data-initials]");
  const avatar = document.querySelector(".me .avatar:empty");
  if (avatar) avatar.textContent = own?.dataset.initials ?? "";
}

// On a phone the running slot may lie below the first screen; after Back the browser knows where one was.
function openAtNow(root) {
  const running = root.querySelector('.slot[data-when="now"]');
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") return;
  if (!running || location.hash || scrollY > 0 || matchMedia("(min-width: 62.5em)").matches) return;
  if (running.getBoundingClientRect().top > innerHeight * 0.75) running.scrollIntoView();
}
