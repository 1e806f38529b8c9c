// The small wall in a form: one day at a time, and the button says what will happen.

export function connect(field) {
  const form = field.closest("form");
  const days = [...field.querySelectorAll(".places")];
  const tabs = [...field.querySelectorAll("[data-day]")].filter((element) => element.matches("button"));

  function show(day) {
    days.forEach((each) => (each.hidden = each.dataset.day !== day));
    tabs.forEach((tab) => tab.setAttribute("aria-pressed", tab.dataset.day === day));
  }

  function choose() {
    const picked = form.querySelector("input[name=cell]:checked");
    const label = form.querySelector("[data-submit] span");
    if (picked?.dataset.label) label.textContent = picked.dataset.label;
    const say = field.querySelector(".mini__say");
    say.hidden = !picked?.value;
    if (say.hidden) return;
    const [tape, when] = say.children;
    tape.dataset.space = picked.dataset.tape;
    [tape.children[0].textContent, tape.children[1].textContent] = [picked.dataset.number, picked.dataset.name];
    when.textContent = picked.dataset.when;
  }

  tabs.forEach((tab) => tab.addEventListener("click", () => show(tab.dataset.day)));
  form.addEventListener("change", choose);
  field.querySelector(".seg").hidden = days.length < 2;
  const chosen = field.querySelector(".places input:checked");
  const withFree = days.find((day) => day.querySelector("input"));
  show((chosen?.closest(".places") ?? withFree ?? days[0])?.dataset.day);
  choose();
  return () => form.removeEventListener("change", choose);
}
