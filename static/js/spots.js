// The free places at the microphone: for the entry that is being typed, or for the topic that is being read out. Arrow
// keys go from place to place, up and down from time to time.

import { write } from "./server.js";
import { say } from "./toast.js";

export function spots(form, listen) {
  const box = form.querySelector("[data-spots]");
  const forAir = box.querySelector("[data-when=air]");
  const air = () => document.getElementById("pitch-air");
  const all = () => [...box.querySelectorAll("[name=cell]")];
  const rows = () => [...box.querySelectorAll(".spots__row")];
  let opener = null;

  const isOpen = () => opener !== null;
  // The convener has another topic then: whoever chooses that has read it.
  const isBusy = (radio) => radio.closest("[data-busy]") !== null;

  function show(isShown) {
    box.hidden = !isShown;
    forAir.hidden = !isOpen();
    form.toggleAttribute("data-hangs", isOpen());
  }

  // For the topic that is read out. The place chosen first is the nearest in time.
  function open() {
    if (!air().querySelector("[data-hang]")) return;
    opener = document.activeElement;
    show(true);
    const first = all().find((radio) => !isBusy(radio)) ?? all()[0];
    if (first) first.checked = true;
    (first ?? box.querySelector("[data-close]")).focus();
    box.scrollIntoView({ block: "nearest" });
  }

  function close() {
    const back = opener?.isConnected ? opener : form.elements.title;
    opener = null;
    clear();
    back.focus();
  }

  function clear() {
    all().forEach((radio) => (radio.checked = false));
    form.querySelector("[name=where][value=market]").checked = true;
    opener = null;
    show(false);
  }

  async function hang() {
    const chosen = all().find((radio) => radio.checked);
    const { pitch } = air().dataset;
    if (!chosen) return;
    const fields = { cell: chosen.value, seen: pitch, ...(isBusy(chosen) && { anyway: "y" }) };
    close();
    form.elements.title.focus();
    const options = { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(fields) };
    const answer = await write(form.dataset.hanging, options).catch(() => null);
    if (!answer?.ok) say((await answer?.json().catch(() => null))?.says, 10);
  }

  // The same column in the row above or below, or the nearest one there.
  function across(radio, by) {
    const row = rows()[rows().indexOf(radio.closest(".spots__row")) + by];
    const left = (each) => each.getBoundingClientRect().left;
    const near = [...(row?.querySelectorAll("[name=cell]") ?? [])].sort(
      (one, other) => Math.abs(left(one.parentElement) - left(radio.parentElement)) - Math.abs(left(other.parentElement) - left(radio.parentElement)),
    )[0];
    if (!near) return;
    near.checked = true;
    near.focus();
  }

  function keys(event) {
    const radio = event.target.closest("[name=cell]");
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape" && isOpen()) return close();
    if (radio && by) {
      event.preventDefault();
      across(radio, by);
    } else if (radio && event.key === "Enter" && isOpen()) {
      event.preventDefault();
      hang();
    }
  }

  function clicked(event) {
    if (event.target.closest("[data-hang]")) {
      event.preventDefault();
      open();
    } else if (event.target.closest("[data-put]")) hang();
    else if (event.target.closest("[data-close]") && box.contains(event.target)) close();
    // By a finger: arrow keys choose too, and then the event has no clicks.
    else if (event.target.matches("[name=cell]") && event.detail && isOpen()) hang();
  }

  function where({ target }) {
    if (target.name !== "where") return;
    opener = null;
    if (target.value === "market") all().forEach((radio) => (radio.checked = false));
    else if (all()[0]) all()[0].checked = true;
    show(target.value === "wall");
  }

  listen(box, "keydown", keys);
  listen(document, "click", clicked);
  listen(form, "change", where);
  return { open, clear };
}
