// A form that is sent by a script: what is typed is kept as a draft, what is handed in waits in the outbox for its answer,
// and a refusal is shown in this page.

import { keepDraft } from "./drafts.js";
import { drop, entry, isLate, keep, readers } from "./outbox.js";
import { isThere } from "./server.js";

export function connect(form) {
  const draft = form.dataset.draft;
  const ending = new AbortController();
  const { save, isKept } = keepDraft(form);
  // What is new has a key, and waits beside others; a later version of one thing takes the place of the one before.
  const name = "new" in form.dataset ? `${draft}-${form.elements.key.value}` : draft;

  let handedIn = null;

  // The button says what it would do: send, keep on this phone while there is no network, or try again what is kept.
  function show() {
    const isWaiting = isLate(name);
    form.dataset.state = isWaiting ? "now" : navigator.onLine ? "go" : "hold";
    form.querySelectorAll(":is(.kept, [data-submit]) [data-when]").forEach((part) => (part.hidden = part.dataset.when !== form.dataset.state));
    form.querySelectorAll("[data-offline]").forEach((note) => (note.hidden = navigator.onLine));
    form.querySelector("[data-submit]").setAttribute("aria-busy", entry(name) !== null && !isWaiting);
  }

  // A preview is a page like any other: it need not arrive, and what was typed is a draft still.
  function submit(event) {
    save();
    if (event.submitter && "onlyShows" in event.submitter.dataset) return;
    event.preventDefault();
    handedIn = { draft, ...wish(form, event.submitter) };
    keep(name, handedIn);
  }

  // Another tab has sent it. Sent again under its key, it gets the same answer, which is for this page.
  function answered({ detail }) {
    if (detail?.isElsewhere && detail.name === name && handedIn) keep(name, handedIn);
    show();
  }

  // What is being changed is no longer what was handed in.
  function edit() {
    save();
    handedIn = null;
    if (isLate(name)) drop(name);
  }

  async function read(answer) {
    if (answer.status === 201) return { ok: true, finish: () => leaveFor(answer.headers.get("Location")) };
    // A refusal comes as the same page with what was typed and what is wrong. A body that broke off is no answer.
    const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (!main) throw new Error("an answer without its page");
    return { ok: false, finish: () => replaceMain(main, disconnect) };
  }

  // Until here another tab may be told first, and its word comes late: then this page asks once more.
  function leaveFor(address) {
    handedIn = null;
    goTo(address);
  }

  function disconnect() {
    ending.abort();
    readers.delete(draft);
  }

  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  listen(form, "input", edit);
  listen(form, "change", edit);
  listen(form, "submit", submit);
  listen(document, "outbox", answered);
  listen(window, "online", show);
  listen(window, "offline", show);
  readers.set(draft, { read, shows: (fields) => fieldsOf(form).every(([field, value]) => fields.some(([other, sent]) => other === field && sent === value)) });
  show();
  // After Back the form still holds what has been sent.
  const renew = async () => (await isThere()) && location.reload();
  listen(window, "pageshow", (shown) => shown.persisted && renew());
  if (!isKept && performance.getEntriesByType("navigation")[0]?.type === "back_forward") renew();
  return disconnect;
}

const fieldsOf = (form, submitter) => [...new FormData(form, submitter)].filter(([name]) => name !== "csrf_token");

function wish(form, submitter) {
  const fields = fieldsOf(form, submitter);
  const { key, title, cell } = Object.fromEntries(fields);
  const { label, said, page = cell ? `${location.pathname}?cell=${cell}` : location.pathname } = form.dataset;
  return { action: form.action, fields, key, title: title ?? document.title.split(" · ")[0], label, said, page };
}

async function replaceMain(main, disconnect) {
  const { connectAll } = await import("./app.js");
  disconnect();
  document.querySelector("main").replaceWith(main);
  await connectAll(main);
  const refusal = document.querySelector("[data-refusal], [aria-invalid=true]");
  refusal?.focus();
  refusal?.scrollIntoView({ block: "center" });
}

// To another place on the same page the browser would only scroll.
function goTo(address) {
  const there = new URL(address, location.href);
  const stays = there.pathname === location.pathname && there.search === location.search;
  location.assign(there);
  if (stays) location.reload();
}
