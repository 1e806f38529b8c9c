// The one way from a script to the server. A captive portal or a proxy answers whatever is asked, with 200 and a page of
// its own: only what carries our server's mark is taken for its answer.

const MARK = "X-Open-Space";
const PATIENCE = 8000;
const TIMES = 3;
const PAUSE = 700;
let heard = Date.now();

/** The server has given a sign of life. */
export const hear = () => (heard = Date.now());

function doubt(error) {
  heard = 0;
  throw error;
}

/** Whether the server was heard in the last so many milliseconds, and nothing went wrong since. */
export const isHeard = (within) => navigator.onLine && Date.now() - heard < within;

const ping = (patience) => request("/healthz", { method: "HEAD", cache: "no-store", patience });

/** Whether the server can be reached: it was heard in the last `within` milliseconds, or answers now. */
export async function isThere(within = 0) {
  if (isHeard(within)) return true;
  // The connections that the browser keeps for the next requests, at most six, may all be dead, which shows only when
  // they are used: of six at once, one takes a fresh connection, and the dead ones are given up.
  const around = (error) => isSilence(error) && Promise.any(Array.from({ length: 6 }, () => ping(2500)));
  return ping(800).catch(around).then(Boolean, () => false);
}

/** Whether a request failed because nothing came, rather than because it could not be sent. */
export const isSilence = ({ name }) => name === "AbortError";

export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** As fetch. Fails when the server's answer is not there after `patience` milliseconds, or it is away for a moment. */
export async function request(address, { patience = PATIENCE, signal, ...options } = {}) {
  const limit = new AbortController();
  setTimeout(() => limit.abort(), patience);
  signal?.addEventListener("abort", () => limit.abort());
  // Our server sends no script elsewhere; portals do, and some send back afterwards.
  const answer = await fetch(address, { redirect: "error", ...options, signal: limit.signal }).catch(doubt);
  if (!answer.headers.has(MARK) || answer.status >= 502) doubt(new Error(`no answer from ${address}`));
  hear();
  return answer;
}

/** A write over a bad network: sent up to `times` times under the same key, for the server does it once. */
export async function write(address, { headers = {}, key = newKey(), times = TIMES, ...options }) {
  const token = document.querySelector("input[name=csrf_token]").value;
  // Whose page this is: in another tab somebody else may have signed in since.
  const { member } = document.querySelector(".toasts")?.dataset ?? {};
  const all = { "X-CSRFToken": token, "Idempotency-Key": key, ...(member && { "X-Member": member }), ...headers };
  for (let time = 1; ; time += 1) {
    try {
      return await request(address, { ...options, headers: all });
    } catch (error) {
      if (time === times || !navigator.onLine || (isSilence(error) && !(await isThere()))) throw error;
    }
    await new Promise((resume) => setTimeout(resume, PAUSE * time));
  }
}

// Loading the page anew, when it no longer fits the server. A page that is on its way somewhere else, as after a form was
// sent, must not be called back.
let leaving = false;
window.addEventListener("beforeunload", () => (leaving = true));
window.addEventListener("pageshow", () => (leaving = false));

const TYPED = "form input:not([type=hidden], [type=checkbox], [type=radio]), textarea";
const isTyping = () =>
  document.activeElement?.matches("input:not([type=checkbox], [type=radio]), textarea, select") ||
  [...document.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue);
let reloading = null;

export const isReloading = () => reloading !== null;

/** Load the page anew: not under a typing finger or while something typed is not sent, and not all phones at once. */
export function reloadWhenIdle() {
  reloading ??= setInterval(async () => {
    // A reload into a dead network would leave an error page.
    if (leaving || isTyping() || !(await isThere(2000))) return;
    clearInterval(reloading);
    location.reload();
  }, 300 + Math.random() * 1500);
}
