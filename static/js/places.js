// The small wall in a form: one day at a time, what hangs in a taken place, and the button says what will happen.

export function connect(field) {
  const form = field.closest("form");
  const days = [...field.querySelectorAll(".places")];
  const tabs = [...field.querySelectorAll("button[data-day]")];
  const button = form.querySelector("[data-submit]");
  const say = form.querySelector(".mini__say");

  function show(day) {
    days.forEach((each) => (each.hidden = each.dataset.day !== day));
    tabs.forEach((tab) => tab.setAttribute("aria-pressed", tab.dataset.day === day));
  }

  function tell({ tape, number, name, when, taken }) {
    const [label, time, title] = say.children;
    label.dataset.space = tape;
    [label.children[0].textContent, label.children[1].textContent] = [number, name];
    [time.textContent, title.textContent] = [when, taken ?? ""];
    say.hidden = false;
  }

  function choose() {
    const picked = form.querySelector("input[name=cell]:checked");
    form.querySelectorAll(".pick[for]").forEach((pick) => pick.toggleAttribute("data-on", pick.htmlFor === picked?.id));
    say.hidden = true;
    if (!picked) return;
    const { label, taken } = picked.dataset;
    const mayBeSent = taken === undefined || "swap" in picked.dataset;
    if (label) button.querySelector("span").textContent = label;
    button.disabled = !mayBeSent;
    [button.name, button.value] = "swap" in picked.dataset ? ["swap", picked.value] : ["", ""];
    if (picked.value) tell(picked.dataset);
    const day = picked.closest(".places")?.dataset.day;
    if (day) show(day);
  }

  // The heads of the columns say which place is meant.
  const named = ({ target }) => {
    const head = target.closest(".mini__h");
    if (head) tell({ ...head.dataset, tape: head.dataset.space, when: head.dataset.chairs });
  };

  tabs.forEach((tab) => tab.addEventListener("click", () => show(tab.dataset.day)));
  form.addEventListener("change", choose);
  field.addEventListener("click", named);
  field.querySelector(".seg").hidden = days.length < 2;
  const withFree = days.find((day) => day.querySelector(".mini__f"));
  show(field.dataset.open ?? (withFree ?? days[0])?.dataset.day);
  choose();
  return () => {
    form.removeEventListener("change", choose);
    field.removeEventListener("click", named);
  };
}
