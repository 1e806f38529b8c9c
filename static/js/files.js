// The files of a story in its form: chosen or recorded, shown, described, cut, and sent while one is still writing.

import { inTurn, isolated, say, takeEach } from "./choosing.js";
import { moveCut, offerCut } from "./cut.js";
import { facts, kept, note, waiting } from "./keeping.js";
import { preview, release } from "./preview.js";
import { recorder } from "./record.js";
import { handIn, take } from "./sending.js";
import { newKey } from "./server.js";

const MOST_PHOTOS = 4;

const stands = (item) => item.querySelector("[type=checkbox]").checked && !("failed" in item.dataset);

export function connect(root) {
  const form = root.closest("form");
  const { endpoint } = root.dataset;
  const { draft } = form.dataset;
  const [list, row, says] = [root.querySelector("[data-list]"), root.querySelector("template"), root.querySelector("[data-says]")];
  // The files that were chosen on this page, by the row that shows them.
  const files = new WeakMap();
  const ending = new AbortController();
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  const rows = () => [...list.children];
  // What the story has already is a part of it until the form is saved.
  const before = new Set(rows());
  const rowOf = (ref) => rows().find((each) => each.dataset.ref === ref);

  function fits(kind) {
    const kinds = rows().filter(stands).map((each) => each.dataset.kind);
    return kind === "photo" ? kinds.every((each) => each === "photo") && kinds.length < MOST_PHOTOS : kinds.length === 0;
  }

  function show() {
    for (const button of root.querySelectorAll("[data-add]")) {
      const isRecording = button.getAttribute("aria-pressed") === "true";
      button.hidden = "unable" in button.dataset || !(isRecording || fits(button.dataset.add));
    }
    form.dispatchEvent(new Event("change"));
  }

  function choose(chosen, kind) {
    const take = (file) => sendOf(add(newKey(), kind, file), file);
    takeEach(chosen, { fits: () => fits(kind), take, place: says, words: root.dataset });
  }

  function add(ref, kind, file, { alt = "", cut } = {}) {
    const item = row.content.firstElementChild.cloneNode(true);
    Object.assign(item.dataset, { ref, kind });
    item.querySelectorAll("[data-name]").forEach((field) => {
      field.name = field.dataset.name === "ref" ? "ref" : `${field.dataset.name}-${ref}`;
    });
    item.querySelector("[name=ref]").value = ref;
    item.querySelector(`[name="kind-${ref}"]`).value = kind;
    item.querySelector(`[name="alt-${ref}"]`).value = alt;
    list.append(item);
    if (file) {
      files.set(item, file);
      item.querySelector("[data-blank] bdi").textContent = file.name;
      const shown = preview(item.querySelector("[data-preview]"), kind, file, () => unseen(item));
      if (kind !== "photo") shown.onloadedmetadata = () => offerCut(item, shown, cut);
    }
    show();
    return item;
  }

  // The server reads more than this browser does.
  function unseen(item) {
    item.querySelector("[data-blank]").hidden = false;
    item.querySelector("[data-unseen]").hidden = "failed" in item.dataset;
  }

  const send = inTurn({ endpoint, draft, words: root.dataset });

  function sendOf(item, file) {
    const { ref, kind } = item.dataset;
    send(ref, kind, file, { isWanted: () => rowOf(ref) && stands(item) });
  }

  // What is removed leaves its row, to be brought back.
  function remove(item) {
    item.querySelector("[type=checkbox]").checked = false;
    item.querySelector("video, audio")?.pause();
    say(says);
    if ("failed" in item.dataset) discard(item);
    else item.querySelector("[data-undo]").focus();
    show();
    if (!before.has(item)) take(item.dataset.ref);
  }

  function discard(item) {
    release(item.querySelector("[data-preview]"));
    item.remove();
  }

  function bringBack(item) {
    if (!fits(item.dataset.kind)) return say(says, root.dataset.together);
    item.querySelector("[type=checkbox]").checked = true;
    item.querySelector("[data-remove]").focus();
    if (files.has(item)) sendOf(item, files.get(item));
    show();
  }

  function progress({ ref, percent, isDone, isWaiting, problem }) {
    const item = rowOf(ref);
    if (!item) return;
    if (problem !== undefined) return fail(item, problem);
    const bar = item.querySelector("progress");
    bar.hidden = isDone === true;
    bar.value = percent ?? bar.value;
    if (isWaiting) item.dataset.waited = "";
    say(item.querySelector("[data-percent]"), isDone ? "" : `${bar.value} %`);
    say(item.querySelector("[data-state]"), isDone ? root.dataset.done : isWaiting ? root.dataset.waits : "waited" in item.dataset ? root.dataset.back : "");
  }

  // It is no part of the story; its row says why, until it is removed.
  function fail(item, problem) {
    item.dataset.failed = "";
    item.querySelectorAll("[name]").forEach((field) => (field.disabled = true));
    say(item.querySelector("[data-problem]"), problem.replace("{name}", () => isolated(files.get(item)?.name ?? "")));
    item.querySelector("[data-unseen]").hidden = true;
    show();
  }

  function described({ target }) {
    const item = target.closest("[data-ref]");
    const isCut = target.matches("[type=range]");
    const more = isCut ? { cut: moveCut(item, target) } : { alt: item.querySelector(`[name="alt-${item.dataset.ref}"]`).value };
    if (facts(item.dataset.ref)) note(item.dataset.ref, more);
  }

  function tapped({ target }) {
    const button = target.closest("[data-remove], [data-undo]");
    if (button) (button.matches("[data-undo]") ? bringBack : remove)(button.closest("[data-ref]"));
  }

  root.querySelectorAll("input[type=file]").forEach((input) => {
    input.removeAttribute("name");
    input.classList.add("vh");
    const converts = "oncancel" in input && input.accept.startsWith("video") && root.querySelector("[data-converts]");
    // While a film is being chosen an iPhone converts it, and tells nothing until it is done.
    if (converts) listen(input, "click", () => (converts.hidden = false));
    if (converts) listen(input, "cancel", () => (converts.hidden = true));
    listen(input, "change", (event) => {
      event.stopPropagation();
      if (converts) converts.hidden = true;
      choose([...input.files], input.closest("[data-add]").dataset.add);
      input.value = "";
    });
  });
  listen(list, "click", tapped);
  listen(list, "input", described);
  listen(document, "sending", ({ detail }) => progress(detail));
  listen(form, "submit", () => handIn(rows().filter(stands).map((each) => each.dataset.ref)));
  const recording = recorder(root.querySelector("[data-record]"), listen, (file) => choose([file], "sound"));
  // What is being recorded is a part of the story: it ends first, and is heard before it is handed in.
  const endRecording = (event) => {
    if (event.target !== form || !recording.stop()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("submit", endRecording, { capture: true, signal: ending.signal });
  // What was chosen before a reload is still here.
  waiting(draft).forEach(async ([ref, { kind, isDone, name, type, ...more }]) => {
    const file = await kept(ref);
    if (!rowOf(ref)) add(ref, kind, file && new File([file], name, { type }), more);
    if (isDone) progress({ ref, isDone });
  });
  show();
  return () => ending.abort();
}
