// A page of files that are being made: shows how far they are, and then the finished ones. Only that one is finished,
// or has failed, is said aloud.

import { request } from "./server.js";

const PAUSE = 2000;

export function connect(root) {
  const look = async () => {
    const making = root.querySelectorAll("[data-making]");
    if (!making.length || document.visibilityState !== "visible") return;
    const text = await request(location.href).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    const page = new DOMParser().parseFromString(text, "text/html");
    const said = [];
    making.forEach((part) => {
      const fresh = page.getElementById(part.id);
      if (!fresh || fresh.outerHTML === part.outerHTML) return;
      part.replaceWith(fresh);
      if (fresh.dataset.said) said.push(fresh.dataset.said);
    });
    if (said.length) root.querySelector("[data-making-status]").textContent = said.join(". ");
  };
  const timer = setInterval(look, PAUSE);
  return () => clearInterval(timer);
}
