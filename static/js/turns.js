// The market on a screen of the hall: as many sheets as there is room for, then the others, in turns.

const TURN = 15000;

export function connect(root) {
  let turn = 0;

  function show() {
    const market = root.querySelector(".market");
    const sheets = [...market.children];
    sheets.forEach((sheet) => (sheet.hidden = false));
    const room = market.getBoundingClientRect().bottom + 1;
    const fit = Math.max(1, sheets.filter((sheet) => sheet.getBoundingClientRect().bottom <= room).length);
    const turns = Math.ceil(sheets.length / fit) || 1;
    const first = (turn % turns) * fit;
    sheets.forEach((sheet, place) => (sheet.hidden = place < first || place >= first + fit));
  }

  const next = () => {
    turn += 1;
    show();
  };
  const timer = setInterval(next, TURN);
  document.addEventListener("patched", show);
  window.addEventListener("resize", show);
  document.fonts.ready.then(show);
  show();
  return () => {
    clearInterval(timer);
    document.removeEventListener("patched", show);
    window.removeEventListener("resize", show);
  };
}
