// What is being typed or chosen in a form: kept on this phone through a reload, a sign-in and a dead network. A draft is
// `{ was, values }`: what the server had when it was begun, and of each field its name, its state and its value.

import { store } from "./storage.js";

const draftOf = (name) => `draft:${document.querySelector(".toasts")?.dataset.member}-${name}`;

// Hidden fields are made anew with each page, but for the key of what is new: sent again, it is the same topic.
const FIELDS = "input:not([type=hidden], [type=file]), textarea, select, [data-new] input[name=key]";
const isChoice = (field) => field.matches("[type=checkbox], [type=radio]");
const state = (field) => (isChoice(field) ? field.checked : field.value);
// What the server had: somebody may type before this script has come.
const served = (field) => (isChoice(field) ? field.defaultChecked : chosen(field) ?? field.defaultValue);
const chosen = ({ options }) => options && ([...options].find((option) => option.defaultSelected) ?? options[0])?.value;

/** Forget the draft of this name if it holds what was sent. What is typed in another tab meanwhile is a draft still. */
export function forgetDraft(name, fields) {
  const { values = [] } = JSON.parse(localStorage.getItem(draftOf(name)) ?? "{}");
  const has = (field, value) => fields.some(([other, sent]) => other === field && sent === value);
  const isSent = ([field, state, value]) => (typeof state === "boolean" ? state === has(field, value) : has(field, state));
  const isWhole = Array.isArray(fields) && values.every((each) => Array.isArray(each) && isSent(each));
  if (isWhole) localStorage.removeItem(draftOf(name));
}

/** Bring back what was typed into the form before. Returns whether there was a draft, and how to `save` the present one. */
export function keepDraft(form) {
  const place = draftOf(form.dataset.draft);
  const fields = [...form.elements].filter((field) => field.matches(FIELDS));
  const typed = fields.filter((field) => field.type !== "hidden");
  const isTyped = document.querySelector("[data-refusal], .field__err, [data-unsaved]") !== null;
  moveOld(place, fields);
  const draft = JSON.parse(localStorage.getItem(place) ?? "null");
  const [made, now] = [JSON.stringify(typed.map(served)), () => JSON.stringify(typed.map(state))];
  // After a refusal or a preview the form holds what was typed: what the server has, only the draft knows then.
  const was = isTyped ? draft?.was : basis(form, typed);

  function save() {
    if (!isTyped && now() === made) return localStorage.removeItem(place);
    const values = fields.map((field) => [field.name, state(field), field.value]);
    store(place, JSON.stringify({ was, values }));
  }

  // What the server has meanwhile is newer than a draft of what it had before.
  if (!isTyped && draft?.was === was) restore(form, fields, draft.values);
  else if (!isTyped) localStorage.removeItem(place);
  return { save, isKept: draft !== null };
}

// What a draft is a change of: all fields, or those that the form names where others depend on the hour or the language.
function basis(form, fields) {
  const names = form.dataset.draftOf?.split(" ");
  return JSON.stringify(fields.filter(({ name }) => !names || names.includes(name)).map(served));
}

function restore(form, fields, values) {
  const chosen = new URLSearchParams(location.search);
  const left = [...values];
  for (const field of fields) {
    const at = left.findIndex(([name, , value]) => name === field.name && (!isChoice(field) || value === field.value));
    // What the address names was chosen after the draft was written.
    if (at < 0 || chosen.has(field.name)) continue;
    const [[, kept]] = left.splice(at, 1);
    if (field.type === "radio") field.checked ||= kept;
    else if (isChoice(field)) field.checked = kept;
    else field.value = kept;
  }
  form.dispatchEvent(new Event("change"));
}

// Version 0.3 kept topics as an object by name with `was` as text, and cards under another name as a list of states in the
// order of their fields; what was handed in, for its tab alone.
function moveOld(place, fields) {
  const old = place.replace("draft:", "kept:");
  const stored = localStorage.getItem(place) ?? localStorage.getItem(old) ?? sessionStorage.getItem(`kept-sent:${old}`);
  const { was = "", values, draft_key: key, ...said } = JSON.parse(stored ?? "{}");
  const topic = { ...said, key };
  localStorage.removeItem(old);
  sessionStorage.removeItem(`kept-sent:${old}`);
  if (!stored || Array.isArray(values?.[0])) return;
  const ofTopic = (field) => (isChoice(field) ? topic[field.name] === field.value : topic[field.name]);
  const states = values ?? fields.map(ofTopic);
  const [title, ...text] = was.split("\n");
  const draft = {
    was: values ? was : JSON.stringify([title, text.join("\n")]),
    values: fields.map((field, index) => [field.name, states[index] ?? state(field), field.value]),
  };
  store(place, JSON.stringify(draft));
}
