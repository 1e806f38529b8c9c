// The page of notes: a paragraph opens where it is tapped, and an empty one is always open at the end of each part.

import { edit, handOver, unsent } from "./note.js";
import { newKey } from "./server.js";

const OFTEN = 10000;
const member = document.querySelector(".toasts")?.dataset.member;
const paragraph = (key) => document.getElementById(`paragraph-${key}`);

export function connect(root) {
  const { topic, address } = root.dataset;
  const notes = new Set();
  // Before anything was typed, nothing is called saved.
  let hasTyped = false;
  const ending = new AbortController();
  const blanks = new Map();
  // Somebody may have typed before this script came, and be typing still, or the page shows again what was refused.
  const typed = new Map();
  for (const form of root.querySelectorAll("form[data-editor]")) {
    const { text, bases } = form.elements;
    const caret = document.activeElement === text ? text.selectionEnd : null;
    const isTyped = text.value !== text.defaultValue || form.dataset.refused || caret !== null;
    if (isTyped) typed.set(form.dataset.editor, [form.dataset.for, text.value, bases.value, caret]);
    blanks.set(form.dataset.editor, form);
    text.defaultValue = "";
    form.remove();
  }

  function open(part, facts, put) {
    const form = blanks.get(part).cloneNode(true);
    form.elements.text.value = facts.text ?? "";
    put(form);
    const note = edit(form, { topic, address, part, changed: settle, ...facts });
    notes.add(note);
    form.addEventListener("submit", (event) => (event.preventDefault(), finish(note)?.area.focus()));
    note.area.addEventListener("blur", () => finish(note));
    paragraph(facts.key)?.toggleAttribute("hidden", true);
    return note;
  }

  function openParagraph(element, kept) {
    const { key, version, text, revision } = element.dataset;
    const facts = { key, text, bases: [version], ...kept, seen: text, revision: Number(revision) };
    return open(element.parentElement.id, facts, (form) => element.after(form));
  }

  function openBelow(above, text) {
    const part = above.form.dataset.editor;
    const note = open(part, { key: newKey(), after: above.key, text }, (form) => above.form.after(form));
    note.send();
    return note;
  }

  function openEnd(part, after) {
    const paper = document.getElementById(part).parentElement;
    return Object.assign(open(part, { key: newKey(), after }, (form) => paper.append(form)), { isEnd: true });
  }

  // What was written at the end is followed by the next paragraph, which is returned. Of several paragraphs in one each
  // becomes one of its own, so that others may write in the next.
  function finish(note) {
    const [first, ...more] = note.area.value.trim().split(/\n\s*\n/);
    const isParted = more.length > 0 && note.isTyped();
    if (isParted) note.area.value = first;
    note.send();
    const last = isParted ? more.reduce(openBelow, note) : note;
    let next = null;
    if (note.isEnd && note.area.value.trim()) {
      note.isEnd = false;
      next = openEnd(note.form.dataset.editor, last.key);
    }
    settle(note);
    return next;
  }

  // What has arrived and is left alone closes, once the page has the paragraph.
  function settle(note) {
    const element = paragraph(note.key);
    const isDone = !note.isEnd && document.activeElement !== note.area && !note.isUnsent();
    const isThere = element && note.isAsNewAs(element.dataset.revision);
    // Also one that somebody else has deleted.
    if (notes.has(note) && isDone && (isThere || (!element && (note.wasThere || !note.area.value.trim())))) {
      notes.delete(note);
      note.close();
      element?.removeAttribute("hidden");
    }
    showState();
  }

  function showState() {
    const left = [...notes].filter((note) => note.isUnsent());
    notes.forEach((note) => note.form.classList.toggle("is-unsent", note.isUnsent() && note.isLate()));
    document.querySelector("[data-unsent]").hidden = !left.length;
    hasTyped ||= left.length > 0;
    document.querySelector("[data-saved]").hidden = left.length > 0 || !hasTyped;
  }

  function patched() {
    for (const note of notes) {
      const element = paragraph(note.key);
      element?.toggleAttribute("hidden", true);
      if (element && !element.querySelector(".clash")) note.take(element.dataset);
      settle(note);
      note.wasThere ||= element !== null;
    }
    showHands();
  }

  // One's own hand is not shown, nor one that has rested.
  function showHands() {
    for (const element of root.querySelectorAll(".writing__p[data-hand]")) {
      if (element.dataset.hand !== member && new Date(element.dataset.until) > Date.now()) continue;
      element.removeAttribute("data-hand");
      element.querySelector(".hand").remove();
    }
  }

  function tapped(event) {
    const element = event.target.closest(".writing__p");
    const isLink = event.target.closest("a:not(.writing__edit), button");
    if (!element || isLink || element.querySelector(".clash") || String(getSelection())) return;
    event.preventDefault();
    openParagraph(element).area.focus();
  }

  const ends = new Map([...blanks.keys()].map((part) => [part, openEnd(part)]));
  root.dataset.parts.split(" ").filter(Boolean).forEach((part) => handOver(part, topic));
  for (const [part, [key, text, bases, caret]] of typed) {
    const element = paragraph(key);
    const { area, send } = element ? openParagraph(element, { text, bases: bases.split(" ") }) : ends.get(part);
    if (element) send();
    else area.value = text;
    if (caret === null) continue;
    area.focus();
    area.setSelectionRange(caret, caret);
  }
  ends.forEach((end) => end.area.value && end.send());
  for (const [key, kept] of unsent(topic)) {
    if ([...notes].some((note) => note.key === key)) continue;
    const element = paragraph(key);
    const end = ends.get(kept.part);
    const note = element ? openParagraph(element, kept) : open(kept.part, { key, ...kept }, (form) => end.form.before(form));
    note.send();
  }
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  listen(root, "click", tapped);
  listen(document, "patched", patched);
  listen(document, "outbox", showState);
  const timer = setInterval(showHands, OFTEN);
  patched();
  return () => {
    ending.abort();
    clearInterval(timer);
    notes.forEach((note) => note.close());
  };
}
