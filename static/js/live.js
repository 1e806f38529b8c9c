// Keeps the page in step: packets from the socket, and one request that fills every gap
// (after a reconnect, a sleep, a lost packet, or where sockets are blocked).

import { inHall, now, setClock } from "./clock.js";
import { apply } from "./patches.js";
import { request } from "./server.js";

const POLL = 5000;

export function connect(root) {
  const { event, channel, language, url, key = "", version } = root.dataset;
  let revision = Number(root.dataset.revision);
  let wanted = 0;
  let asking = null;
  let poll = null;
  let socket = null;

  function take(packet) {
    if (packet.channel !== channel || packet.to <= revision) return;
    if (packet.reload) return reloadWhenIdle();
    if (packet.from > revision) return catchUpTo(packet.to);
    // Until it is loaded anew, the page goes on with what can be patched.
    if (packet.patches.some(([id]) => id === "page")) reloadWhenIdle();
    revision = root.dataset.revision = packet.to;
    apply(packet.patches.filter(([id]) => id !== "page"));
  }

  const catchUp = () => (asking ??= ask().finally(() => (asking = null)));

  // An answer that was under way already may not reach that far: then it is asked for again.
  function catchUpTo(to) {
    wanted = Math.max(wanted, to);
    catchUp();
  }

  async function ask() {
    const query = new URLSearchParams({ channel, since: revision, language, key });
    const asked = performance.now();
    try {
      const response = await request(`${url}?${query}`);
      if (response.status === 403 || response.status === 404) return reloadWhenIdle();
      const packet = await response.json();
      showState(true);
      if (packet.reload || (packet.version && packet.version !== version)) return reloadWhenIdle();
      document.dispatchEvent(new CustomEvent("mine", { detail: { ...packet.mine, asked } }));
      take(packet);
      if ("told" in (packet.mine ?? {}) && packet.mine.told !== told()) tell();
      if (revision < wanted && !reloading) setTimeout(catchUp, 200);
    } catch {
      showState(Boolean(socket?.connected));
    }
  }

  // What is told to this person alone: the script for it is loaded when something is.
  const told = () => document.getElementById("notices")?.dataset.told;
  const tell = () => import("./notices.js").then(({ show }) => show(url.replace(/live$/, "me/notices"))).catch(console.error);

  const keepPolling = () => (poll ??= setInterval(catchUp, POLL + Math.random() * 1000));
  const stopPolling = () => (poll = clearInterval(poll) ?? null);
  const wake = () => document.visibilityState === "visible" && catchUp();
  // Not at once: that may be in answer to one that is just being taken.
  const astray = () => setTimeout(catchUp, 300);

  async function open() {
    const { io } = await import("../vendor/socket.io.esm.min.js");
    const auth = { event, channel, language, key };
    socket = io({ transports: ["websocket"], auth, reconnectionDelayMax: 5000, randomizationFactor: 0.8 });
    socket.on("joined", (stand) => {
      root.dataset.linked = "";
      stopPolling();
      setClock(stand.now);
      showState(true);
      if (stand.version !== version) reloadWhenIdle();
      if (stand.revision !== revision) catchUpTo(stand.revision);
    });
    socket.on("changes", take);
    socket.on("told", tell);
    // The server is about to stop: all come back, but not at once, and what is missed meanwhile is asked for then.
    socket.on("later", ({ within }) => {
      socket.disconnect();
      setTimeout(() => socket.connect(), Math.random() * within * 1000);
    });
    socket.on("disconnect", () => {
      delete root.dataset.linked;
      lost();
      keepPolling();
      catchUp();
    });
    socket.on("connect_error", catchUp);
  }

  keepPolling();
  open();
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("astray", astray);
  window.addEventListener("online", wake);
  window.addEventListener("offline", () => lost());
  // After Back the page is as it was left, and what is mine may have changed since.
  window.addEventListener("pageshow", (shown) => shown.persisted && wake());
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") catchUp();
  return () => {
    stopPolling();
    socket?.disconnect();
    document.removeEventListener("visibilitychange", wake);
    document.removeEventListener("astray", astray);
    window.removeEventListener("online", wake);
  };
}

// A page that is on its way somewhere else, as after a form was sent, must not be called back.
let leaving = false;
window.addEventListener("beforeunload", () => (leaving = true));
window.addEventListener("pageshow", () => (leaving = false));

// Not under a typing finger, nor while something typed is not sent yet; and not all phones at the same moment.
const TYPED = "form input:not([type=hidden], [type=checkbox], [type=radio]), textarea";
let reloading = null;

function reloadWhenIdle() {
  reloading ??= setInterval(() => {
    if (leaving || isTyping()) return;
    reloading = clearInterval(reloading);
    location.reload();
  }, 300 + Math.random() * 1500);
}

const isTyping = () =>
  document.activeElement?.matches("input:not([type=checkbox], [type=radio]), textarea, select") ||
  [...document.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue);


// Says calmly that there is no connection, and as of when the page stands; nothing when all is fine.
const GRACE = 2500;
let since = now();
let timer = null;

// Until this moment packets came as they were sent: so far the page is right.
function lost() {
  since = now();
  showState(false);
}

function showState(fine) {
  const pill = document.querySelector(".linkstate");
  if (!pill) return;
  if (fine) {
    since = now();
    timer = clearTimeout(timer) ?? null;
    pill.hidden = true;
    document.documentElement.toggleAttribute("data-offline", false);
    return;
  }
  timer ??= setTimeout(() => {
    pill.querySelector("b").textContent = pill.dataset.text.replace("{time}", inHall(since));
    pill.querySelector("span").hidden = !Object.keys(localStorage).some((key) => key.startsWith("waiting:"));
    pill.hidden = false;
    document.documentElement.toggleAttribute("data-offline", true);
  }, GRACE);
}
