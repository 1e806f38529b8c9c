// Dragging with a mouse, a pen or a finger. A finger holds still for a moment first, lest scrolling picks things up.

const [FAR, STILL] = [6, 350];

/**
 * Let what matches `from` be dragged over what matches `over`. `begin` is called with the element that is picked up,
 * `drop` with the one it is let go over, `cancel` when it is let go anywhere else or the browser takes the pointer away.
 */
export function drags(root, { from, over, begin, drop, cancel }) {
  const ending = new AbortController();
  const listen = (target, type, listener, options) => target.addEventListener(type, listener, { ...options, signal: ending.signal });
  let start = null;
  let ghost = null;
  let timer = null;
  let isOver = null;

  function down(event) {
    const sheet = event.target.closest(from);
    if (!sheet || event.button || !event.isPrimary || event.target.closest("button")) return;
    start = { sheet, x: event.clientX, y: event.clientY, isTouch: event.pointerType === "touch", pointer: event.pointerId };
    if (start.isTouch) timer = setTimeout(lift, STILL);
  }

  function lift() {
    ghost = start.sheet.cloneNode(true);
    ghost.classList.add("ghost");
    ghost.removeAttribute("id");
    ghost.setAttribute("aria-hidden", "true");
    document.body.append(ghost);
    root.setPointerCapture(start.pointer);
    begin(start.sheet);
    follow(start.x, start.y);
  }

  function follow(x, y) {
    ghost.style.translate = `${x - 24}px ${y - 24}px`;
    const below = document.elementFromPoint(x, y)?.closest(over) ?? null;
    if (below === isOver) return;
    isOver?.removeAttribute("data-over");
    isOver = root.contains(below) ? below : null;
    isOver?.setAttribute("data-over", "");
  }

  function move(event) {
    if (!start || event.pointerId !== start.pointer) return;
    const isFar = Math.hypot(event.clientX - start.x, event.clientY - start.y) > FAR;
    if (ghost) return follow(event.clientX, event.clientY);
    if (!isFar) return;
    if (start.isTouch) end();
    else lift();
  }

  function up(event) {
    if (!start || event.pointerId !== start.pointer) return;
    const [wasDragged, target] = [ghost !== null, isOver];
    end();
    if (!wasDragged) return;
    // The click that follows is of this drag, and none of its own.
    window.addEventListener("click", (click) => click.stopImmediatePropagation() ?? click.preventDefault(), { capture: true, once: true });
    setTimeout(() => window.dispatchEvent(new Event("click")));
    if (target) drop(target);
    else cancel();
  }

  function end() {
    clearTimeout(timer);
    ghost?.remove();
    isOver?.removeAttribute("data-over");
    [start, ghost, isOver] = [null, null, null];
  }

  function lose() {
    const wasDragged = ghost !== null;
    end();
    if (wasDragged) cancel();
  }

  listen(root, "pointerdown", down);
  listen(window, "pointermove", move);
  listen(window, "pointerup", up);
  listen(window, "pointercancel", lose);
  listen(window, "blur", lose);
  // A finger that drags does not scroll.
  listen(root, "touchmove", (event) => ghost && event.preventDefault(), { passive: false });
  listen(root, "contextmenu", (event) => ghost && event.preventDefault());
  listen(root, "dragstart", (event) => event.preventDefault());
  return () => {
    end();
    ending.abort();
  };
}
