// The storytelling wall and a story's page: marks what is one's own, gives and takes back marks.

import { arriving } from "./arriving.js";
import { goingOn } from "./more.js";
import { opening } from "./photos.js";
import { marks, showMark } from "./toggle.js";

export function connect(root) {
  const { stories: own = {}, coming = [] } = JSON.parse(document.getElementById("mine")?.textContent ?? "{}");
  let onTheWay = coming;
  // The stories whose whole text is shown. A patch draws them folded.
  const unfolded = new Set();
  const ending = new AbortController();
  const given = marks("story", own, () => show());
  const files = arriving(root, () => onTheWay);
  const further = goingOn(root, () => show());
  const idOf = (button) => `${button.closest("[data-story]").dataset.story}-${button.dataset.kind}`;

  function show() {
    root.querySelectorAll("[data-kind]").forEach((button) => {
      const id = idOf(button);
      showMark(button, given.value(id) !== "", given.isWaiting(id));
    });
    // One's own comments can be taken back, and on one's own story all of them; those of others can be reported.
    root.querySelectorAll("[data-comment]").forEach((comment) => {
      const isOwn = comment.dataset.comment === root.dataset.own;
      comment.querySelector("a").hidden = isOwn;
      comment.querySelector("button").hidden = !("clears" in root.dataset) && !isOwn;
    });
    root.querySelectorAll("[data-unfold]").forEach((link) => {
      const story = link.closest("[data-story]");
      story.toggleAttribute("data-unfolded", unfolded.has(story.dataset.story));
    });
    files.show();
  }

  // In place. Where stories stand in columns, the browser may move this one: the page scrolls with it.
  function unfold(event) {
    const link = event.target.closest("[data-unfold]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const text = link.closest("[data-story]").querySelector(".story__t");
    const top = text.getBoundingClientRect().top;
    unfolded.add(link.closest("[data-story]").dataset.story);
    show();
    scrollBy({ top: text.getBoundingClientRect().top - top, behavior: "instant" });
    text.focus({ preventScroll: true });
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
  listen(root, "click", unfold);
  opening(root, ending.signal);
  listen(document, "patched", show);
  listen(document, "mine", ({ detail }) => {
    if (!detail.stories) return;
    onTheWay = detail.coming ?? [];
    given.learn(detail.stories, detail.asked);
  });
  further.look();
  return () => {
    ending.abort();
    files.stop();
    further.stop();
    given.close();
  };
}
