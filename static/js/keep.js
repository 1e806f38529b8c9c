// What is typed or chosen in a form survives a reload and a dead network: kept on the phone until the server has it.

const SENT = "kept-sent:";

export function connect(form) {
  const name = `kept:${form.dataset.keep}`;
  const fields = [...form.elements].filter((field) => field.matches("input:not([type=hidden], [type=file]), textarea, select"));
  const state = (field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value);
  const states = () => JSON.stringify(fields.map(state));
  const was = states();
  const refused = document.querySelector("[data-refusal]");

  // What was sent from another page has arrived there, for this one has come.
  Object.keys(sessionStorage).forEach((key) => key.startsWith(SENT) && key !== SENT + name && sessionStorage.removeItem(key));

  function restore(values) {
    fields.forEach((field, index) => {
      if (typeof values[index] === "boolean") field.checked = values[index];
      else field.value = values[index] ?? field.value;
    });
  }

  const keep = () => {
    if (states() === was) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify({ was, values: fields.map(state) }));
  };

  // Once handed in it is kept for this tab alone: if no answer comes, the form that one comes back to still has it.
  const send = () => {
    sessionStorage.setItem(SENT + name, JSON.stringify({ was, values: fields.map(state) }));
    localStorage.removeItem(name);
  };

  // What the server has meanwhile is newer than a draft of what it had before; a refused form holds what was typed.
  const kept = JSON.parse(localStorage.getItem(name) ?? sessionStorage.getItem(SENT + name) ?? "null");
  if (kept?.was === was && !refused) restore(kept.values);
  else if (!refused) localStorage.removeItem(name);
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", send);
  return () => {
    form.removeEventListener("input", keep);
    form.removeEventListener("change", keep);
    form.removeEventListener("submit", send);
  };
}
