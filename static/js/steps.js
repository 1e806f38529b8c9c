// A long form as short steps; without JavaScript it is simply one page. Beside it, the wall as it would be.

import { request } from "./server.js";

const QUIET = 350;

export function connect(form) {
  const steps = [...form.querySelectorAll("[data-step]")];
  const marks = [...form.closest("main").querySelectorAll(".steps li")];
  // What is wrong with no field in particular is wrong with the rows of the second step.
  const wrong = steps.findIndex((step) => step.querySelector(".field--bad"));
  let at = wrong >= 0 ? wrong : Number(Boolean(form.querySelector("[data-refusal]")));
  let timer = null;

  function show(number) {
    at = number;
    steps.forEach((step, index) => (step.hidden = index !== at));
    marks.forEach((mark, index) => {
      mark.toggleAttribute("data-done", index < at);
      if (index === at) mark.setAttribute("aria-current", "step");
      else mark.removeAttribute("aria-current");
    });
    scrollTo(0, 0);
  }

  const filled = (step) => {
    const wrong = [...step.querySelectorAll("input, select")].find((input) => !input.checkValidity());
    wrong?.reportValidity();
    return !wrong;
  };

  async function preview() {
    const body = new FormData(form);
    const answer = await request(form.dataset.preview, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) return;
    document.querySelector(".first__wall").innerHTML = await answer.text();
    offerDays();
  }

  // With other dates there are other days to fix something on.
  function offerDays() {
    const options = document.querySelector("[data-days]").content;
    form.querySelectorAll("[name=fixed_day]").forEach((select) => {
      const { value } = select;
      select.replaceChildren(options.cloneNode(true));
      select.value = value;
      if (select.selectedIndex < 0) select.value = "";
    });
  }

  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(preview, QUIET);
  };

  steps.forEach((step, index) => {
    const bar = step.querySelector("[data-next]");
    if (bar) bar.hidden = false;
    bar?.querySelector(".btn--main").addEventListener("click", () => filled(step) && show(index + 1));
    const back = step.querySelector("[data-back]");
    if (back) back.hidden = false;
    back?.addEventListener("click", () => show(index - 1));
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || at === steps.length - 1 || !event.target.matches("input")) return;
    event.preventDefault();
    if (filled(steps[at])) show(at + 1);
  });
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  show(at);
  return () => clearTimeout(timer);
}
