// A step of an application: saved a second after the last keystroke, kept on this device until the server has it, and sent
// by itself once there is a network. A text that the other city has written meanwhile is shown beside one's own, and
// neither is sent over the other before somebody has chosen.

import { write } from "./server.js";
import { store } from "./storage.js";

const PAUSE = 1000;
const AGAIN = 5000;
const LATER = [408, 429];

export function connect(form) {
  const state = document.getElementById("applystate");
  const says = form.querySelector("[data-says]");
  const place = `apply:${form.dataset.mine}`;
  const names = [...form.elements].filter(({ name }) => name.startsWith("seen_")).map(({ name }) => name.slice(5));
  const value = (name) => form.elements[name].value;
  const banner = (name) => form.querySelector(`[data-theirs="${name}"]`);
  // Of each field the text that the server is known to have and its revision; what was sent and not answered; and what
  // stands there instead, as long as nobody has chosen.
  const base = Object.fromEntries(names.map((name) => [name, { text: value(name), revision: form.elements[`seen_${name}`].value }]));
  const unanswered = Object.fromEntries(names.map((name) => [name, []]));
  const theirs = {};
  let [timer, saving, goesOn] = [null, null, false];

  const changed = () => names.filter((name) => value(name) !== base[name].text);
  const sendable = () => changed().filter((name) => !(name in theirs));

  function keep() {
    const kept = changed().map((name) => [name, { text: value(name), revision: base[name].revision, sent: unanswered[name] }]);
    if (kept.length) return store(place, JSON.stringify(Object.fromEntries(kept)));
    localStorage.removeItem(place);
    return true;
  }

  function tell(word, facts = {}) {
    state.dataset.state = word;
    state.textContent = Object.entries(facts).reduce((text, [name, each]) => text.replace(`{${name}}`, each), state.dataset[word]);
  }

  function say(words = "") {
    says.textContent = words;
    says.hidden = !words;
  }

  // What was typed before a reload, a dead network or a closed browser. If somebody wrote meanwhile, both are shown.
  function bringBack() {
    const kept = JSON.parse(localStorage.getItem(place) ?? "{}");
    for (const [name, { text, revision, sent }] of Object.entries(kept)) {
      if (!names.includes(name) || text === base[name].text) continue;
      const isMine = revision === base[name].revision || sent.includes(base[name].text);
      form.elements[name].value = text;
      if (!isMine) show(name, base[name]);
    }
    keep();
    if (sendable().length) later(0);
  }

  function show(name, there) {
    theirs[name] = there;
    banner(name).querySelector("[data-words]").textContent = there.text;
    banner(name).hidden = false;
    tell("clash");
  }

  // Mine stands as it is by now, and is sent in place of theirs; or theirs comes into the field.
  function choose(event) {
    const button = event.target.closest("[data-choose]");
    if (!button) return;
    const name = button.closest("[data-theirs]").dataset.theirs;
    base[name] = theirs[name] ?? base[name];
    if (button.dataset.choose === "theirs") form.elements[name].value = base[name].text;
    delete theirs[name];
    banner(name).hidden = true;
    keep();
    later(0);
    form.elements[name].focus?.();
  }

  function later(pause = PAUSE) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  function typed() {
    goesOn = false;
    const isKept = keep();
    if (changed().length) tell(isKept ? "typed" : "unkept");
    later();
  }

  function save() {
    clearTimeout(timer);
    saving ??= send().finally(() => (saving = null));
    return saving;
  }

  async function send() {
    const wanted = sendable();
    if (!wanted.length) {
      if (!changed().length && state.dataset.state) saved();
      return;
    }
    const sent = Object.fromEntries(wanted.map((name) => [name, value(name)]));
    wanted.forEach((name) => unanswered[name].push(sent[name]));
    keep();
    const body = new URLSearchParams(wanted.flatMap((name) => [[name, sent[name]], [`seen_${name}`, base[name].revision]]));
    const headers = { Accept: "application/json" };
    const answer = await write(form.action, { method: "POST", headers, body, keepalive: true }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (answer?.ok && told) taken(sent, told.revisions);
    else if (told?.problem === "Clash") clash(told);
    else if (!answer || answer.status >= 500 || LATER.includes(answer.status)) waits();
    else refused(told);
  }

  function taken(sent, revisions) {
    for (const [name, revision] of Object.entries(revisions)) {
      base[name] = { text: sent[name], revision: String(revision) };
      unanswered[name] = [];
    }
    keep();
    say();
    if (sendable().length) later();
    else if (!changed().length) saved();
    goOn();
  }

  function goOn() {
    if (goesOn && !changed().length) location.assign(form.dataset.next);
  }

  function saved() {
    tell("saved", { time: new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) });
  }

  // One's own words, of which the answer was lost, are no clash.
  function clash({ theirs: there, revisions }) {
    for (const [name, text] of Object.entries(there)) {
      const found = { text, revision: String(revisions[name]) };
      if (unanswered[name].includes(text)) [base[name], unanswered[name]] = [found, []];
      else show(name, found);
    }
    keep();
    if (sendable().length) later(0);
  }

  function refused(told) {
    tell(told?.problem === "CallClosed" ? "closed" : "refused");
    say(told?.says ?? "");
  }

  function waits() {
    tell(keep() ? "kept" : "unkept");
    later(AGAIN);
  }

  // The next page is opened once this one is saved, and be it when the network is back; what cannot be saved is told here.
  async function submit(event) {
    event.preventDefault();
    goesOn = true;
    await saving;
    await save();
    goOn();
    document.querySelector(".theirs:not([hidden]), [data-says]:not([hidden])")?.scrollIntoView({ block: "center" });
  }

  const leave = () => document.visibilityState === "hidden" && save();
  const online = () => later(0);
  form.addEventListener("input", typed);
  form.addEventListener("submit", submit);
  form.addEventListener("click", choose);
  document.addEventListener("visibilitychange", leave);
  window.addEventListener("pagehide", save);
  window.addEventListener("online", online);
  // After a refused form the page has both texts already, and what stands in it is what was typed.
  if (!document.querySelector("[data-refusal]")) bringBack();
  return () => {
    clearTimeout(timer);
    form.removeEventListener("input", typed);
    form.removeEventListener("submit", submit);
    form.removeEventListener("click", choose);
    document.removeEventListener("visibilitychange", leave);
    window.removeEventListener("pagehide", save);
    window.removeEventListener("online", online);
  };
}
