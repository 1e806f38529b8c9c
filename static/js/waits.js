// A participant's place in the queue at the microphone: marked in the list, which is the same for everybody.

export function connect(root) {
  const json = document.getElementById("mine");
  let mine = JSON.parse(json.textContent).pitch;

  function show() {
    const rows = [...root.querySelectorAll(".queue__row")];
    const place = rows.findIndex((row) => Number(row.dataset.pitch) === mine);
    rows.forEach((row, index) => row.toggleAttribute("data-mine", index === place));
    for (const form of root.querySelectorAll("[data-when]")) form.hidden = (form.dataset.when === "in") !== place >= 0;
    const words = place > 0 ? root.dataset.ahead.replace("{n}", place) : root.dataset.aheadNone;
    const line = root.querySelector("[data-ahead]");
    if (line.textContent !== words) line.textContent = words;
  }

  function learn({ detail }) {
    if (detail.pitch === undefined) return;
    mine = detail.pitch;
    show();
  }

  // Whoever was called or added by a facilitator learns from the catch-up that this place is theirs.
  function patched({ detail }) {
    show();
    if (detail.includes("pitch-line")) document.dispatchEvent(new Event("astray"));
  }

  document.addEventListener("mine", learn);
  document.addEventListener("patched", patched);
  show();
  return () => {
    document.removeEventListener("mine", learn);
    document.removeEventListener("patched", patched);
  };
}
