// Puts patches, [element id, HTML or null], into the page: swaps, inserts where the partial says, removes.

const keepUnfolded = (old, fresh) => {
  if (old.type === "checkbox") fresh.checked = old.checked;
  if (old.tagName === "DETAILS") fresh.open = old.open;
};

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

// Where an element stands: a number on the market, a key made of letters in the book.
const place = ({ dataset: { order } }) => Number(order) || order;

function insert(element) {
  const list = document.getElementById(element.dataset.list);
  const next = list && [...list.children].find((other) => place(other) > place(element));
  list?.insertBefore(element, next ?? null);
}

function swap(old, fresh) {
  if (old.tagName !== fresh.tagName || !window.Idiomorph) return old.replaceWith(fresh);
  const callbacks = { beforeNodeMorphed: keepUnfolded };
  const ignoreActiveValue = Boolean(document.activeElement?.matches("input, textarea, select"));
  window.Idiomorph.morph(old, fresh, { morphStyle: "outerHTML", ignoreActiveValue, callbacks });
}

// An element with another place in its list goes there.
function exchange(old, fresh) {
  const { id, dataset: { order } } = old;
  swap(old, fresh);
  const now = document.getElementById(id);
  if (now?.dataset.order !== order) insert(now);
}

export function apply(patches) {
  for (const [id, html] of patches) {
    const old = document.getElementById(id);
    if (html === null) old?.remove();
    else if (old) exchange(old, parsed(html));
    else insert(parsed(html));
  }
  document.dispatchEvent(new CustomEvent("patched", { detail: patches.map(([id]) => id) }));
}
