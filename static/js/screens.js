// The console's page of screens: a tap opens the pictures to choose from; what is alive is asked for every few seconds.

import { request, write } from "./server.js";
import { say } from "./toast.js";

const [TICK, LOOK, SILENT] = [1000, 5000, 15];
const JSON_WANTED = { Accept: "application/json" };

export function connect(root) {
  const ending = new AbortController();
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  const heard = new Map();
  const units = JSON.parse(root.dataset.units);
  const seconds = () => performance.now() / 1000;
  const numberOf = (screen) => screen.id.slice("screen-".length);

  // Of a screen that came as a patch the patch says when it was heard.
  function show() {
    for (const screen of root.querySelectorAll(".screen")) {
      const number = numberOf(screen);
      if (!heard.has(number)) heard.set(number, seconds() - Number(screen.dataset.heard));
      const silent = Math.max(0, Math.floor(seconds() - heard.get(number)));
      const isAlive = silent <= SILENT;
      screen.dataset.alive = isAlive ? "yes" : "no";
      const [unit, length] = silent < 100 ? [0, 1] : silent < 6000 ? [1, 60] : [2, 3600];
      const time = units[unit].replace("{n}", Math.floor(silent / length));
      screen.querySelector(".screen__alive").textContent = root.dataset[isAlive ? "alive" : "silent"].replace("{time}", time);
    }
  }

  async function look() {
    if (document.visibilityState !== "visible") return;
    const answer = await request(root.dataset.page, { headers: JSON_WANTED }).catch(() => null);
    if (!answer?.ok) return;
    const asked = seconds();
    Object.entries(await answer.json()).forEach(([number, ago]) => heard.set(number, asked - ago));
    show();
  }

  async function send(address, body, busy) {
    busy.setAttribute("aria-busy", "true");
    const answer = await write(address, { method: "POST", headers: JSON_WANTED, body }).catch(() => null);
    busy.removeAttribute("aria-busy");
    if (!answer?.ok) say();
    return Boolean(answer?.ok);
  }

  // The page for this screen has the same dialog.
  async function pick(link) {
    const page = await request(link.href).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("pick");
    if (!fresh) return say();
    dialog().replaceChildren(...fresh.children);
    dialog().close();
    dialog().showModal();
    name();
  }

  // The button says what will be.
  function name() {
    const button = dialog().querySelector("[data-words]");
    const chosen = dialog().querySelector("input[type=radio]:checked")?.closest("label").textContent.trim();
    if (chosen) button.querySelector("span").textContent = button.dataset.words.replace("{scene}", chosen);
  }

  async function click(event) {
    const link = event.target.closest(".screen__pick");
    const key = event.target.closest(".screens [formaction]");
    if (!link && !key) return;
    event.preventDefault();
    if (link) return pick(link);
    send(key.getAttribute("formaction"), new URLSearchParams(), key);
  }

  async function submit(event) {
    const { target, submitter } = event;
    if (!dialog().contains(target) || submitter?.formMethod === "dialog") return;
    event.preventDefault();
    const address = submitter?.getAttribute("formaction") ?? target.getAttribute("action");
    if (await send(address, new URLSearchParams(new FormData(target, submitter)), submitter)) dialog().close();
  }

  const dialog = () => root.querySelector("#pick");
  const timers = [setInterval(show, TICK), setInterval(look, LOOK)];
  listen(root, "click", click);
  listen(root, "submit", submit);
  listen(root, "change", name);
  listen(document, "patched", show);
  // Opened by its address, it is a page with a form; with scripts it is a dialog.
  if (dialog().open) {
    dialog().close();
    dialog().showModal();
    name();
  }
  show();
  return () => {
    timers.forEach(clearInterval);
    ending.abort();
  };
}
