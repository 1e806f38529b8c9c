// How long the running slot still goes on, or the break, for whoever has the console in hand.

import { inHall, now } from "./clock.js";

export function connect(root) {
  const [left, until] = root.querySelectorAll("p > *");
  const [ring, more] = [root.querySelector(".ring"), root.querySelector("button")];

  function show() {
    const running = [...document.querySelectorAll(".slot")].filter(({ dataset }) => dataset.starts <= now() && now() < dataset.ends);
    const slot = running.find((each) => !each.matches(".slot--bar")) ?? running[0];
    root.hidden = !slot;
    if (!slot) return;
    const { starts, ends } = slot.dataset;
    const seconds = Math.ceil(ends - now());
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    until.textContent = root.dataset.until.replace("{time}", inHall(Number(ends)));
    ring.style.setProperty("--n", Math.ceil((seconds / (ends - starts)) * 12));
    more.setAttribute("formaction", `${more.dataset.action.replace("/0/", `/${slot.id.slice(3)}/`)}&seen=${ends}`);
  }

  const timer = setInterval(show, 1000);
  document.addEventListener("patched", show);
  show();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", show);
  };
}
