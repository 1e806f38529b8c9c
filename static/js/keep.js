// What is typed into a form survives a reload and a dead network: kept on the phone until the server has it.

export function connect(form) {
  const name = `kept:${form.dataset.keep}`;
  const fields = [...form.elements].filter((field) => field.matches("input:not([type=hidden]):not([type=checkbox]), textarea"));
  const was = JSON.stringify(fields.map((field) => field.defaultValue));

  const keep = () => {
    const values = fields.map((field) => field.value);
    if (JSON.stringify(values) === was) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify({ was, values }));
  };

  // What the server has meanwhile is newer than a draft of what it had before; a refused form holds what was typed.
  const kept = JSON.parse(localStorage.getItem(name) ?? "null");
  const refused = document.querySelector("[data-refusal]");
  if (kept && kept.was === was && !refused) fields.forEach((field, index) => (field.value = kept.values[index] ?? field.value));
  else if (!refused) localStorage.removeItem(name);
  form.addEventListener("input", keep);
  return () => form.removeEventListener("input", keep);
}
