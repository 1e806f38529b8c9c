// Where an arrow key leads: the nearest element in its direction, by where things stand on the screen.

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// An element straight ahead is nearer than one that lies as far off to the side.
const ASIDE = 3;

const centre = (element) => {
  const box = (element.closest(".sheet") ?? element).getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
};

/** The element to which an arrow key leads from `from`; the first of all if that is none of them. */
export function nearest(elements, from, key) {
  if (!elements.includes(from)) return elements[0];
  const [[dx, dy], [x, y]] = [WAYS[key], centre(from)];
  let [found, least] = [null, Infinity];
  for (const element of elements) {
    const [toX, toY] = centre(element);
    const ahead = (toX - x) * dx + (toY - y) * dy;
    const aside = Math.abs((toX - x) * dy) + Math.abs((toY - y) * dx);
    if (element === from || ahead < 4 || ahead + aside * ASIDE >= least) continue;
    [found, least] = [element, ahead + aside * ASIDE];
  }
  return found;
}
