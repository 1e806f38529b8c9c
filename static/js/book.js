// The book answers while one types, and goes on while one scrolls.

const QUIET = 120;

export function connect(form) {
  const list = document.querySelector("[data-people]");
  let timer = null;
  let asked = null;
  let seen = null;

  // Only the latest question counts: an older answer that comes late is dropped.
  async function ask(address) {
    asked?.abort();
    asked = new AbortController();
    const answer = await fetch(address, { signal: asked.signal }).catch(() => null);
    return answer?.ok ? answer.text() : null;
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
    changed();
  }

  async function more(link) {
    seen.unobserve(link);
    const found = await fetch(`${link.href}&part=1`).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    if (!found || !link.isConnected) return;
    const template = document.createElement("template");
    template.innerHTML = found;
    // One that came live meanwhile is there already.
    template.content.querySelectorAll("[id]").forEach((card) => document.getElementById(card.id) && card.remove());
    link.replaceWith(template.content);
    changed();
  }

  function changed() {
    list.dispatchEvent(new Event("found", { bubbles: true }));
    const link = list.querySelector("[data-more]");
    if (link) seen.observe(link);
  }

  const typed = () => {
    clearTimeout(timer);
    timer = setTimeout(search, QUIET);
  };
  const submit = (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  };
  seen = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => more(entry.target)),
    { rootMargin: "800px" },
  );
  form.addEventListener("input", typed);
  form.addEventListener("submit", submit);
  changed();
  return () => {
    clearTimeout(timer);
    seen.disconnect();
    form.removeEventListener("input", typed);
    form.removeEventListener("submit", submit);
  };
}
