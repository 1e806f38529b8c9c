// The contact book: its cards are the same for everybody, and what of it is one's own is marked here.

import { marks, showMark } from "./toggle.js";

export function connect(root) {
  const own = { meets: [], fits: {}, ...JSON.parse(document.getElementById("mine")?.textContent ?? "{}") };
  const ending = new AbortController();
  const asMarks = (ids) => Object.fromEntries(ids.map((id) => [id, "meet"]));
  const words = { meet: root.dataset.met, later: root.dataset.aside, "": root.dataset.none };
  const wishes = marks("meet", asMarks(own.meets), () => show());

  function show() {
    root.querySelectorAll("[data-person]").forEach((card) => showCard(card, wishes, own.fits));
    root.querySelectorAll("[data-later]").forEach((button) => showAside(button, wishes));
  }

  function tap(event) {
    const button = event.target.closest("[data-meet], [data-later]");
    if (!button) return;
    event.preventDefault();
    const { meet, later, address } = button.dataset;
    const value = later ? "later" : wishes.value(meet) === "meet" ? "" : "meet";
    const action = address ?? button.getAttribute("formaction").split("?")[0];
    const title = (button.closest("article, li") ?? root).querySelector("h1, h3 a, b").textContent.trim();
    wishes.set(later ?? meet, value, { action, title, label: words[value] });
  }

  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  listen(root, "click", tap);
  listen(root, "found", show);
  listen(document, "patched", show);
  listen(document, "mine", ({ detail }) => {
    if (!detail.meets) return;
    own.fits = detail.fits;
    wishes.learn(asMarks(detail.meets), detail.asked);
  });
  show();
  return () => {
    ending.abort();
    wishes.close();
  };
}

function showCard(card, wishes, fits) {
  const id = card.dataset.person;
  const button = card.querySelector("[data-meet]");
  const isMet = wishes.value(id) === "meet";
  showMark(button, isMet, wishes.isWaiting(id));
  button.querySelectorAll("[data-pressed]").forEach((part) => (part.hidden = part.dataset.pressed !== String(isMet)));
  const match = card.querySelector(".person__match");
  if (!match) return;
  match.hidden = !fits[id];
  if (fits[id]) match.lastElementChild.textContent = fits[id];
}

// Who is put aside goes at once, and comes back if that is refused.
function showAside(button, wishes) {
  const [id, row] = [button.dataset.later, button.closest("li")];
  if (wishes.known(id) === "later") row.remove();
  else row.hidden = wishes.value(id) === "later";
}
