// A hall's screen is laid out by its width. On other pages breakpoints grow with the size of text that a reader has
// chosen, but the size that was chosen on the hall's computer must not turn the wall into a phone's list.

const PIXELS = 16;

export function connect() {
  for (const sheet of document.styleSheets) fix(sheet.cssRules);
  // The page stays for days, and nobody's thumb is on it: here a font that comes late is better than none.
  document.fonts.forEach((face) => (face.display = "swap"));
  window.dispatchEvent(new Event("resize"));
}

function fix(rules) {
  for (const rule of rules) {
    if (rule.media) rule.media.mediaText = rule.media.mediaText.replace(/([\d.]+)em\b/g, (_, ems) => `${ems * PIXELS}px`);
    if (rule.cssRules) fix(rule.cssRules);
  }
}
