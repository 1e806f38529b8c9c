// What is typed survives a reload, a sign-in and a dead network: it is kept on the phone until it has arrived.

const KEPT = ["title", "text", "language", "cell", "draft_key", "convener"];
const AGAIN = 4000;

export function connect(form) {
  const name = `draft:${form.dataset.draft}`;
  const offline = form.querySelector("[data-offline]");
  let waiting = null;

  const keep = () => {
    const fields = Object.fromEntries([...new FormData(form)].filter(([key]) => KEPT.includes(key)));
    if (fields.title || fields.text) localStorage.setItem(name, JSON.stringify(fields));
    else localStorage.removeItem(name);
  };

  async function submit(event) {
    event?.preventDefault();
    keep();
    clearTimeout(waiting);
    busy(form, true);
    try {
      const request = { method: "POST", body: new FormData(form), headers: { "X-Draft": "1" } };
      const answer = await fetch(form.action, { ...request, signal: AbortSignal.timeout(15000) });
      if (answer.status >= 502) throw new Error("away");
      await arrived(form, name, answer);
    } catch {
      if (offline) offline.hidden = false;
      waiting = setTimeout(submit, AGAIN);
      const label = form.querySelector("[data-submit] span");
      if (form.dataset.waiting) label.textContent = form.dataset.waiting;
    }
    busy(form, false);
  }

  const online = () => waiting && submit();
  restore(form, JSON.parse(localStorage.getItem(name) ?? "null"));
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", submit);
  window.addEventListener("online", online);
  return () => (clearTimeout(waiting), window.removeEventListener("online", online));
}

const busy = (form, on) => form.querySelector("[data-submit]").setAttribute("aria-busy", on);

async function arrived(form, name, answer) {
  if (answer.status === 201) {
    localStorage.removeItem(name);
    return goTo(answer.headers.get("Location"));
  }
  // A refusal comes as the same page with what was typed and what is wrong.
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceWith(page.querySelector("main"));
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

// The server's own words come first: a page that came back with text is newer than the draft.
function restore(form, draft) {
  if (!draft || form.querySelector("[data-refusal], .field__err")) return;
  for (const [key, value] of Object.entries(draft)) {
    const field = form.elements.namedItem(key);
    if (!field || (key === "cell" && new URLSearchParams(location.search).has("cell"))) continue;
    if (key === "cell" && ![...form.querySelectorAll("input[name=cell]")].some((input) => input.value === value)) continue;
    field.value = value;
  }
  form.dispatchEvent(new Event("change"));
}
