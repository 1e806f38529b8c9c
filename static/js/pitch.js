// The topic that is being read out on the hall's screen. When it makes room for the next one, it flies into its cell of
// the small board.

import { keepTime } from "./since.js";

const FLIGHT = 700;
const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function connect(root) {
  const stopTime = keepTime(root);
  const stage = document.getElementById("pitch-stage");
  const watching = new MutationObserver((changes) => {
    for (const { removedNodes } of changes) {
      for (const sheet of removedNodes) if (sheet.dataset?.cell && !sheet.dataset.flies) fly(sheet);
    }
  });

  // The patches of one packet are all in the page by the next frame.
  function fly(sheet) {
    if (isCalm() || document.getElementById(sheet.id)) return;
    const copy = sheet.cloneNode(true);
    copy.removeAttribute("id");
    copy.dataset.flies = "";
    copy.setAttribute("aria-hidden", "true");
    copy.inert = true;
    root.append(copy);
    requestAnimationFrame(() => {
      const from = copy.getBoundingClientRect();
      const cell = root.querySelector(`.minis [data-cell="${sheet.dataset.cell}"]`)?.getBoundingClientRect();
      if (!cell) return copy.remove();
      const [x, y] = [cell.left - from.left, cell.top - from.top];
      const small = `translate(${x}px, ${y}px) scale(${cell.width / from.width}, ${cell.height / from.height})`;
      const flight = copy.animate([{ transform: "none" }, { transform: small }], { duration: FLIGHT, easing: "cubic-bezier(.5, 0, .7, 1)" });
      flight.finished.finally(() => copy.remove());
    });
  }

  watching.observe(stage, { childList: true });
  return () => {
    stopTime();
    watching.disconnect();
  };
}
