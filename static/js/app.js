// Markup names its module: data-module="board" loads board.js and calls its connect(root).

const names = new Set([...document.querySelectorAll("[data-module]")].map((root) => root.dataset.module));

await Promise.all(
  [...names].map(async (name) => {
    const { connect } = await import(`./${name}.js`);
    document.querySelectorAll(`[data-module="${name}"]`).forEach((root) => connect(root));
  }),
);

// A menu closes when one taps beside it or presses Escape.
document.addEventListener("click", (event) => {
  document.querySelectorAll(".menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".menu[open]");
  if (!menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary").focus();
});

// A refusal is the first thing that a person, or a screen reader, should meet.
document.querySelector("[data-refusal]")?.focus();
document.documentElement.dataset.ready = "";
