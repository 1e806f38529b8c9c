// The part of a film or a recording that an author keeps, chosen by two handles: where it begins, and where it ends.

// Seconds: the longest part, and from which length there is anything worth cutting.
export const LONGEST = 90;
const WORTH = 10;

export const time = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

const handles = (item) => [...item.querySelectorAll("[type=range]")];
const part = (item) => handles(item).map(({ value }) => Number(value));

/** Offer it for what `film` plays, if that is long enough. `chosen` is the part that was chosen before. */
export function offerCut(item, film, chosen) {
  const seconds = film.duration;
  if (!Number.isFinite(seconds) || seconds < WORTH) return;
  const [begin, end] = handles(item);
  for (const handle of [begin, end]) handle.max = seconds.toFixed(1);
  [begin.value, end.value] = chosen ?? [0, Math.min(seconds, LONGEST)];
  item.querySelector("[data-cut]").hidden = false;
  const words = item.querySelector("[data-long]");
  words.hidden = seconds <= LONGEST + 1;
  words.textContent = words.dataset.long.replace("{minutes}", time(seconds));
  moveCut(item, begin);
  playPart(item, film);
}

/** A handle has been moved: the other one follows where the part would be too long, or none. */
export function moveCut(item, moved) {
  const [begin, end] = handles(item);
  const [from, to] = part(item);
  if (moved === begin) end.value = Math.min(Math.max(to, from + 1), from + LONGEST);
  else begin.value = Math.max(Math.min(from, to - 1), to - LONGEST);
  const { ref } = item.dataset;
  item.querySelector(`[name="from-${ref}"]`).value = begin.value;
  item.querySelector(`[name="length-${ref}"]`).value = (end.value - begin.value).toFixed(1);
  item.querySelector("[data-span]").textContent = `${time(begin.value)} – ${time(end.value)}`;
  for (const handle of [begin, end]) handle.setAttribute("aria-valuetext", time(handle.value));
  const film = item.querySelector("video, audio");
  if (film) film.currentTime = Number(moved.value);
  return part(item);
}

// A handle shows where it stands; playing always begins at the first and stops at the second.
function playPart(item, film) {
  film.onplay = () => {
    const [from, to] = part(item);
    if (film.currentTime < from || film.currentTime > to - 0.3) film.currentTime = from;
  };
  film.ontimeupdate = () => !film.paused && film.currentTime >= part(item)[1] && film.pause();
}
