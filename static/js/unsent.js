// On the overview of an application: which steps have words that only this device has. Nothing is handed in without them.

export function connect(root) {
  const waiting = [...root.querySelectorAll("[data-step]")].filter((link) => localStorage.getItem(`apply:${root.dataset.mine}-${link.dataset.step}`));
  waiting.forEach((link) => (link.querySelector("[data-how]").textContent = root.dataset.unsent));
  const button = document.querySelector("[data-hand-in]");
  if (!waiting.length || !button) return;
  button.disabled = true;
  document.querySelector("[data-unsent-here]").hidden = false;
}
