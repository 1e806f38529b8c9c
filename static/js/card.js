// A card on a page of its own: when it changes or is taken back, the page is no longer true.

export function connect(root) {
  const changed = ({ detail }) => detail.includes(root.id) && location.reload();
  document.addEventListener("patched", changed);
  return () => document.removeEventListener("patched", changed);
}
