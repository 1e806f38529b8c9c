// Beside a deadline: when it is by the reader's own clock, if that shows another time than the clock of its zone.

export function connect(root) {
  const { closes, zone, yours } = root.dataset;
  const at = new Date(Number(closes) * 1000);
  const language = root.closest("[lang]").lang;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shown = (timeZone) => at.toLocaleString(language, { timeZone, weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  if (shown(own) === shown(zone)) return;
  const place = root.querySelector("[data-yours-here]");
  const city = own.split("/").at(-1).replaceAll("_", " ");
  place.querySelector("span").textContent = yours.replace("{zone}", city).replace("{when}", shown(own));
  place.hidden = false;
}
