// Sends files in pieces by the tus protocol. A file is kept on this phone until all of it has arrived: after a lost network,
// a locked screen or a reload it goes on where it stood, from whichever page is open.

const RETRIES = [0, 1000, 3000, 5000, 10000];
// Bytes: of a piece, and of a file that is copied at once, because files of cloud folders change under an upload.
const [PIECE, SMALL] = [1024 * 1024, 32 * 1024 * 1024];
// Milliseconds: the pause after all retries have failed, and how long the server keeps what nobody has taken.
const [AGAIN, KEPT] = [15000, 2 * 24 * 3600 * 1000];
const noted = (ref) => `sending:${ref}`;
// Where the browser keeps no files, they last as long as their page.
const inMemory = new Map();
const running = new Map();

function database(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("openspace", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("files", mode);
      const asked = work(transaction.objectStore("files"));
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(asked.result);
      };
    };
  });
}

const keepFile = (ref, file) => database("readwrite", (files) => files.put(file, ref)).catch(() => inMemory.set(ref, file));
const fileOf = async (ref) => inMemory.get(ref) ?? (await database("readonly", (files) => files.get(ref)).catch(() => null));

function forget(ref) {
  inMemory.delete(ref);
  localStorage.removeItem(noted(ref));
  return database("readwrite", (files) => files.delete(ref)).catch(() => {});
}

const facts = (ref) => JSON.parse(localStorage.getItem(noted(ref)) ?? "null");
const note = (ref, more) => localStorage.setItem(noted(ref), JSON.stringify({ ...facts(ref), ...more }));
const member = () => document.querySelector(".toasts")?.dataset.member;
const tell = (detail) => document.dispatchEvent(new CustomEvent("sending", { detail }));

/** What this member has on the way, for the form of this name: refs and what is known of each. */
export const waiting = (draft) =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith("sending:"))
    .map((key) => [key.slice("sending:".length), JSON.parse(localStorage.getItem(key))])
    .filter(([, about]) => about.member === member() && (!draft || (about.draft === draft && !about.isHandedIn)));

/** The file behind a ref, to be shown; null if the phone does not have it any more. */
export const kept = fileOf;

/** Begin to send a file to the address `endpoint`. The page hears of it by `sending` events. */
export async function send(ref, file, { endpoint, draft, kind }) {
  const whole = file.size <= SMALL ? new Blob([await file.arrayBuffer()], { type: file.type }) : file;
  await keepFile(ref, whole);
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
  running.get(ref)?.abort(true).catch(() => {});
  running.delete(ref);
  await forget(ref);
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
  const [file, about] = [await fileOf(ref), facts(ref)];
  if (!about) return;
  if (!file) return forget(ref);
  await loaded();
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
      // A captive portal's answer is none.
      onAfterResponse: (_, answer) => {
        if (!answer.getHeader("X-Open-Space")) throw new Error("no answer of ours");
      },
      onUploadUrlAvailable: () => note(ref, { url: sent.url }),
      onProgress: (bytes, all) => tell({ ref, percent: Math.floor((bytes / all) * 100) }),
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
    running.set(ref, sent);
    sent.start();
  });
}

function failed(ref, error) {
  const answer = error.originalResponse;
  const status = answer?.getHeader("X-Open-Space") ? answer.getStatus() : 0;
  if ([404, 410].includes(status) && facts(ref)?.url) {
    // It has expired on the server; the phone has it still.
    note(ref, { url: undefined });
    return setTimeout(go, 1000, ref);
  }
  if (status >= 400 && status < 500 && ![408, 409, 423, 429].includes(status)) {
    const { says } = JSON.parse(answer.getBody() || "{}");
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
for (const wake of ["online", "pageshow"]) window.addEventListener(wake, resumeAll);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && resumeAll());
