// Where tabs roll sideways, the one that is open is in sight, also once its words have their font.

export function connect(root) {
  const show = () => root.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  show();
  document.fonts.ready.then(show);
}
