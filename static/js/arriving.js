// How far one's own files are, in their places on the wall: on their way from this phone, then prepared on the server.

import { request } from "./server.js";

const PAUSE = 3000;

/** Show it within `root`, of the stories whose numbers `coming()` tells. Returns functions to draw it, and to stop. */
export function arriving(root, coming) {
  // By file and state: what is fully sent is only beginning to be prepared.
  const known = new Map();
  const ending = new AbortController();
  const places = () => [...root.querySelectorAll(".story__wait[data-ref]")];
  const isOwn = (place) => coming().includes(Number(place.closest("[data-story]")?.dataset.story));

  function show() {
    for (const place of places()) {
      const { percent, words } = known.get(`${place.dataset.ref} ${place.dataset.state}`) ?? {};
      const [says, bar] = [place.querySelector("span"), place.querySelector("progress")];
      says.dataset.usual ??= says.textContent;
      says.textContent = words ?? says.dataset.usual;
      bar.hidden = percent === undefined || words !== undefined;
      if (percent !== undefined) bar.value = percent;
    }
  }

  function sent({ detail: { ref, percent, isWaiting, problem } }) {
    known.set(`${ref} coming`, { percent, words: problem ?? (isWaiting ? root.dataset.waits : undefined) });
    show();
  }

  async function ask() {
    const own = places().filter((place) => place.dataset.state === "preparing" && isOwn(place));
    for (const address of new Set(own.map((place) => place.dataset.states))) {
      const { media } = await request(address).then((answer) => answer.json()).catch(() => ({ media: [] }));
      media.forEach(({ ref, state, percent }) => known.set(`${ref} ${state}`, { percent }));
    }
    show();
  }

  // The next question comes only after the answer, and none from a page that nobody sees.
  async function follow() {
    if (document.visibilityState === "visible") await ask();
    if (!ending.signal.aborted) timer = setTimeout(follow, PAUSE);
  }

  let timer = setTimeout(follow, 0);
  document.addEventListener("sending", sent, { signal: ending.signal });
  return {
    show,
    stop() {
      clearTimeout(timer);
      ending.abort();
    },
  };
}
