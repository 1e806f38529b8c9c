// What is mine: the board is the same for everybody, the page's own small JSON says which marks are mine.

const source = document.getElementById("mine");
export const mine = JSON.parse(source?.textContent ?? '{"member": false, "topics": [], "marks": {}}');

export function showMarks(root = document) {
  root.querySelectorAll("[data-topic]").forEach((sheet) => {
    const mark = mine.marks[sheet.dataset.topic];
    sheet.classList.toggle("sheet--mine", mine.topics.includes(Number(sheet.dataset.topic)));
    sheet.querySelector(".seat")?.setAttribute("aria-pressed", mark === "go");
  });
  root.querySelectorAll("[data-mark]").forEach((button) => {
    button.setAttribute("aria-pressed", mine.marks[button.dataset.topic] === button.dataset.mark);
  });
  const ring = root.querySelector(".ring--l");
  ring?.style.setProperty("--you", mine.marks[ring.closest("[data-topic]").dataset.topic] === "go" ? 1 : 0);
}

export function setMark(topic, kind) {
  if (kind) mine.marks[topic] = kind;
  else delete mine.marks[topic];
  showMarks();
}
