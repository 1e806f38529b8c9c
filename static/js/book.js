// The book answers while one types, and goes on while one scrolls.

import { goingOn } from "./more.js";
import { request } from "./server.js";
import { say } from "./toast.js";

const QUIET = 120;

export function connect(form) {
  const list = document.querySelector("[data-people]");
  let timer = null;
  let asked = null;
  const further = goingOn(list, () => list.dispatchEvent(new Event("found", { bubbles: true })));

  // Only the latest question counts: an older answer that comes late is dropped.
  async function ask(address) {
    asked?.abort();
    const latest = (asked = new AbortController());
    const answer = await request(address, { signal: latest.signal }).catch(() => null);
    if (answer?.ok) return answer.text();
    if (!latest.signal.aborted) later();
    return null;
  }

  // What is shown is not the answer: that is said, and asked again.
  function later() {
    say();
    window.addEventListener("online", search, { once: true });
  }

  async function search() {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const address = `${form.getAttribute("action")}?${query}`;
    const found = await ask(`${address}${query.size ? "&" : ""}part=1`);
    if (found === null) return;
    history.replaceState(null, "", address);
    // A filtered list takes no cards that come meanwhile: it is known by another name.
    list.id = query.size ? "found" : "people";
    document.querySelectorAll(".book__strip").forEach((strip) => (strip.hidden = query.size > 0));
    list.innerHTML = found;
    document.querySelector(".book__count").textContent = list.querySelector("[data-count]")?.textContent ?? "";
    searching();
    chips(query);
    further.look();
  }

  // A filter that is chosen next keeps what was typed.
  function chips(query) {
    const [all, ...filters] = form.querySelectorAll(".chip");
    if (query.size) all.removeAttribute("aria-current");
    else all.setAttribute("aria-current", "true");
    filters.forEach((chip) => {
      const address = new URL(chip.href);
      if (query.has("q")) address.searchParams.set("q", query.get("q"));
      else address.searchParams.delete("q");
      chip.href = address;
    });
  }

  // While one searches, the results stand above a phone's keyboard.
  const field = form.querySelector("[type=search]");
  const searching = () =>
    form.closest("main").toggleAttribute("data-searching", Boolean(field.value) || document.activeElement === field);

  const typed = () => {
    clearTimeout(timer);
    timer = setTimeout(search, QUIET);
  };
  const submit = (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  };
  form.addEventListener("input", typed);
  form.addEventListener("submit", submit);
  field.addEventListener("focus", searching);
  field.addEventListener("blur", searching);
  further.look();
  return () => {
    clearTimeout(timer);
    further.stop();
    form.removeEventListener("input", typed);
    form.removeEventListener("submit", submit);
    field.removeEventListener("focus", searching);
    field.removeEventListener("blur", searching);
  };
}
