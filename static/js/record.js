// Sound from this phone's microphone, where the browser may use it.

import { LONGEST, time } from "./cut.js";

/** Connect the button that records; `done` gets the file. Returns how to `stop`, which says whether it was recording. */
export function recorder(button, listen, done) {
  let recording = null;
  const stop = () => recording?.state === "recording" && (recording.stop(), true);
  if (!button || !navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return { stop };
  const [words, clock] = [button.querySelector("[data-words]"), button.querySelector("[data-clock]")];
  delete button.dataset.unable;

  function begin(stream) {
    const [parts, began] = [[], performance.now()];
    const show = () => (clock.textContent = time((performance.now() - began) / 1000));
    const ticking = setInterval(show, 250);
    const ending = setTimeout(stop, LONGEST * 1000);
    recording = new MediaRecorder(stream);
    recording.ondataavailable = ({ data }) => parts.push(data);
    recording.onstop = () => {
      clearInterval(ticking);
      clearTimeout(ending);
      stream.getTracks().forEach((track) => track.stop());
      say(false);
      done(new File(parts, "sound", { type: recording.mimeType.split(";")[0] }));
    };
    recording.start();
    say(true);
    show();
  }

  function say(isOn) {
    button.setAttribute("aria-pressed", isOn);
    words.textContent = isOn ? button.dataset.stop : button.dataset.start;
    clock.textContent = "";
  }

  listen(button, "click", async () => {
    if (stop()) return;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (stream) begin(stream);
    else words.textContent = button.dataset.refused;
  });
  return { stop };
}
