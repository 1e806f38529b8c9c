// A page without live pieces: comes up to date when one looks at it again, and every minute while one does.

import { reloadWhenIdle, request } from "./server.js";

const MINUTE = 60000;

export function connect(root) {
  const refresh = async () => {
    if (document.visibilityState !== "visible" || root.contains(document.activeElement?.closest("input, textarea"))) return;
    const answer = await request(location.href).catch(() => null);
    // What may not be seen any more must not stay on a screen.
    if ([403, 404].includes(answer?.status)) return reloadWhenIdle();
    const page = answer?.ok ? await answer.text().catch(() => "") : "";
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("main");
    if (!fresh) return;
    // What only this phone knows stays.
    root.querySelectorAll("[data-stays]").forEach((part) => fresh.querySelector(`#${part.id}`)?.replaceWith(part));
    root.replaceChildren(...fresh.children);
  };
  const arrived = ({ detail }) => detail?.ok && refresh();
  const timer = setInterval(refresh, MINUTE);
  document.addEventListener("visibilitychange", refresh);
  const back = (shown) => shown.persisted && refresh();
  window.addEventListener("pageshow", back);
  document.addEventListener("outbox", arrived);
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") refresh();
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", refresh);
    document.removeEventListener("outbox", arrived);
    window.removeEventListener("pageshow", back);
  };
}
