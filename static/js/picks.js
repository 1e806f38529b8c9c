// The free places offered after somebody was quicker: the button says which one is chosen.

export function connect(panel) {
  const form = panel.closest("form");
  const choose = () => {
    const picked = panel.querySelector("input:checked");
    if (picked) form.querySelector("[data-submit] span").textContent = picked.dataset.label;
  };
  panel.addEventListener("change", choose);
  choose();
  return () => panel.removeEventListener("change", choose);
}
