// The evening news on the hall's screen: the newest note stands large, and the next one waits until it has been read.
// While facilitators go through the sessions, theirs is shown instead.

import { now } from "./clock.js";
import { request } from "./server.js";

// Seconds that a note stands at least, and for which it is new; milliseconds between looks whether a new day has begun.
const [READ, FRESH, OFTEN] = [20, 120, 10 * 60000];

export function connect(root) {
  const reports = () => root.querySelector(".news__reports").children;
  const spotlight = () => root.querySelector("#news-spotlight .report");
  let shown = reports()[0]?.id;
  let since = -Infinity;
  let timer = null;

  // Reports stand with the newest first, so the one that has waited longest is just before the one that is shown.
  function show() {
    clearTimeout(timer);
    const report = shown && document.getElementById(shown);
    const next = report ? report.previousElementSibling : reports()[0];
    const wait = since + READ - now();
    if (next && !(report && wait > 0)) {
      shown = next.id;
      since = now();
    }
    mark();
    timer = setTimeout(show, 1000);
  }

  function mark() {
    const report = spotlight() ?? document.getElementById(shown);
    const number = report?.dataset.topic;
    for (const each of reports()) each.toggleAttribute("data-shown", each.id === shown && !spotlight());
    for (const each of reports()) each.toggleAttribute("data-fresh", now() - Number(each.dataset.at) < FRESH);
    for (const each of root.querySelectorAll(".wallmini [data-topic], .news__list [data-topic]")) {
      each.toggleAttribute("data-lit", each.dataset.topic === number);
    }
  }

  async function lookForNewDay() {
    const page = await request(location.href).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("main");
    if (fresh && fresh.dataset.day !== root.dataset.day) location.reload();
  }

  const days = setInterval(lookForNewDay, OFTEN);
  document.addEventListener("patched", show);
  show();
  return () => {
    clearTimeout(timer);
    clearInterval(days);
    document.removeEventListener("patched", show);
  };
}
