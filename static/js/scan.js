// Scanning somebody's code with the camera, where the browser can read one; else the phone's own camera opens the link.

import { keep } from "./outbox.js";
import { newKey, write } from "./server.js";

const EVERY = 250;

export function connect(root) {
  const [video, button, said] = [root.querySelector("video"), root.querySelector("[data-start]"), root.querySelector("[data-said]")];
  let stream = null;
  let timer = null;

  const tell = (words) => {
    said.hidden = false;
    said.textContent = words;
  };

  const stop = () => {
    timer = clearInterval(timer) ?? null;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    button.hidden = false;
  };

  async function start() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return (root.querySelector("[data-without]").hidden = false);
    }
    video.srcObject = stream;
    [video.hidden, button.hidden] = [false, true];
    await video.play();
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    timer = setInterval(async () => {
      const codes = await detector.detect(video).catch(() => []);
      if (codes.length && timer) read(codes[0].rawValue);
    }, EVERY);
  }

  async function read(text) {
    const address = URL.canParse(text) ? new URL(text) : null;
    if (address?.origin !== location.origin || !address.pathname.startsWith(root.dataset.prefix)) return tell(root.dataset.other);
    stop();
    navigator.vibrate?.(60);
    await exchange(address.pathname);
  }

  // Without a connection the exchange waits on this phone, and goes up from whichever page is open then.
  async function exchange(action) {
    const key = newKey();
    try {
      const answer = await write(action, { method: "PUT", headers: { Accept: "application/json" }, key, times: 1 });
      const { says, address } = await answer.json();
      if (address) return location.assign(address);
      tell(says);
    } catch {
      keep(action, { action, method: "PUT", fields: {}, key, said: root.dataset.done, label: root.dataset.label });
      tell(root.dataset.waiting);
    }
  }

  const can = "BarcodeDetector" in window && navigator.mediaDevices;
  button.hidden = !can;
  root.querySelector("[data-without]").hidden = Boolean(can);
  button.addEventListener("click", start);
  // For whoever holds a scanner of another kind, and for tests: what a code says, as text.
  root.addEventListener("code", ({ detail }) => read(detail));
  return stop;
}
