// A list of input rows that grows: the last row is always an empty one to copy.

export function connect(list) {
  const button = list.parentElement.querySelector("[data-add]");
  const add = () => {
    const row = list.lastElementChild.cloneNode(true);
    row.querySelectorAll("input").forEach((input) => (input.value = ""));
    const number = row.querySelector(".tape b");
    if (number) {
      const last = Number(number.textContent);
      number.textContent = last + 1;
      row.querySelector(".tape").dataset.space = (last % 14) + 1;
    }
    list.append(row);
    row.querySelector("input:not([type=hidden])").focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  };
  button.hidden = false;
  button.addEventListener("click", add);
  return () => button.removeEventListener("click", add);
}
