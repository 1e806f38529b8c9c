// A long list goes on while one scrolls: what the link at its end leads to is put in the link's place.

import { request } from "./server.js";

/** Follow the link [data-more] within `root`. After more was put into the page, and after `look`, `changed` is called. */
export function goingOn(root, changed) {
  const seen = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => more(entry.target)),
    { rootMargin: "800px" },
  );

  async function more(link) {
    seen.unobserve(link);
    const found = await request(`${link.href}&part=1`).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    if (!link.isConnected) return;
    if (!found) return window.addEventListener("online", () => seen.observe(link), { once: true });
    const template = document.createElement("template");
    template.innerHTML = found;
    // One that came live meanwhile is there already.
    template.content.querySelectorAll("[id]").forEach((card) => document.getElementById(card.id) && card.remove());
    link.replaceWith(template.content);
    look();
  }

  function look() {
    changed();
    const link = root.querySelector("[data-more]");
    if (link) seen.observe(link);
  }

  return { look, stop: () => seen.disconnect() };
}
