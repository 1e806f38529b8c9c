// The phone's own share sheet where there is one, else the clipboard.

import { say } from "./toast.js";

export function connect(button) {
  const share = async () => {
    const url = button.dataset.url ?? location.href.split("#")[0];
    if (navigator.share && !("copy" in button.dataset)) return navigator.share({ title: button.dataset.title, url }).catch(() => {});
    if (await copied(url)) return say(button.dataset.done);
    prompt(button.textContent.trim(), url);
  };
  button.addEventListener("click", share);
  return () => button.removeEventListener("click", share);
}

// Without https, as in a hall's own network, there is no clipboard.
const copied = (text) => navigator.clipboard?.writeText(text).then(() => true, () => false);
