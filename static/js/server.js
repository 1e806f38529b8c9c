// The one way from a script to the server. A captive portal or a proxy answers whatever is asked, with 200 and a page of
// its own: only what carries our server's mark is taken for its answer.

const MARK = "X-Open-Space";
const PATIENCE = 8000;
const TIMES = 3;
const PAUSE = 700;
let heard = Date.now();

/** The server has given a sign of life. */
export const hear = () => (heard = Date.now());

/** Whether the server can be reached: it was heard in the last `recent` milliseconds, or answers now. */
export const isThere = async (recent = 0) =>
  (navigator.onLine && Date.now() - heard < recent) ||
  request("/healthz", { method: "HEAD", patience: 2500 }).then(() => true, () => false);

export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** As fetch. Fails when the server's answer is not there after `patience` milliseconds, or it is away for a moment. */
export async function request(address, { patience = PATIENCE, signal, ...options } = {}) {
  const limit = new AbortController();
  setTimeout(() => limit.abort(), patience);
  signal?.addEventListener("abort", () => limit.abort());
  // Our server sends no script elsewhere; portals do, and some send back afterwards.
  const answer = await fetch(address, { redirect: "error", ...options, signal: limit.signal }).catch((error) => {
    heard = 0;
    throw error;
  });
  if (!answer.headers.has(MARK) || answer.status >= 502) throw new Error(`no answer from ${address}`);
  hear();
  return answer;
}

/** A write over a bad network: sent up to `times` times under the same key, for the server does it once. */
export async function write(address, { headers = {}, key = newKey(), times = TIMES, ...options }) {
  const token = document.querySelector("input[name=csrf_token]").value;
  const all = { "X-CSRFToken": token, "Idempotency-Key": key, ...headers };
  for (let time = 1; ; time += 1) {
    try {
      return await request(address, { ...options, headers: all });
    } catch (error) {
      if (time === times || !navigator.onLine) throw error;
    }
    await new Promise((resume) => setTimeout(resume, PAUSE * time));
  }
}
