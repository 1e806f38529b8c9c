// What is typed survives a reload, a sign-in and a dead network: it is kept on the phone until it has arrived.

import { draftOf, drop, hold } from "./outbox.js";
import { write } from "./server.js";

const KEPT = ["title", "text", "language", "cell", "draft_key", "convener_name"];
const AGAIN = 4000;
const LATE = 4000;

export function connect(form) {
  const name = form.dataset.draft;
  const kept = draftOf(name);
  const offline = form.querySelector("[data-offline]");
  let again = null;
  // What goes up by itself is what was handed in, and not what somebody is just changing.
  let handedIn = null;

  const draft = JSON.parse(localStorage.getItem(kept) ?? "null");
  const refused = form.querySelector("[data-refusal], .field__err");
  // What the server had: a draft of something that has changed since is no longer one.
  const was = refused ? draft?.was : words(form);

  const isWaiting = () => form.dataset.state === "now";

  const keep = () => {
    const fields = Object.fromEntries([...new FormData(form)].filter(([key]) => KEPT.includes(key)));
    if (fields.title || fields.text) localStorage.setItem(kept, JSON.stringify({ ...fields, was }));
    else localStorage.removeItem(kept);
  };

  async function submit(event) {
    event?.preventDefault();
    keep();
    if (event || !handedIn) handedIn = new FormData(form, event?.submitter);
    again = clearTimeout(again) ?? null;
    busy(form, true);
    const late = setTimeout(wait, LATE);
    try {
      const request = { method: "POST", body: handedIn, headers: { "X-Draft": "1" } };
      const answer = await write(form.action, { ...request, key: handedIn.get("key"), times: 2 });
      await arrived(name, answer, disconnect);
    } catch {
      // Unless it is being changed meanwhile.
      if (handedIn) wait();
      if (handedIn) again = setTimeout(submit, AGAIN);
    }
    clearTimeout(late);
    busy(form, false);
  }

  function wait() {
    hold(name, { ...toSend(form, handedIn), said: form.dataset.said });
    show(form, "now");
  }

  // What is being changed is no longer what was handed in.
  function edit() {
    keep();
    if (!isWaiting()) return;
    again = clearTimeout(again) ?? null;
    handedIn = null;
    drop(name);
    show(form, "go");
  }

  const online = () => {
    offline.hidden = true;
    if (isWaiting()) submit();
    else show(form, "go");
  };
  const away = () => {
    offline.hidden = false;
    if (!isWaiting()) show(form, "hold");
  };
  const disconnect = () => {
    clearTimeout(again);
    window.removeEventListener("online", online);
    window.removeEventListener("offline", away);
  };
  if (draft?.was === was && !refused) restore(form, draft);
  form.addEventListener("input", edit);
  form.addEventListener("change", edit);
  form.addEventListener("submit", submit);
  window.addEventListener("online", online);
  window.addEventListener("offline", away);
  // After Back the form still holds what has been sent.
  window.addEventListener("pageshow", (shown) => shown.persisted && location.reload());
  if (!draft && performance.getEntriesByType("navigation")[0]?.type === "back_forward") location.reload();
  return disconnect;
}

// The button says what it would do: send, keep on this phone while there is no network, or try again what is kept.
function show(form, state) {
  form.dataset.state = state;
  form.querySelectorAll("[data-when]").forEach((part) => (part.hidden = part.dataset.when !== state));
}

function toSend(form, fields) {
  const said = Object.fromEntries(fields);
  const page = said.cell ? `${location.pathname}?cell=${said.cell}` : location.pathname;
  return { action: form.action, fields: said, key: said.key, kind: "topic", title: said.title, form: page };
}

const words = (form) => ["title", "text"].map((key) => form.elements.namedItem(key).defaultValue).join("\n");

const busy = (form, on) => form.querySelector("[data-submit]").setAttribute("aria-busy", on);

async function arrived(name, answer, disconnect) {
  // A refusal comes as the same page with what was typed and what is wrong. A body that broke off is no answer.
  const page = answer.status === 201 ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page?.querySelector("main");
  if (page && !main) throw new Error("an answer without its page");
  disconnect();
  drop(name);
  if (answer.status === 201) {
    localStorage.removeItem(draftOf(name));
    return goTo(answer.headers.get("Location"));
  }
  document.querySelector("main").replaceWith(main);
  const connected = [...document.querySelectorAll("main [data-module]")].map(async (root) => {
    const { connect: start } = await import(`./${root.dataset.module}.js`);
    start(root);
  });
  await Promise.all(connected);
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

function restore(form, draft) {
  for (const [key, value] of Object.entries(draft)) {
    const field = form.elements.namedItem(key);
    if (!field || key === "was" || (key === "cell" && new URLSearchParams(location.search).has("cell"))) continue;
    if (key === "cell" && ![...form.querySelectorAll("input[name=cell]")].some((input) => input.value === value)) continue;
    field.value = value;
  }
  form.dispatchEvent(new Event("change"));
}
