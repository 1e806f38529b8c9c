// The singing bowl on somebody's own phone, if they wish for it. The wish is remembered on the phone.

import { hasSound, learn, ringAt, tryOut, wake } from "./bowl.js";
import { request } from "./server.js";
import { store } from "./storage.js";

const OFTEN = 60000;

export function connect(root) {
  const key = root.querySelector("button");
  let isOn = localStorage.getItem("bowl") === "on";

  function show() {
    const state = isOn ? (hasSound() ? "on" : "mute") : "off";
    for (const words of root.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
    key.setAttribute("aria-pressed", String(isOn));
    key.classList.toggle("btn--main", isOn);
  }

  // Times may be moved, so they are asked for again and again.
  async function ask() {
    if (!isOn) return ringAt([]);
    const sent = performance.now();
    const answer = await request(root.dataset.rings).catch(() => null);
    if (!answer?.ok) return;
    const { rings, now } = await answer.json();
    learn(now, sent);
    if (isOn) ringAt(rings);
  }

  async function turn() {
    isOn = !isOn;
    store("bowl", isOn ? "on" : "off");
    if (isOn && (await wake())) tryOut();
    show();
    ask();
  }

  // After the page was loaded anew the browser wants to be touched before it makes a sound.
  async function touch() {
    if (isOn && !hasSound()) await wake();
    show();
  }

  const timer = setInterval(ask, OFTEN);
  key.addEventListener("click", turn);
  document.addEventListener("click", touch);
  show();
  ask();
  return () => {
    clearInterval(timer);
    key.removeEventListener("click", turn);
    document.removeEventListener("click", touch);
  };
}
