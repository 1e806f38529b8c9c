// Running a guide on this phone, step by step, by the time at which the step ends. All that it needs is on the page, and
// the phone keeps how it stands: a network is not asked, and after a reload it goes on.

import { keepAwake } from "./awake.js";
import { inClock, left } from "./left.js";
import { begun, keep, kept, longer, paused } from "./runstate.js";

const [SOON, CHAIRS] = [60, 24];

export function connect(root) {
  const [read, run] = [root.querySelector(".gd__reading"), root.querySelector(".run")];
  const part = (name) => run.querySelector(`.run__${name}`);
  const steps = [...root.querySelectorAll(".gstep")];
  const words = run.dataset;
  const key = `run:${words.run}`;
  let state = kept(key, steps.length);
  let isRead = false;
  let sleep = null;

  const titleOf = (step) => step.querySelector("h3").textContent;
  const say = (text) => (part("say").textContent = text);
  const next = () => steps[state.step + 1];

  function begin(step) {
    state = begun(step, Number(steps[step].dataset.minutes));
    say(`${stand()}: ${titleOf(steps[step])}`);
    navigator.vibrate?.(80);
  }

  const stand = () => words.step.replace("{n}", state.step + 1).replace("{of}", steps.length);
  const deeds = {
    begin: () => (state ? (isRead = false) : begin(0)),
    read: () => (isRead = true),
    back: () => begin(state.step - 1),
    next: () => (next() ? begin(state.step + 1) : (state = null)),
    end: () => (state = null),
    pause: () => (state = paused(state)),
    more: () => (state = longer(state)),
  };

  function act(event) {
    const deed = event.target.closest("[data-do]")?.dataset.do;
    if (!deed || (!state && deed !== "begin")) return;
    deeds[deed]();
    if (!state) isRead = false;
    keep(key, state);
    show();
    if (["begin", "back", "next", "read", "end"].includes(deed)) window.scrollTo(0, 0);
    if (deed === "begin" || (deed === "next" && state)) part("title").focus();
  }

  function show() {
    const isOn = Boolean(state);
    read.hidden = isOn && !isRead;
    run.hidden = !read.hidden;
    root.toggleAttribute("data-running", isOn);
    if (isOn && !sleep) sleep = keepAwake();
    if (!isOn && sleep) sleep = sleep();
    if (isOn) fill(steps[state.step]);
    tick();
  }

  function fill(step) {
    part("n").textContent = stand();
    part("title").textContent = titleOf(step);
    part("text").replaceChildren(...[...step.querySelectorAll(".gstep__words > :not(h3:first-child)")].map((each) => each.cloneNode(true)));
    const following = next();
    part("next").hidden = !following;
    if (following) {
      part("then").textContent = words.next.replace("{title}", titleOf(following));
      part("lasts").textContent = words.lasts.replace("{n}", following.dataset.minutes);
    }
    run.querySelector("[data-do=back]").hidden = state.step === 0;
    run.toggleAttribute("data-last", !following);
    run.toggleAttribute("data-paused", Boolean(state.paused));
  }

  function tick() {
    if (!state) return;
    const seconds = left(state);
    const ring = run.querySelector(".ring");
    const time = inClock(seconds);
    if (ring.textContent !== time) ring.textContent = time;
    ring.style.setProperty("--n", Math.max(0, Math.min(CHAIRS, Math.ceil((seconds / state.seconds) * CHAIRS))));
    run.toggleAttribute("data-over", seconds <= 0);
    announce(seconds <= 0 ? "over" : seconds <= SOON && state.seconds > SOON ? "soon" : "");
  }

  // That the end is near, and what comes next, is said once.
  function announce(what) {
    if (!what || state.told === what || state.paused) return;
    state.told = what;
    keep(key, state);
    say([what === "soon" ? words.soon : words.up, next() ? words.next.replace("{title}", titleOf(next())) : ""].join(" "));
    navigator.vibrate?.(what === "over" ? [300, 150, 300] : 120);
  }

  root.addEventListener("click", act);
  const timer = setInterval(tick, 250);
  root.querySelectorAll(".gd__start").forEach((button) => (button.hidden = false));
  show();
  return () => {
    clearInterval(timer);
    root.removeEventListener("click", act);
    sleep?.();
  };
}
