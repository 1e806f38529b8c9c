// The socket: opened, opened again when it broke, and tried after each sleep, for it may be dead without knowing it.

import { isRight, showState } from "./linkstate.js";
import { hear } from "./server.js";

const BEAT = 2000;
const PROBE = 1500;
// The server says something to every socket at least every 20 seconds.
const SILENCE = 30000;
const OPTIONS = { transports: ["websocket"], timeout: 5000, reconnectionDelayMax: 5000, randomizationFactor: 0.8 };

/** Calls `joined`, `changes`, `told` and `lost`, and `woken` when it may have missed something. */
export function openSocket(auth, { joined, changes, told, lost, woken }) {
  let socket = null;
  let isProbing = false;
  let heard = Date.now();
  let beaten = Date.now();

  const isLive = () => Boolean(socket?.connected) && !isProbing;

  function hearSocket() {
    heard = Date.now();
    hear();
    isRight();
  }

  function wake() {
    if (document.visibilityState !== "visible") return;
    if (!socket?.connected) reopen();
    else if (!isProbing) probe();
    woken();
  }

  function probe() {
    isProbing = true;
    showState(false);
    socket.timeout(PROBE).emit("probe", (silent) => {
      if (silent) reopen();
      else showState(true);
      isProbing = false;
    });
  }

  function reopen() {
    socket?.disconnect();
    socket?.connect();
  }

  // A timer that was late by seconds has slept.
  const beat = setInterval(() => {
    const hasSlept = Date.now() - beaten > 3 * BEAT;
    beaten = Date.now();
    if (hasSlept || (socket?.connected && beaten - heard > SILENCE)) wake();
  }, BEAT);

  async function open() {
    const { io } = await import("../vendor/socket.io.esm.min.js");
    socket = io({ ...OPTIONS, auth });
    socket.on("joined", (stand) => {
      hearSocket();
      showState(true);
      joined(stand);
    });
    socket.on("changes", (packet) => {
      hearSocket();
      changes(packet);
    });
    socket.on("told", told);
    socket.io.on("ping", hearSocket);
    // The server is about to stop: all come back, but not at once, and what is missed meanwhile is asked for then.
    socket.on("later", ({ within }) => {
      socket.disconnect();
      setTimeout(() => socket.connect(), Math.random() * within * 1000);
    });
    socket.on("disconnect", (reason) => {
      // One that broke had told everything until now; one that fell silent had not.
      if (reason !== "ping timeout" && !isProbing) isRight();
      showState(false);
      lost();
    });
    socket.on("connect_error", () => woken());
  }

  // After Back the page is as it was left, and what is mine may have changed since.
  const shown = ({ persisted }) => persisted && wake();
  const away = () => showState(false);
  open().catch(console.warn);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  window.addEventListener("offline", away);
  window.addEventListener("pageshow", shown);
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") woken();

  function close() {
    clearInterval(beat);
    socket?.disconnect();
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("online", wake);
    window.removeEventListener("offline", away);
    window.removeEventListener("pageshow", shown);
  }
  return { isLive, close };
}
