// A page of files that are being made: shows how far they are, and then the finished ones.

import { request } from "./server.js";

const PAUSE = 2000;

export function connect(root) {
  const look = async () => {
    const making = root.querySelectorAll("[data-making]");
    if (!making.length || document.visibilityState !== "visible") return;
    const text = await request(location.href).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    const page = new DOMParser().parseFromString(text, "text/html");
    making.forEach((part) => {
      const fresh = page.getElementById(part.id);
      if (fresh && fresh.outerHTML !== part.outerHTML) part.replaceWith(fresh);
    });
  };
  const timer = setInterval(look, PAUSE);
  return () => clearInterval(timer);
}
