// A step of an application: saved a second after the last keystroke, kept on this device until the server has it, and sent
// by itself once there is a network. When the other city wrote meanwhile, both texts are shown and nothing is overwritten.

import { write } from "./server.js";

const PAUSE = 1000;
const AGAIN = 5000;

export function connect(form) {
  const state = document.getElementById("applystate");
  const kept = `apply:${form.dataset.mine}`;
  const fields = () => [...form.elements].filter(({ name, type }) => form.elements[`seen_${name}`] && type !== "hidden");
  const value = (name) => form.elements[name].value;
  const names = () => [...new Set(fields().map(({ name }) => name))];
  const seen = (name) => form.elements[`seen_${name}`];
  let saved = Object.fromEntries(names().map((name) => [name, value(name)]));
  let [timer, sending] = [null, false];

  const changed = () => names().filter((name) => value(name) !== saved[name]);
  const hold = () => {
    const texts = Object.fromEntries(changed().map((name) => [name, { text: value(name), seen: seen(name).value }]));
    if (Object.keys(texts).length) localStorage.setItem(kept, JSON.stringify(texts));
    else localStorage.removeItem(kept);
  };
  const tell = (word, facts = {}) => {
    state.dataset.state = word;
    state.textContent = Object.entries(facts).reduce((text, [name, each]) => text.replace(`{${name}}`, each), state.dataset[word]);
  };

  // What was typed before a reload, a dead network or a closed browser.
  function bringBack() {
    const texts = JSON.parse(localStorage.getItem(kept) ?? "{}");
    for (const [name, { text, seen: was }] of Object.entries(texts)) {
      if (!form.elements[name] || !seen(name)) continue;
      form.elements[name].value = text;
      seen(name).value = was;
    }
    if (Object.keys(texts).length) later(0);
  }

  function later(pause = PAUSE) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  function typed() {
    hold();
    later();
  }

  async function save() {
    const wanted = changed();
    if (sending || !wanted.length) return;
    sending = true;
    const sent = Object.fromEntries(wanted.map((name) => [name, value(name)]));
    const body = new URLSearchParams(wanted.flatMap((name) => [[name, sent[name]], [`seen_${name}`, seen(name).value]]));
    const answer = await write(form.action, { method: "POST", headers: { Accept: "application/json" }, body }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    sending = false;
    if (answer?.ok) done(sent, told);
    else if (told?.theirs) clash(told);
    else if (answer && answer.status < 500 && answer.status !== 429) refused(told);
    else waits();
  }

  function done(sent, { revisions }) {
    saved = { ...saved, ...sent };
    for (const [name, revision] of Object.entries(revisions)) {
      seen(name).value = revision;
      form.querySelector(`[data-theirs="${name}"]`).hidden = true;
    }
    hold();
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    tell("saved", { time });
    if (changed().length) later();
  }

  // The next save replaces the other text, which stands here to be read: so it waits for the next keystroke or tap.
  function clash({ theirs, revisions }) {
    for (const [name, text] of Object.entries(theirs)) {
      const banner = form.querySelector(`[data-theirs="${name}"]`);
      banner.querySelector("[data-words]").textContent = text;
      banner.hidden = false;
      seen(name).value = revisions[name];
    }
    hold();
    tell("clash");
  }

  function refused(told) {
    hold();
    tell("closed");
    state.title = told?.says ?? "";
  }

  function waits() {
    hold();
    tell("kept");
    later(AGAIN);
  }

  const online = () => later(0);
  form.addEventListener("input", typed);
  form.addEventListener("submit", hold);
  window.addEventListener("online", online);
  bringBack();
  return () => {
    clearTimeout(timer);
    form.removeEventListener("input", typed);
    form.removeEventListener("submit", hold);
    window.removeEventListener("online", online);
  };
}
