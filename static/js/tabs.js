// On a phone the tabs roll sideways: the one that is open is in sight.

export function connect(root) {
  root.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}
