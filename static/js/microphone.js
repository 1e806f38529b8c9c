// The facilitators' page of the microphone: who reads, and the queue, which is dragged, tapped or moved by arrow keys.

import { request, write } from "./server.js";
import { say } from "./toast.js";
import { keepTime } from "./since.js";

const LOOK = 5000;

export function connect(root) {
  const ending = new AbortController();
  const stopTime = keepTime(root);
  // One after the other: the second step of a row starts where the first one has ended.
  let sending = Promise.resolve();
  let drag = null;
  let reopen = null;

  const send = (address, fields) => (sending = sending.then(() => tell(address, fields)));
  const seen = () => root.querySelector("#pitch-air").dataset.pitch;
  const rows = () => [...root.querySelectorAll("[data-queue] > li")];

  async function tell(address, fields) {
    const body = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ""));
    const answer = await write(address, { method: "POST", headers: { Accept: "application/json" }, body }).catch(() => null);
    const { says } = (await answer?.json().catch(() => null)) ?? {};
    if (says || !answer?.ok) say(says, 8);
  }

  function act(event) {
    const button = event.target.closest("[form=act][formaction]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest(".queue__row");
    if (button.dataset.step) return step(row, Number(button.dataset.step), button);
    button.closest("details")?.removeAttribute("open");
    send(button.getAttribute("formaction"), { seen: seen(), ...(button.name && { [button.name]: button.value }) });
  }

  // The row is moved at once, so that keys can go on; the patch that comes back agrees.
  function step(row, by, button = null) {
    const [from, all] = [rows().indexOf(row), rows()];
    const to = from + by;
    if (to < 0 || to >= all.length) return;
    all[to][by < 0 ? "before" : "after"](row);
    number();
    send(row.dataset.place, { place: to + 1 });
    reopen = button ? [row.id, by] : null;
    row.querySelector("summary").focus();
  }

  const number = () => rows().forEach((row, index) => (row.querySelector(".queue__n").textContent = index + 1));

  // A patch closes the menu of the row that was stepped: it is opened again, with the same button under the finger.
  function patched() {
    if (drag) number();
    if (!reopen) return;
    const menu = document.getElementById(reopen[0])?.querySelector("details");
    const button = menu?.querySelector(`[data-step="${reopen[1]}"]`);
    reopen = null;
    if (!button) return;
    menu.open = true;
    button.focus();
  }

  function key(event) {
    const next = event.key === "PageDown" && root.querySelector("[data-next]");
    if (next) {
      event.preventDefault();
      return next.click();
    }
    const grip = event.target.closest("[data-queue] summary");
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!grip || !by) return;
    event.preventDefault();
    step(grip.closest("li"), by);
  }

  function grab(event) {
    const grip = event.target.closest("[data-queue] summary");
    if (!grip || event.button > 0) return;
    const row = grip.closest("li");
    drag = { row, grip, pointer: event.pointerId, from: rows().indexOf(row), at: event.clientY, hasMoved: false };
  }

  function pull(event) {
    if (event.pointerId !== drag?.pointer) return;
    if (!drag.hasMoved && Math.abs(event.clientY - drag.at) < 6) return;
    if (!drag.hasMoved) {
      drag.hasMoved = true;
      drag.grip.setPointerCapture(drag.pointer);
      drag.row.dataset.hand = "";
    }
    const over = rows().find((row) => row !== drag.row && within(row, event.clientY));
    if (over) over[rows().indexOf(over) < rows().indexOf(drag.row) ? "before" : "after"](drag.row);
    number();
  }

  function within(row, y) {
    const { top, bottom } = row.getBoundingClientRect();
    return y > top && y < bottom;
  }

  function release(event) {
    if (event.pointerId !== drag?.pointer) return;
    const { row, from, hasMoved } = drag;
    const to = rows().indexOf(row);
    const isCancelled = event.type === "pointercancel";
    delete row.dataset.hand;
    drag = null;
    if (!hasMoved) return;
    // What ends a drag is no tap on the grip.
    window.addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
    setTimeout(() => window.dispatchEvent(new Event("click", { cancelable: true })));
    if (isCancelled) return putBack(row, from);
    if (to !== from) send(row.dataset.place, { place: to + 1 });
  }

  function putBack(row, place) {
    rows().filter((other) => other !== row)[place]?.before(row) ?? row.parentElement.append(row);
    number();
  }

  // What the screens say of themselves is in no channel.
  async function look() {
    if (document.visibilityState !== "visible") return;
    const answer = await request(root.dataset.projector).catch(() => null);
    const state = document.getElementById("projector-state");
    if (!answer?.ok) return;
    const html = await answer.text();
    if (state.outerHTML !== html.trim()) state.outerHTML = html;
  }

  const timer = setInterval(look, LOOK);
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  listen(document, "click", act);
  listen(document, "keydown", key);
  listen(root, "pointerdown", grab);
  listen(root, "pointermove", pull);
  listen(root, "pointerup", release);
  listen(root, "pointercancel", release);
  listen(document, "patched", patched);
  return () => {
    stopTime();
    clearInterval(timer);
    ending.abort();
  };
}
