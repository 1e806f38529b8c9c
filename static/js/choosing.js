// Files that somebody chooses: which of them are taken, what is said of the others, and how they begin to be sent.

import { isForeign, smaller } from "./preview.js";
import { send, tell } from "./sending.js";

/** A name of whatever direction, as text. */
export const isolated = (name) => `\u2068${name}\u2069`;

/** Show words in `place`, or nothing there. */
export function say(place, words = "") {
  if (place.textContent !== words) place.textContent = words;
  place.hidden = !words;
}

/** Take files one by one, as long as they fit; say in `place` which ones are left out. Only the first of several that are
    chosen must not be all that arrives. `words` has the sentences, and in `most` the bytes of the largest file. */
export function takeEach(files, { fits, take, place, words }) {
  const [tooLarge, tooMany] = [[], []];
  for (const file of files) {
    if (file.size > Number(words.most)) tooLarge.push(file.name);
    else if (!fits()) tooMany.push(file.name);
    else take(file);
  }
  const sentence = (names, about) => (names.length ? about.replace("{names}", () => names.map(isolated).join(", ")) : "");
  say(place, [sentence(tooMany, `${words.left} ${words.together}`), sentence(tooLarge, words.large)].join(" ").trim());
  if (!place.hidden) place.scrollIntoView({ block: "nearest" });
}

/** Returns a function that begins to send a file, one after the other: four photos at once are too much for the memory of
    a cheap phone. It is sent if `isWanted` still then; `begun` is called when it is kept on this phone. */
export function inTurn({ endpoint, draft, words }) {
  let queue = Promise.resolve();
  return (ref, kind, file, { isWanted, begun }) => {
    const begin = async () => {
      if (await isForeign(file)) return tell({ ref, problem: words.foreign });
      const sent = kind === "photo" ? await smaller(file) : file;
      if (!isWanted()) return;
      await send(ref, sent, { endpoint, draft, kind });
      begun?.();
    };
    queue = queue.then(begin).catch(() => tell({ ref, problem: words.gone }));
  };
}
