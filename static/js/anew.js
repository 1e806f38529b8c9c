// Takes the part of a page that has no patches of its own, such as all of today on a screen, from a new page: soon after
// anything on the channel has changed, and now and then, for a new day begins without a change.

import { request } from "./server.js";

const [SOON, OFTEN] = [700, 10 * 60000];

/** Keep `part`, which has an id, as a new page has it; call `changed` afterwards. Returns a function that ends this. */
export function keepAnew(part, changed) {
  let waiting = null;

  async function renew() {
    waiting = null;
    const page = await request(location.href).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById(part.id);
    if (fresh) part.replaceChildren(...fresh.children);
    if (fresh) changed();
  }

  const patched = ({ detail }) => {
    if (detail.some((id) => !id.startsWith("screen-"))) waiting ??= setTimeout(renew, SOON * (0.5 + Math.random()));
  };
  const timer = setInterval(renew, OFTEN);
  document.addEventListener("patched", patched);
  return () => {
    clearInterval(timer);
    clearTimeout(waiting);
    document.removeEventListener("patched", patched);
  };
}
