// The facilitators' console: a topic is picked up and placed, by tap, by drag or by keys.

import { drags } from "./drag.js";
import { nearest } from "./arrows.js";
import { write, request } from "./server.js";
import { say } from "./toast.js";

// A hand that has been full for so long is emptied: what was in it may have been moved, and its holder has forgotten it.
const HELD = 10 * 60 * 1000;
const COLUMNS = "(min-width: 62.5em)";

const words = (element) => element.textContent.replaceAll("\u00ad", "").replace(/\s+/g, " ").trim();
const titleOf = (sheet) => words(sheet.querySelector(".sheet__title"));
const cellOf = (element) => (element.id.startsWith("cell-") ? element.id.slice(5) : "");

export function connect(root) {
  const ending = new AbortController();
  const listen = (target, type, listener, options) => target.addEventListener(type, listener, { ...options, signal: ending.signal });
  const bar = root.querySelector(".inhand");
  const [keys, answers] = [bar.querySelector(".inhand__keys"), bar.querySelector(".inhand__answers")];
  const sayings = bar.querySelector(".inhand__say");
  const member = document.querySelector(".toasts")?.dataset.member;
  // What is in the hand: the topic's number and title, the cell it hangs in, and since when.
  let hand = null;
  // What each free cell would cost; null until the answer is there.
  let costs = null;
  // The hand whose topic is on its way to where it was let go.
  let going = null;
  // What the server was told of the hand, one after the other: over a slow network it would arrive in any order.
  let told = Promise.resolve();

  const address = (name) => root.dataset[name].replace("/0/", `/${hand.number}/`);
  const taken = () => bar.querySelector("[name=taken]:checked").value;
  const inHand = () => hand && [...root.querySelectorAll(`.sheet[data-topic="${hand.number}"]`)].find((sheet) => cellOf(sheet) === hand.cell);

  function tell(text, state = hand ? "holding" : "") {
    sayings.textContent = text || root.dataset.idle;
    bar.toggleAttribute("data-state", Boolean(state));
    if (state) bar.dataset.state = state;
  }

  function show() {
    root.toggleAttribute("data-holding", Boolean(hand));
    keys.hidden = !hand;
    root.querySelectorAll(".sheet[data-in-hand]").forEach((sheet) => sheet !== inHand() && sheet.removeAttribute("data-in-hand"));
    inHand()?.setAttribute("data-in-hand", "");
    root.querySelectorAll(".place:not([data-closed])").forEach(showCost);
    showHands();
  }

  // Where only facilitators hang topics, a free place is no link; with something in the hand it is one of ours.
  function showCost(place) {
    if (!place.href) place.tabIndex = hand ? 0 : -1;
    place.querySelector(".place__cost")?.remove();
    const cost = hand && costs?.[cellOf(place)];
    place.toggleAttribute("data-forbidden", Boolean(hand && costs && (!cost || cost.is_forbidden)));
    if (!hand) return place.removeAttribute("aria-label");
    const said = document.createElement("span");
    said.className = "place__cost";
    said.style.display = "block";
    said.textContent = [root.dataset.here, ...(cost?.words ?? [])].join(" · ");
    place.append(said);
    place.setAttribute("aria-label", `${words(place.querySelector("span"))}: ${(cost?.words ?? []).join(", ")}`.replace(/: $/, ""));
  }

  function showHands() {
    root.querySelectorAll(".sheet[data-held]").forEach((sheet) => sheet.removeAttribute("data-held"));
    for (const held of root.querySelectorAll("#hands li")) {
      const { dataset } = held;
      held.hidden = dataset.member === member;
      const sheet = dataset.member !== member && document.getElementById(dataset.at);
      if (sheet) sheet.dataset.held = root.dataset.held.replace("{name}", dataset.name);
    }
  }

  function pickUp(sheet) {
    hand = { number: Number(sheet.dataset.topic), title: titleOf(sheet), cell: cellOf(sheet), at: Date.now() };
    costs = null;
    answers.hidden = true;
    bar.querySelector("[data-do=open]").href = sheet.querySelector("a").href;
    const merge = bar.querySelector("[data-do=merge]");
    merge.href = merge.pathname.replace(/\/topics\/\d+\//, `/topics/${hand.number}/`);
    bar.querySelector("[data-do=market]").hidden = !hand.cell;
    tell(root.dataset.inHand.replace("{title}", hand.title));
    show();
    tellHand("PUT", { number: hand.number, cell: hand.cell });
    const held = hand;
    request(`${address("costs")}?moving=${hand.cell}`, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((found) => {
        if (hand !== held) return;
        costs = found;
        show();
      })
      .catch(() => {});
  }

  function empty(text = "") {
    const held = hand;
    hand = null;
    answers.hidden = true;
    tell(text);
    show();
    return held;
  }

  function putBack(text) {
    const sheet = inHand();
    if (empty(text)) tellHand("DELETE");
    sheet?.querySelector("a").focus({ preventScroll: true });
  }

  const send = (action, method, fields = {}) =>
    write(action, { method, headers: { Accept: "application/json" }, body: method === "DELETE" ? undefined : new URLSearchParams(fields), keepalive: true });

  const tellHand = (method, fields) => (told = told.then(() => send(root.dataset.hand, method, fields)).catch(() => {}));

  // What is in the hand stays there until our answer says that it hangs; another tap meanwhile does nothing.
  async function act(action, method, fields) {
    if (going === hand) return;
    const held = (going = hand);
    root.setAttribute("aria-busy", "true");
    const answer = await send(action, method, fields).catch(() => null);
    const said = await answer?.json().catch(() => ({}));
    if (going === held) {
      going = null;
      root.removeAttribute("aria-busy");
    }
    held.isUnsure = !answer;
    if (!answer) {
      say();
      return stale();
    }
    if (hand !== held) return say(said.says);
    if (answer.ok) return empty(said.says ?? "");
    refuse(said, action, method, fields);
  }

  // A refusal offers what can be done instead: the free places nearby, or to do it anyway.
  function refuse({ says, problem, free = [], is_final: isFinal }, action, method, fields) {
    tell(says, "refused");
    const offers = free.map((one) => offer(nameOf(one), () => hang(one.cell)));
    if (problem === "ConvenerBusy" && !isFinal) offers.push(offer(root.dataset.anyway, () => act(action, method, { ...fields, anyway: "y" })));
    answers.replaceChildren(...offers);
    answers.hidden = !offers.length;
    stale();
  }

  function offer(text, doIt) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--s";
    button.textContent = text;
    button.addEventListener("click", doIt);
    return button;
  }

  const hang = (cell, there = "") =>
    act(address("place"), "PUT", { cell, moving: hand.cell, there, taken: there ? taken() : "" });

  function drop(target) {
    if (!target || !hand) return;
    if (target.matches(".place")) return hang(cellOf(target));
    if (target.matches(".console__side, .market")) return toMarket();
    if (target === inHand()) return putBack();
    if (cellOf(target)) return hang(cellOf(target), target.dataset.topic);
    pickUp(target);
  }

  const toMarket = () => (hand.cell ? act(`${address("place")}?cell=${hand.cell}`, "DELETE") : putBack());

  async function hide() {
    const dialog = root.querySelector("#hiding");
    dialog.querySelector("input").value = "";
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
    if (dialog.returnValue === "hide" && hand) act(address("hide"), "PUT", { why: dialog.querySelector("input").value });
  }

  // What is in the hand was moved by somebody else; or by oneself, where no answer came. The patch may come before it.
  function stale() {
    if (hand && hand !== going && !inHand()) empty(hand.isUnsure ? "" : root.dataset.moved);
  }

  function wake() {
    if (hand && Date.now() - hand.at > HELD) putBack(root.dataset.letGo);
  }

  function click(event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    const does = event.target.closest("[data-do]")?.dataset.do;
    if (does && !event.target.closest("a")) return { market: toMarket, hide, cancel: () => putBack() }[does]();
    const button = event.target.closest("[formaction]");
    const target = event.target.closest(".sheet, .place:not([data-closed])");
    if (button || !target || (!hand && target.matches(".place"))) return;
    event.preventDefault();
    if (hand) drop(target);
    else pickUp(target);
  }

  // Buttons whose answer changes only what is live: the page stays.
  function step(event) {
    const parts = ["steps/", "slots/", "petitions/", "merges/", "lock?"].map((part) => `[formaction*='/facilitator/${part}']`);
    const button = event.target.closest([...parts, "[formaction*='/withdrawal']"].join());
    if (!button) return;
    event.preventDefault();
    const [action, query] = button.getAttribute("formaction").split("?");
    const { method, ...asked } = Object.fromEntries(new URLSearchParams(query));
    make(`${action}?${new URLSearchParams(asked)}`, method, button.name ? { [button.name]: button.value } : {});
  }

  async function make(action, method, fields) {
    const answer = await send(action, method, fields).catch(() => null);
    const said = await answer?.json().catch(() => ({}));
    if (said?.free?.length && !hand) return offerPlaces(said);
    say(said?.says);
  }

  // A topic that an undo cannot bring back to where it hung may hang nearby.
  function offerPlaces({ says, free, topic, moving }) {
    const place = root.dataset.place.replace("/0/", `/${topic}/`);
    tell(says, "refused");
    answers.replaceChildren(...free.map((one) => offer(nameOf(one), () => empty() ?? make(place, "PUT", { cell: one.cell, moving }))));
    answers.hidden = false;
  }

  function nameOf({ cell, number, space, starts_at: starts }) {
    const time = document.querySelector(`#time-${cell.split("-")[0]} time`)?.textContent ?? starts.slice(11, 16);
    return `${time} · ${number} ${space}`;
  }

  function press(event) {
    const isTyping = event.target.matches?.("input:not([type=radio]), textarea, select");
    if (isTyping || root.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "?") root.querySelector("#keys").showModal();
    else if (key === "Escape" && hand) putBack();
    else if (key === "Escape" && bar.dataset.state === "refused") empty();
    else if (hand && key === "Enter" && event.target.matches("span.place")) drop(event.target);
    else if (hand && event.code === "KeyM") toMarket();
    else if (hand && event.code === "KeyH") hide();
    else if (hand && event.code === "KeyS") bar.querySelector("[name=taken]:not(:checked)").click();
    else if (key.startsWith("Arrow") && !event.target.matches("input")) go(event);
  }

  function go(event) {
    const places = [...root.querySelectorAll(".board .sheet a, .board .place:not([data-closed]), .market .sheet a")].filter((link) => link.checkVisibility());
    const next = nearest(places, document.activeElement, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // A patch may take away the element that had the focus: it goes to what hangs there now.
  let focused = null;
  listen(root, "focusin", ({ target }) => (focused = target.closest(".sheet, .place")?.id ?? null));
  function keepFocus() {
    if (!focused || document.activeElement !== document.body) return;
    const element = document.getElementById(focused);
    (element?.querySelector("a") ?? element)?.focus({ preventScroll: true });
  }

  function patched() {
    stale();
    show();
    keepFocus();
  }

  const stop = drags(root, {
    from: ".sheet",
    over: ".place:not([data-closed]), .board .sheet, .console__side",
    begin: pickUp,
    drop,
    cancel: () => hand && putBack(),
    holds: () => hand,
  });
  listen(root, "click", click, { capture: true });
  listen(document, "click", step, { capture: true });
  listen(document, "keydown", press);
  listen(document, "patched", patched);
  listen(document, "visibilitychange", wake);
  listen(window, "pagehide", () => putBack());
  const timer = setInterval(wake, 30000);
  tell("");
  show();
  // A page that was closed by a crash, or had no network then, has left something in the hand.
  if (root.querySelector(`#hands li[data-member="${member}"]`)) tellHand("DELETE");
  return () => {
    stop();
    clearInterval(timer);
    ending.abort();
  };
}
