// The book of contacts: what is mine in it is marked here, for the cards are the same for everybody.

import { write } from "./server.js";
import { say } from "./toast.js";

const mine = { meets: [], fits: {}, ...JSON.parse(document.getElementById("mine")?.textContent ?? "{}") };

export function connect(root) {
  const show = () => showMine(root);
  const learn = ({ detail }) => {
    Object.assign(mine, detail);
    show();
  };
  const tap = (event) => tapped(root, event);
  document.addEventListener("mine", learn);
  document.addEventListener("patched", show);
  root.addEventListener("found", show);
  root.addEventListener("click", tap);
  show();
  return () => {
    document.removeEventListener("mine", learn);
    document.removeEventListener("patched", show);
    root.removeEventListener("found", show);
    root.removeEventListener("click", tap);
  };
}

function showMine(root) {
  root.querySelectorAll("[data-person]").forEach((card) => {
    const id = Number(card.dataset.person);
    card.querySelector(".iconbtn").setAttribute("aria-pressed", mine.meets.includes(id));
    const match = card.querySelector(".person__match");
    match.hidden = !mine.fits[id];
    if (mine.fits[id]) match.lastElementChild.textContent = mine.fits[id];
  });
}

async function tapped(root, event) {
  const button = event.target.closest("[data-person] .iconbtn, [data-later]");
  if (!button) return;
  event.preventDefault();
  const address = button.getAttribute("formaction").split("?")[0];
  if (button.matches("[data-later]")) return notNow(button, address);
  const id = Number(button.closest("[data-person]").dataset.person);
  const before = [...mine.meets];
  const wanted = !before.includes(id);
  mine.meets = wanted ? [...before, id] : before.filter((other) => other !== id);
  showMine(root);
  const answer = await tell(address, wanted ? "meet" : "");
  if (answer.ok) return answer.says && say(answer.says);
  mine.meets = before;
  showMine(root);
  say(answer.says);
}

async function notNow(button, address) {
  const row = button.closest("li");
  row.hidden = true;
  const answer = await tell(address, "later");
  if (answer.ok) row.remove();
  else row.hidden = false;
  say(answer.says);
}

async function tell(address, kind) {
  const body = new FormData();
  if (kind) body.append("kind", kind);
  try {
    const answer = await write(address, { method: kind ? "PUT" : "DELETE", body, headers: { Accept: "application/json" } });
    return { ok: answer.ok, ...(await answer.json().catch(() => ({}))) };
  } catch {
    return { ok: false };
  }
}
