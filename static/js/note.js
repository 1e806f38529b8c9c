// One paragraph that is being written. What is typed is kept on this phone at once, sent when one pauses, and counts as
// unsent until our answer names the version that holds it.

import { entry, isLate, keep } from "./outbox.js";
import { newKey, write } from "./server.js";
import { store } from "./storage.js";

const [PAUSE, HOLD, PATIENCE, PATIENT] = [1200, 40000, 4000, 30];
const member = document.querySelector(".toasts")?.dataset.member;
// No name of a member has a colon.
const place = (topic, key) => `note:${member}:${topic}:${key}`;

/** The paragraphs of a topic's notes that are on this phone alone: pairs of key and `{ text, bases, part, after }`. */
export function unsent(topic) {
  const prefix = place(topic, "");
  const kept = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  return kept.map((name) => [name.slice(prefix.length), JSON.parse(localStorage.getItem(name))]);
}

/** Hand what is unsent of a topic that was merged into another one to that one. */
export function handOver(from, to) {
  for (const [key, kept] of unsent(from)) {
    store(place(to, key), JSON.stringify(kept));
    localStorage.removeItem(place(from, key));
  }
}

/** Let a form be the editor of the paragraph with this key. `bases` are the versions it goes on from, `seen` is what
    the server has; `changed` is called when what it holds, or how far that is sent, is another. */
export function edit(form, { topic, key, address, part, after = "", bases = [], seen = "", revision = 0, changed }) {
  const area = form.elements.text;
  const name = `note-${topic}-${key}`;
  const action = address.replace("KEY", key);
  const reads = form.querySelector("[data-reads]");
  const ending = new AbortController();
  // The revision up to which the server's words are known here: what a patch brings may be older.
  let [sent, timer, hand, held, isTyped, known, waited] = [seen, null, null, 0, false, revision, 0];
  const note = { key, form, area, isUnsent: () => area.value.trim() !== seen, isLate: () => isLate(name), isTyped: () => isTyped, isAsNewAs: (other) => Number(other) >= known, close, send, take };

  function typed() {
    isTyped = true;
    keepDraft();
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
    hold();
    grow(area);
    changed(note);
  }

  function keepDraft() {
    if (note.isUnsent()) store(place(topic, key), JSON.stringify({ text: area.value, bases, part, after }));
    else localStorage.removeItem(place(topic, key));
  }

  // The versions sent before may have arrived though no answer did: the server goes on from the latest that it has.
  function send() {
    clearTimeout(timer);
    const text = area.value.trim();
    keepDraft();
    if (text === sent) return;
    // A new one stands below the one before it, which the server should have first. Without a network it does not wait:
    // any other page may send it then.
    const waits = after && navigator.onLine && localStorage.getItem(place(topic, after)) && waited++ < PATIENT;
    if (waits) return (timer = setTimeout(send, PAUSE / 4));
    const version = newKey();
    keep(name, { action, method: "PUT", title: text.slice(0, 60), fields: { text, version, bases: bases.join(" "), part, after } });
    sent = text;
    bases = [version, ...bases].slice(0, 50);
    keepDraft();
    changed(note);
  }

  function answered({ detail }) {
    if (detail?.name !== name) return;
    // Of two tabs with the same paragraph one got an answer, perhaps to its own words: ours are sent once more, which
    // changes nothing if they had arrived.
    if (detail.isElsewhere) return again();
    if (!detail.ok) return (sent = null);
    const { fields } = detail.wish;
    const stands = detail.state === "saved";
    known = Math.max(known, detail.revision ?? 0);
    arrive(fields.text, stands ? detail.version : fields.version, stands ? detail.text : fields.text);
    if (reads && stands) show(reads, detail.html);
  }

  // What was typed meanwhile goes on from what was sent; else from what that became when it was merged.
  function arrive(text, version, became) {
    const goesOn = area.value.trim() !== text;
    const at = bases.indexOf(version);
    if (goesOn) {
      bases = at < 0 ? bases : bases.slice(0, at + 1);
      again();
    } else {
      // Only if it is another text: the caret would go to its end.
      if (became !== text) area.value = became;
      [seen, sent, bases] = [became, became, [version]];
      localStorage.removeItem(place(topic, key));
      grow(area);
    }
    if (document.activeElement === area) hold();
    changed(note);
  }

  function again() {
    if (!note.isUnsent() || entry(name)) return;
    sent = null;
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  }

  /** Take what somebody else wrote, if nothing is typed here. */
  function take({ version, text, revision }) {
    if (note.isUnsent() || Number(revision) <= known) return;
    [seen, sent, bases, known] = [text, text, [version], Number(revision)];
    if (area.value !== text) area.value = text;
    grow(area);
  }

  // Others see who writes where. Nothing depends on it, so it is tried once.
  function hold() {
    if (!bases.length || Date.now() - held < HOLD) return;
    held = Date.now();
    hand = tell("PUT");
  }

  const tell = (method) => write(`${action}/hand`, { method, times: 1, patience: PATIENCE, headers: { Accept: "application/json" } }).catch(() => null);

  function close() {
    ending.abort();
    clearTimeout(timer);
    hand?.then(() => tell("DELETE"));
    form.remove();
  }

  area.addEventListener("input", typed, { signal: ending.signal });
  area.addEventListener("focus", hold, { signal: ending.signal });
  document.addEventListener("outbox", answered, { signal: ending.signal });
  const waiting = entry(name);
  if (waiting) sent = waiting.fields.text;
  grow(area);
  return note;
}

// Only where it is more than plain words.
function show(reads, html) {
  reads.innerHTML = html;
  reads.hidden = !reads.querySelector("strong, em, s, a, ul, ol, table, blockquote, code, h3, h4, h5");
}

function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}
