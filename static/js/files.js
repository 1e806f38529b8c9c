// The files of a story in its form: chosen or recorded, shown, described, cut, and sent while one is still writing.

import { handIn, kept, send, take, waiting } from "./sending.js";
import { newKey } from "./server.js";

// Pixels, and the quality of a JPEG: larger pictures are shown nowhere, and take long over the network of a hall.
const [LARGEST, QUALITY] = [2048, 0.86];
const LONGEST = 90;

export function connect(root) {
  const form = root.closest("form");
  const { endpoint, most } = root.dataset;
  const [list, row, says] = [root.querySelector("[data-list]"), root.querySelector("template"), root.querySelector("[data-says]")];
  const { draft } = form.dataset;
  const ending = new AbortController();
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  const rows = () => [...list.children];
  const kinds = () => rows().map((each) => each.dataset.kind);
  const rowOf = (ref) => rows().find((each) => each.dataset.ref === ref);

  function say(words = "") {
    says.textContent = words;
    says.hidden = !words;
  }

  function show() {
    const has = kinds();
    root.querySelectorAll("[data-add]").forEach(({ dataset, hidden: was }, index, adds) => {
      const isFull = dataset.add === "photo" ? has.length >= 4 || has.some((kind) => kind !== "photo") : has.length > 0;
      if (was !== isFull) adds[index].hidden = isFull;
    });
    form.dispatchEvent(new Event("change"));
  }

  function add(ref, kind, file) {
    const item = row.content.firstElementChild.cloneNode(true);
    Object.assign(item.dataset, { ref, kind });
    item.querySelectorAll("[data-name]").forEach((field) => {
      field.name = field.dataset.name === "ref" ? "ref" : `${field.dataset.name}-${ref}`;
    });
    item.querySelector("[name=ref]").value = ref;
    item.querySelector(`[name="kind-${ref}"]`).value = kind;
    list.append(item);
    preview(item, kind, file);
    show();
    return item;
  }

  // One after the other: four photos at once are too much for the memory of a cheap phone.
  let before = Promise.resolve();

  function choose(file, kind, index) {
    // Only the first of several that are chosen must not be all that arrives.
    const fits = kind === "photo" ? kinds().every((each) => each === "photo") && kinds().length < 4 : kinds().length === 0;
    if (!fits) return say(root.dataset.together);
    if (file.size > Number(most)) return say(root.dataset.large);
    if (index === 0) say();
    const ref = newKey();
    add(ref, kind, file);
    before = before.then(() => begin(ref, kind, file)).catch(() => progress({ ref, problem: root.dataset.gone }));
  }

  async function begin(ref, kind, file) {
    const sent = kind === "photo" ? await smaller(file) : file;
    if (rowOf(ref)) await send(ref, sent, { endpoint, draft, kind });
  }

  async function remove(item) {
    URL.revokeObjectURL(item.querySelector("[data-preview] > *")?.src);
    item.remove();
    show();
    await take(item.dataset.ref);
  }

  function progress({ ref, percent, isDone, isWaiting, problem }) {
    const item = rowOf(ref);
    if (!item) return;
    const [bar, words] = [item.querySelector("progress"), item.querySelector("[data-state]")];
    bar.hidden = isDone || problem !== undefined;
    if (percent !== undefined) bar.value = percent;
    words.textContent = problem ?? (isDone ? root.dataset.done : isWaiting ? root.dataset.waits : `${percent ?? 0} %`);
    if (problem !== undefined) item.querySelectorAll("[name]").forEach((field) => field.removeAttribute("name"));
  }

  root.querySelectorAll("input[type=file]").forEach((input) => {
    input.removeAttribute("name");
    const converts = "oncancel" in input && input.accept.startsWith("video") && root.querySelector("[data-converts]");
    // While a film is being chosen an iPhone converts it, and tells nothing until it is done.
    if (converts) listen(input, "click", () => (converts.hidden = false));
    if (converts) listen(input, "cancel", () => (converts.hidden = true));
    listen(input, "change", (event) => {
      event.stopPropagation();
      if (converts) converts.hidden = true;
      [...input.files].forEach((file, index) => choose(file, input.closest("[data-add]").dataset.add, index));
      input.value = "";
    });
  });
  listen(list, "click", ({ target }) => target.closest("[data-remove]") && remove(target.closest("[data-ref]")));
  listen(list, "input", ({ target }) => target.matches("[type=range]") && cut(target.closest("[data-ref]"), target));
  listen(document, "sending", ({ detail }) => progress(detail));
  listen(form, "submit", () => handIn(rows().map((each) => each.dataset.ref)));
  const recording = record(root, listen, (file) => choose(file, "sound", 0));
  // What is being recorded is a part of the story: it ends first, and is heard before it is handed in.
  const endRecording = (event) => {
    if (event.target !== form || !recording.stop()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("submit", endRecording, { capture: true, signal: ending.signal });
  // What was chosen before a reload is still here.
  waiting(draft).forEach(async ([ref, { kind, isDone }]) => {
    const file = await kept(ref);
    if (!rowOf(ref)) add(ref, kind, file);
    if (isDone) progress({ ref, isDone });
  });
  show();
  return () => ending.abort();
}

async function smaller(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LARGEST / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
    const ground = canvas.getContext("2d");
    ground.fillStyle = "white";
    ground.fillRect(0, 0, canvas.width, canvas.height);
    ground.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
  } catch {
    // The server reads more than this browser does, and says what it does not.
    return file;
  }
}

function preview(item, kind, file) {
  const place = item.querySelector("[data-preview]");
  if (!file) return;
  const shown = document.createElement(kind === "photo" ? "img" : kind === "film" ? "video" : "audio");
  Object.assign(shown, { src: URL.createObjectURL(file), controls: true, muted: kind === "film", playsInline: true, alt: "" });
  shown.onerror = () => shown.remove();
  if (kind !== "photo") shown.onloadedmetadata = () => offerCut(item, shown.duration);
  place.append(shown);
}

// Where the film begins and ends, by two handles.
function offerCut(item, seconds) {
  const [begin, end] = item.querySelectorAll("[type=range]");
  if (!Number.isFinite(seconds) || seconds <= 0) return;
  for (const handle of [begin, end]) handle.max = seconds.toFixed(1);
  begin.value = 0;
  end.value = Math.min(seconds, LONGEST);
  item.querySelector("[data-cut]").hidden = false;
  const words = item.querySelector("[data-long]");
  words.hidden = seconds <= LONGEST + 1;
  words.textContent = words.dataset.long.replace("{minutes}", time(seconds));
  cut(item, begin);
}

const time = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function cut(item, moved) {
  const [begin, end] = item.querySelectorAll("[type=range]");
  const [from, to] = [Number(begin.value), Number(end.value)];
  if (moved === begin) end.value = Math.min(Math.max(to, from + 1), from + LONGEST);
  else begin.value = Math.max(Math.min(from, to - 1), to - LONGEST);
  const { ref } = item.dataset;
  item.querySelector(`[name="from-${ref}"]`).value = begin.value;
  item.querySelector(`[name="length-${ref}"]`).value = (end.value - begin.value).toFixed(1);
  item.querySelector("[data-span]").textContent = `${time(begin.value)} – ${time(end.value)}`;
  for (const handle of [begin, end]) handle.setAttribute("aria-valuetext", time(handle.value));
  const film = item.querySelector("video, audio");
  if (film) film.currentTime = Number(moved.value);
}

// Sound from this phone's microphone, where the browser may use it.
function record(root, listen, done) {
  const button = root.querySelector("[data-record]");
  let recorder = null;
  const stop = () => recorder?.state === "recording" && (recorder.stop(), true);
  if (!button || !navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return { stop };
  button.hidden = false;
  listen(button, "click", async () => {
    if (stop()) return;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return (button.querySelector("span").textContent = button.dataset.refused);
    const parts = [];
    recorder = new MediaRecorder(stream);
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      button.setAttribute("aria-pressed", false);
      button.querySelector("span").textContent = button.dataset.start;
      done(new File(parts, "sound", { type: recorder.mimeType.split(";")[0] }));
    };
    recorder.start();
    button.setAttribute("aria-pressed", true);
    button.querySelector("span").textContent = button.dataset.stop;
    setTimeout(stop, LONGEST * 1000);
  });
  return { stop };
}
