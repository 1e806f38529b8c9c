// Taking a chair: shown at once, sent in order, taken back if it did not arrive.

import { mine, setMark } from "./marks.js";
import { send } from "./send.js";
import { say } from "./toast.js";

let queue = Promise.resolve();

export function tap(event) {
  const button = event.target.closest(".seat, [data-mark]");
  if (!button || !mine.member) return;
  event.preventDefault();
  const topic = button.closest("[data-topic]").dataset.topic;
  const address = button.dataset.address ?? button.getAttribute("formaction").split("?")[0];
  const before = mine.marks[topic];
  const after = before === button.value ? undefined : button.value;
  setMark(topic, after);
  queue = queue.then(() => tell(address, topic, before, after));
}

async function tell(address, topic, before, after) {
  try {
    await send(after ? "PUT" : "DELETE", address, after ? { kind: after } : {});
  } catch (error) {
    setMark(topic, before);
    say(error.says);
  }
}
