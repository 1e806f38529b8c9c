// Sends files in pieces by the tus protocol. A file is kept on this phone until all of it has arrived: after a lost network,
// a locked screen or a reload it goes on where it stood, from whichever page is open.

import { facts, forget, keep, kept, member, note, noted, waiting } from "./keeping.js";
import { write } from "./server.js";

// Milliseconds before each further try, and the refusals after which there is one: wrong offset, and locked.
const RETRIES = [0, 1000, 3000, 5000, 10000];
const RETRIED = [409, 423];
// Bytes: of a piece, and of a file that is copied at once, because files of cloud folders change under an upload.
const [PIECE, SMALL] = [1024 * 1024, 32 * 1024 * 1024];
// Milliseconds: the pause after all retries have failed, and how long the server keeps what nobody has taken.
const [AGAIN, KEPT] = [15000, 2 * 24 * 3600 * 1000];
// Of each file that is being sent, how to stop that; null until its first byte.
const running = new Map();

/** Let the page know how far a file is: `{ ref, percent, isDone, isWaiting, problem }`. */
export const tell = (detail) => document.dispatchEvent(new CustomEvent("sending", { detail }));

/** Begin to send a file to the address `endpoint`. The page hears of it by `sending` events. */
export async function send(ref, file, { endpoint, draft, kind }) {
  const whole = file.size <= SMALL ? new Blob([await file.arrayBuffer()], { type: file.type }) : file;
  await keep(ref, whole);
  note(ref, { member: member(), endpoint, draft, kind, name: file.name, type: file.type, at: Date.now() });
  go(ref);
}

/** The form with these files has been handed in: they belong to no draft, unless it is refused. */
export const handIn = (refs) => refs.filter(facts).forEach((ref) => note(ref, { isHandedIn: true }));

// The server has the story, or has refused it.
function answered({ detail }) {
  const refs = (detail?.wish?.fields ?? []).filter?.(([name, value]) => name === "ref" && facts(value)) ?? [];
  for (const [, ref] of refs) {
    if (!detail.ok) note(ref, { isHandedIn: false });
    else if (facts(ref).isDone) forget(ref);
    else note(ref, { isAnswered: true });
  }
}

/** Stop sending a file, and delete what has arrived of it. */
export async function take(ref) {
  const { url } = facts(ref) ?? {};
  running.get(ref)?.();
  await forget(ref);
  if (url) await write(url, { method: "DELETE", headers: { Accept: "application/json", "Tus-Resumable": "1.0.0" } }).catch(() => {});
}

/** Go on with all that this member has on the way. What belongs to a form that was never handed in is given up in the end. */
export function resumeAll() {
  for (const [ref, { at, isDone }] of waiting()) {
    if (Date.now() - at > KEPT) forget(ref);
    else if (!isDone) go(ref);
  }
}

function loaded() {
  if (window.tus) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("../vendor/tus.min.js", import.meta.url);
    [script.onload, script.onerror] = [resolve, reject];
    document.head.append(script);
  });
}

// One tab sends it, whichever comes first; another one takes over when that is closed.
function go(ref) {
  if (running.has(ref)) return;
  running.set(ref, null);
  const work = () =>
    upload(ref)
      .catch(() => later(ref))
      .finally(() => running.delete(ref));
  return navigator.locks ? navigator.locks.request(noted(ref), work) : work();
}

async function upload(ref) {
  const [file, about] = [await kept(ref), facts(ref)];
  if (!about) return;
  if (!file) return forget(ref);
  await loaded();
  if (!facts(ref)) return;
  await new Promise((resolve) => {
    const sent = new window.tus.Upload(file, {
      endpoint: about.endpoint,
      uploadUrl: about.url,
      chunkSize: PIECE,
      retryDelays: RETRIES,
      storeFingerprintForResuming: false,
      metadata: { ref, filename: about.name, filetype: about.type },
      headers: { Accept: "application/json", "X-Member": about.member },
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", document.querySelector("input[name=csrf_token]")?.value ?? ""),
      onShouldRetry: (error, attempt) => {
        const status = statusOf(error);
        if (!status && attempt) tell({ ref, isWaiting: true });
        return navigator.onLine && (status < 400 || status >= 500 || RETRIED.includes(status));
      },
      // A captive portal's answer is none.
      onAfterResponse: (_, answer) => {
        if (!answer.getHeader("X-Open-Space")) throw new Error("no answer of ours");
      },
      onUploadUrlAvailable: () => note(ref, { url: sent.url }),
      onProgress: (bytes, all) => tell({ ref, percent: Math.floor((bytes / all) * 100), isWaiting: !navigator.onLine }),
      onSuccess: () => {
        note(ref, { isDone: true });
        if (facts(ref).isAnswered) forget(ref);
        tell({ ref, percent: 100, isDone: true });
        resolve();
      },
      onError: (error) => {
        failed(ref, error);
        resolve();
      },
    });
    running.set(ref, () => {
      sent.abort().catch(() => {});
      resolve();
    });
    sent.start();
  });
}

// 0 where no answer of ours came.
const statusOf = ({ originalResponse: answer }) => (answer?.getHeader("X-Open-Space") ? answer.getStatus() : 0);

function failed(ref, error) {
  const status = statusOf(error);
  if ([404, 410].includes(status) && facts(ref)?.url) {
    // It has expired on the server; the phone has it still.
    note(ref, { url: undefined });
    return setTimeout(go, 1000, ref);
  }
  if (status >= 400 && status < 500 && ![408, 409, 423, 429].includes(status)) {
    const { says } = JSON.parse(error.originalResponse.getBody() || "{}");
    return forget(ref).then(() => tell({ ref, problem: says }));
  }
  later(ref);
}

// Without a network not even the script that sends may be there.
function later(ref) {
  tell({ ref, isWaiting: true });
  setTimeout(() => facts(ref) && go(ref), AGAIN);
}

document.addEventListener("outbox", answered);
window.addEventListener("offline", () => [...running.keys()].forEach((ref) => tell({ ref, isWaiting: true })));
for (const wake of ["online", "pageshow"]) window.addEventListener(wake, resumeAll);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && resumeAll());
