// A page that stays open for days: the addresses of its pictures, which are valid for less, are taken from a new page.

import { apply } from "./patches.js";
import { request } from "./server.js";

const [FRESH, AGAIN] = [6 * 3600 * 1000, 60 * 1000];

/** A function to be called often: from time to time it renews the elements of the page that `selector` finds. */
export function renewer(selector) {
  let due = Date.now() + FRESH;
  let patched = 0;
  document.addEventListener("patched", () => (patched += 1));

  return async function renew() {
    if (Date.now() < due) return;
    due = Date.now() + AGAIN;
    const before = patched;
    const page = await request(location.href).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    // What came meanwhile may be newer than that page; and what is gone from this one must not come back.
    if (!page || patched !== before) return;
    const fresh = [...new DOMParser().parseFromString(page, "text/html").querySelectorAll(selector)];
    due = Date.now() + FRESH;
    apply(fresh.filter(({ id }) => document.getElementById(id)).map((part) => [part.id, part.outerHTML]));
  };
}
