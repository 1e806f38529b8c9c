// The storytelling wall and a story's page: marks what is one's own, gives and takes back marks.

import { marks, showMark } from "./toggle.js";

export function connect(root) {
  const own = JSON.parse(document.getElementById("mine")?.textContent ?? "{}").stories ?? {};
  const ending = new AbortController();
  const given = marks("story", own, () => show());
  const idOf = (button) => `${button.closest("[data-story]").dataset.story}-${button.dataset.kind}`;

  function show() {
    root.querySelectorAll("[data-kind]").forEach((button) => {
      const id = idOf(button);
      showMark(button, given.value(id) !== "", given.isWaiting(id));
    });
    // One's own comments can be taken back, and on one's own story all of them.
    root.querySelectorAll("[data-comment]").forEach((comment) => {
      comment.querySelector("button").hidden = !("clears" in root.dataset) && comment.dataset.comment !== root.dataset.own;
    });
  }

  function tap(event) {
    const button = event.target.closest("[data-kind]");
    if (!button) return;
    event.preventDefault();
    const { kind, words } = button.dataset;
    const value = given.value(idOf(button)) ? "" : kind;
    const action = button.getAttribute("formaction").split("?")[0];
    const title = button.closest(".story").querySelector(".story__t").textContent.trim().slice(0, 60);
    given.set(idOf(button), value, { action, title, label: value ? words : root.dataset.none });
  }

  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  listen(root, "click", tap);
  listen(document, "patched", show);
  listen(document, "mine", ({ detail }) => detail.stories && given.learn(detail.stories, detail.asked));
  show();
  return () => {
    ending.abort();
    given.close();
  };
}
