// One slide: its words in the largest type in which they fit, or in parts; its photos one after another; its film.

// In rem, of which 67.5 are the screen's shorter side: for a text beside a picture, for one alone, and for one below a
// picture.
const SIZES = { media: [3.25, 2.875, 2.625], words: [7, 6, 5.25, 4.5, 4, 3.5, 3.25], tall: [5.25, 4.5, 4, 3.5, 3.25] };

const stands = (words) => words.scrollHeight <= words.clientHeight + 1 && words.scrollWidth <= words.clientWidth + 1;

/** Whether nothing may move by itself, such as a film. */
export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Set the words of a slide that can be seen. If they fit in no size, they are cut into as few parts as possible. */
export function fit(slide) {
  const words = slide.querySelector(".slide__words");
  const isTall = matchMedia("(max-aspect-ratio: 4 / 5)").matches;
  const sizes = SIZES[slide.matches(".slide--words") ? "words" : isTall ? "tall" : "media"];
  const set = (name, value) => words.style.setProperty(name, value);
  words.removeAttribute("data-parts");
  set("--high", "none");
  const fits = sizes.some((size) => {
    set("--size", `${size}rem`);
    return stands(words);
  });
  if (!fits) cut(words, sizes, set);
  showPart(slide, words, 0);
}

// The largest size in which there are no more parts than in the smallest. Whole lines only, and about as many in each
// part: the last one must not be a single word.
function cut(words, sizes, set) {
  const room = words.clientHeight;
  const line = () => parseFloat(getComputedStyle(words).lineHeight);
  const parts = (lines) => {
    set("--high", `${Math.ceil(lines * line())}px`);
    return Math.round((words.scrollWidth + gap(words)) / (words.clientWidth + gap(words)));
  };
  const most = () => Math.max(1, Math.floor(room / line()));
  words.dataset.parts = "";
  const fewest = parts(most());
  sizes.some((size) => {
    set("--size", `${size}rem`);
    return parts(most()) <= fewest;
  });
  let lines = most();
  while (lines > 1 && parts(lines - 1) <= fewest) lines -= 1;
  parts(lines);
  words.dataset.parts = fewest;
}

const gap = (words) => parseFloat(getComputedStyle(words).columnGap) || 0;

function showPart(slide, words, part) {
  const parts = Number(words.dataset.parts) || 1;
  const note = slide.querySelector(".slide__part");
  const towards = getComputedStyle(words).direction === "rtl" ? -1 : 1;
  const left = towards * part * (words.clientWidth + gap(words));
  if (words.scrollLeft !== left) words.scrollLeft = left;
  note.hidden = parts < 2;
  if (note.textContent !== `${part + 1} / ${parts}`) note.textContent = `${part + 1} / ${parts}`;
}

/** Show the part of the words and the photo whose turn it is when `done` (0 to 1) has passed; null: it is not seen. */
export function turn(slide, done) {
  const film = slide.querySelector("video");
  if (done === null) return film?.pause();
  const words = slide.querySelector(".slide__words");
  showPart(slide, words, Math.floor(done * (Number(words.dataset.parts) || 1)));
  showPhoto(slide, done);
  if (film?.paused && !isCalm()) film.play().catch(() => {});
}

/** Show the photo whose turn it is. */
export function showPhoto(slide, done) {
  const prints = [...slide.querySelectorAll(".slide__print")];
  prints.forEach((print, index) => (print.hidden = index !== Math.floor(done * prints.length)));
}
