// Keeps the page in step: packets from the socket, and one request that fills every gap
// (after a reconnect, a sleep, a lost packet, or where sockets are blocked).

import { setClock } from "./clock.js";
import { showState } from "./linkstate.js";
import { apply } from "./patches.js";
import { isReloading, isSilence, isThere, reloadWhenIdle, request } from "./server.js";
import { openSocket } from "./socket.js";

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

  // What was asked before a sleep may never be answered.
  function catchUp(hasSlept = false) {
    if (asking && !hasSlept) return;
    asking?.abort();
    const latest = (asking = new AbortController());
    ask(latest.signal, hasSlept).finally(() => asking === latest && (asking = null));
  }

  // An answer that was under way already may not reach that far: then it is asked for again.
  function catchUpTo(to) {
    wanted = Math.max(wanted, to);
    catchUp();
  }

  async function ask(signal, hasSlept) {
    const query = new URLSearchParams({ channel, since: revision, language, key });
    const asked = performance.now();
    try {
      const answer = await (hasSlept ? askTwice : request)(`${url}?${query}`, { signal, onSilence: doubt });
      if (answer.status === 403 || answer.status === 404) return reloadWhenIdle();
      const packet = await answer.json();
      showState(true);
      if (packet.reload || (packet.version && packet.version !== version)) return reloadWhenIdle();
      document.dispatchEvent(new CustomEvent("mine", { detail: { ...packet.mine, asked } }));
      take(packet);
      if ("told" in (packet.mine ?? {}) && packet.mine.told !== told()) tell();
      if (revision < wanted && !isReloading()) setTimeout(() => catchUp(), 200);
    } catch {
      doubt();
    }
  }

  // What is told to this person alone: the script for it is loaded when something is.
  const told = () => document.getElementById("notices")?.dataset.told;
  const tell = () => import("./notices.js").then(({ show }) => show(url.replace(/live$/, "me/notices"))).catch(console.warn);

  const doubt = () => socket?.isLive() || showState(false);
  const keepPolling = () => (poll ??= setInterval(() => catchUp(), POLL + Math.random() * 1000));
  const stopPolling = () => (poll = clearInterval(poll) ?? null);
  // Not at once: that may be in answer to one that is just being taken.
  const astray = () => setTimeout(() => catchUp(), 300);

  function joined(stand) {
    root.dataset.linked = "";
    stopPolling();
    setClock(stand.now);
    if (stand.version !== version) reloadWhenIdle();
    if (stand.revision !== revision) catchUpTo(stand.revision);
  }

  function lost() {
    delete root.dataset.linked;
    keepPolling();
    catchUp(true);
  }

  keepPolling();
  const listeners = { joined, changes: take, told: tell, lost, woken: () => catchUp(true) };
  socket = openSocket({ event, channel, language, key }, listeners);
  document.addEventListener("astray", astray);
  return () => {
    stopPolling();
    socket.close();
    document.removeEventListener("astray", astray);
  };
}

// After a sleep the first answer may never come, and soon another one.
async function askTwice(address, { signal, onSilence }) {
  try {
    return await request(address, { signal, patience: 800 });
  } catch (error) {
    if (!isSilence(error) || signal.aborted) throw error;
  }
  onSilence();
  if (!(await isThere())) throw new Error("the server is away");
  return request(address, { signal });
}
