// A write over a bad network: sent again, under the same key, when no answer came; the server does it once.

const TIMES = 3;
const PATIENCE = 8000;
const PAUSE = 700;

export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** As fetch. Fails only when `times` times no answer came; a server that is away for a moment counts as none. */
export async function write(address, { headers = {}, key = newKey(), times = TIMES, ...request }) {
  const token = document.querySelector("input[name=csrf_token]").value;
  const all = { "X-CSRFToken": token, "Idempotency-Key": key, ...headers };
  for (let time = 1; ; time += 1) {
    try {
      const answer = await fetch(address, { ...request, headers: all, signal: AbortSignal.timeout(PATIENCE) });
      if (answer.status < 502 || time === times) return answer;
    } catch (error) {
      if (time === times || !navigator.onLine) throw error;
    }
    await new Promise((resume) => setTimeout(resume, PAUSE * time));
  }
}
