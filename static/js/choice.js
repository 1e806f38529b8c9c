// The choice of what is exported: the preview follows it, and the page's address keeps it.

import { connectAll } from "./app.js";
import { request } from "./server.js";
import { say } from "./toast.js";

export function connect(form) {
  const preview = form.querySelector("[data-preview]");
  let asked = null;

  // Only the latest question counts: an older answer that comes late is dropped.
  async function show() {
    asked?.abort();
    const latest = (asked = new AbortController());
    mark();
    const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
    const answer = await request(`${address}&part=1`, { signal: latest.signal }).catch(() => null);
    const found = await answer?.text().catch(() => null);
    if (latest.signal.aborted) return;
    if (answer && !answer.ok) return location.assign(address);
    if (!found) return say();
    history.replaceState(null, "", address);
    preview.innerHTML = found;
    connectAll(preview);
    inOtherLanguages();
  }

  // "All" is chosen while none of its neighbours is.
  const mark = () =>
    form.querySelectorAll("[data-all]").forEach((all) => {
      if (all.parentElement.querySelector(":checked")) all.removeAttribute("aria-current");
      else all.setAttribute("aria-current", "true");
    });

  function chooseAll(event) {
    const all = event.target.closest("[data-all]");
    if (!all) return;
    event.preventDefault();
    all.parentElement.querySelectorAll(":checked").forEach((box) => (box.checked = false));
    show();
  }

  // Whoever changes the language keeps the choice.
  const inOtherLanguages = () =>
    document.querySelectorAll(".menu__list a[lang]").forEach((link) => {
      const query = new URLSearchParams(location.search);
      query.set("lang", link.lang);
      link.search = query;
    });

  form.addEventListener("change", show);
  form.addEventListener("click", chooseAll);
  return () => {
    asked?.abort();
    form.removeEventListener("change", show);
    form.removeEventListener("click", chooseAll);
  };
}
