// What is typed survives a reload, a sign-in and a dead network: it is kept on the phone until it has arrived.

import { write } from "./server.js";

const KEPT = ["title", "text", "language", "cell", "draft_key", "convener_name"];
const AGAIN = 4000;

export function connect(form) {
  const name = `draft:${form.dataset.draft}`;
  const offline = form.querySelector("[data-offline]");
  let waiting = null;

  const draft = JSON.parse(localStorage.getItem(name) ?? "null");
  const refused = form.querySelector("[data-refusal], .field__err");
  // What the server had: a draft of something that has changed since is no longer one.
  const was = refused ? draft?.was : words(form);

  const keep = () => {
    const fields = Object.fromEntries([...new FormData(form)].filter(([key]) => KEPT.includes(key)));
    if (fields.title || fields.text) localStorage.setItem(name, JSON.stringify({ ...fields, was }));
    else localStorage.removeItem(name);
  };

  // What goes up by itself is what was handed in, and not what somebody is just changing.
  let handedIn = null;
  const stop = () => {
    waiting = clearTimeout(waiting) ?? null;
    localStorage.removeItem(name.replace("draft:", "waiting:"));
  };

  async function submit(event) {
    event?.preventDefault();
    keep();
    if (event || !handedIn) handedIn = new FormData(form);
    waiting = clearTimeout(waiting) ?? null;
    busy(form, true);
    try {
      const request = { method: "POST", body: handedIn, headers: { "X-Draft": "1" } };
      const answer = await write(form.action, { ...request, key: handedIn.get("key"), times: 1 });
      await arrived(form, name, answer, disconnect);
    } catch {
      if (offline) offline.hidden = false;
      if (form.dataset.waiting) localStorage.setItem(name.replace("draft:", "waiting:"), JSON.stringify(toSend(form, handedIn)));
      waiting = setTimeout(submit, AGAIN);
      const label = form.querySelector("[data-submit] span");
      if (form.dataset.waiting) label.textContent = form.dataset.waiting;
    }
    busy(form, false);
  }

  const online = () => (waiting ? submit() : offline && (offline.hidden = true));
  const away = () => offline && (offline.hidden = false);
  const disconnect = () => {
    clearTimeout(waiting);
    window.removeEventListener("online", online);
    window.removeEventListener("offline", away);
  };
  if (draft?.was === was && !refused) restore(form, draft);
  form.addEventListener("input", keep);
  form.addEventListener("input", () => waiting && stop());
  form.addEventListener("change", keep);
  form.addEventListener("submit", submit);
  window.addEventListener("online", online);
  window.addEventListener("offline", away);
  // After Back the form still holds what has been sent.
  window.addEventListener("pageshow", (shown) => shown.persisted && location.reload());
  if (!draft && performance.getEntriesByType("navigation")[0]?.type === "back_forward") location.reload();
  return disconnect;
}

const toSend = (form, fields) => ({ action: form.action, fields: Object.fromEntries(fields) });
const words = (form) => ["title", "text"].map((key) => form.elements.namedItem(key).defaultValue).join("\n");

const busy = (form, on) => form.querySelector("[data-submit]").setAttribute("aria-busy", on);

async function arrived(form, name, answer, disconnect) {
  // A refusal comes as the same page with what was typed and what is wrong. A body that broke off is no answer.
  const page = answer.status === 201 ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page?.querySelector("main");
  if (page && !main) throw new Error("an answer without its page");
  disconnect();
  localStorage.removeItem(name.replace("draft:", "waiting:"));
  if (answer.status === 201) {
    localStorage.removeItem(name);
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
