// Markup names its module: data-module="board" loads board.js and calls its connect(root).

const names = new Set([...document.querySelectorAll("[data-module]")].map((root) => root.dataset.module));

await Promise.all(
  [...names].map(async (name) => {
    const { connect } = await import(`./${name}.js`);
    document.querySelectorAll(`[data-module="${name}"]`).forEach((root) => connect(root));
  }),
);

// A refusal is the first thing that a person, or a screen reader, should meet.
document.querySelector("[data-refusal]")?.focus();
document.documentElement.dataset.ready = "";
