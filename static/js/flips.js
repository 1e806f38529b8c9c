// The photos in notes: chosen on this phone, shown at once, and sent while one writes on.

import { inTurn, isolated, say, takeEach } from "./choosing.js";
import { facts, kept, waiting } from "./keeping.js";
import { drop, keep } from "./outbox.js";
import { opening } from "./photos.js";
import { preview, release } from "./preview.js";
import { take } from "./sending.js";
import { newKey } from "./server.js";

// How the server's photo stands there once nothing more is to come from this phone.
const ENDED = ["ready", "failed"];
const name = (ref) => `photo-${ref}`;

export function connect(root) {
  const { address, endpoint, label, mostPhotos } = root.dataset;
  const topics = root.dataset.topics.split(" ");
  const drafts = topics.map((number) => `notes-${number}`);
  const [list, here, says] = [root.querySelector("#flips"), root.querySelector("[data-here]"), root.querySelector("[data-says]")];
  const [form, tile] = [root.querySelector("form"), root.querySelector("template").content.firstElementChild];
  const input = form.elements.files;
  const ending = new AbortController();
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  const send = inTurn({ endpoint, draft: drafts[0], words: root.dataset });
  const tileOf = (ref) => [...here.children].find((each) => each.dataset.ref === ref);
  const photoOf = (ref) => [...list.children].find((each) => each.dataset.ref === ref);
  const fits = () => [...list.children, ...here.children].filter((each) => !each.hidden).length < Number(mostPhotos);
  const handIn = (ref) => keep(name(ref), { action: address, fields: [["ref", ref]], title: label, label });

  function choose(file) {
    const ref = newKey();
    add(ref, file);
    send(ref, "photo", file, { isWanted: () => tileOf(ref), begun: () => handIn(ref) });
  }

  function add(ref, file) {
    const added = tile.cloneNode(true);
    added.dataset.ref = ref;
    here.append(added);
    if (!file) return;
    const blank = added.querySelector("[data-blank]");
    blank.querySelector("bdi").textContent = file.name;
    preview(added.querySelector("[data-preview]"), "photo", file, () => (blank.hidden = false));
  }

  function discard(gone) {
    release(gone.querySelector("[data-preview]"));
    const hadFocus = gone.contains(document.activeElement);
    gone.remove();
    if (hadFocus) input.focus();
  }

  // It may be on the server already, also without an answer.
  function remove(gone) {
    const { ref } = gone.dataset;
    const photo = photoOf(ref);
    drop(name(ref));
    take(ref);
    discard(gone);
    if (photo) keep(name(ref), { action: photo.dataset.address, method: "DELETE", fields: {}, title: label, label });
    photo?.remove();
  }

  function progress({ ref, percent, isDone, isWaiting, problem }) {
    const shown = tileOf(ref);
    if (!shown) return;
    const bar = shown.querySelector("progress");
    if (problem !== undefined) {
      bar.hidden = true;
      say(shown.querySelector("[data-state]"));
      say(shown.querySelector("[data-problem]"), problem.replace("{name}", () => isolated(shown.querySelector("bdi").textContent)));
      return;
    }
    bar.value = percent ?? bar.value;
    say(shown.querySelector("[data-state]"), isDone ? root.dataset.done : isWaiting ? root.dataset.waits : "");
  }

  // A refused one is not kept; why it was refused is said already.
  function answered({ detail }) {
    const refused = detail?.ok === false && [...here.children].find((each) => name(each.dataset.ref) === detail.name);
    if (!refused) return;
    take(refused.dataset.ref);
    discard(refused);
  }

  // What this phone is still sending is shown by its own picture; what somebody has removed goes here too.
  function settle() {
    for (const sent of [...here.children]) {
      const photo = photoOf(sent.dataset.ref);
      if (photo ? ENDED.includes(photo.dataset.state) : "known" in sent.dataset) {
        if (!photo) take(sent.dataset.ref);
        discard(sent);
      } else if (photo) {
        sent.dataset.known = "";
        photo.hidden = true;
      }
    }
  }

  async function goOn([ref, { name: called, type }]) {
    const file = await kept(ref);
    if (!facts(ref) || tileOf(ref) || ENDED.includes(photoOf(ref)?.dataset.state)) return;
    add(ref, file && new File([file], called, { type }));
    if (facts(ref).isDone) progress({ ref, percent: 100, isDone: true });
    if (!photoOf(ref)) handIn(ref);
    settle();
  }

  form.querySelector("[data-plain]").hidden = true;
  listen(input, "change", () => {
    takeEach([...input.files], { fits, take: choose, place: says, words: root.dataset });
    input.value = "";
  });
  listen(here, "click", ({ target }) => target.closest("[data-remove]") && remove(target.closest("[data-ref]")));
  listen(document, "sending", ({ detail }) => progress(detail));
  listen(document, "outbox", answered);
  listen(document, "patched", settle);
  opening(root, ending.signal);
  // What was chosen before a reload is still here.
  drafts.flatMap((draft) => waiting(draft)).forEach(goOn);
  return () => ending.abort();
}
