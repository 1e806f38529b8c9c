// Lets a list stand whole on a screen: in the largest of some sizes in which it does.

const SIZES = [1, 0.9, 0.8, 0.72, 0.64];

/** Set `--fit` on `part`, whose content is cut where it is higher than `part` (or than `room`, in pixels). */
export function fit(part, room = part.clientHeight) {
  SIZES.some((size) => {
    part.style.setProperty("--fit", size);
    return part.scrollHeight <= room + 1;
  });
}
