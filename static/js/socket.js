// The socket: opened, opened again when it broke, and tried after each sleep, for it may be dead without knowing it.

import { isRight, showState } from "./linkstate.js";
import { hear } from "./server.js";

const [BEAT, PROBE] = [2000, 1500];
// The server says something to every socket at least every 20 seconds.
const SILENCE = 30000;
const OPTIONS = { transports: ["websocket"], timeout: 5000, reconnectionDelayMax: 5000, randomizationFactor: 0.8 };

/** Calls `joined`, `changes`, `told` and `lost`, and `woken` when it may have missed something. */
export function openSocket(auth, { joined, changes, told, lost, woken }) {
  let socket = null;
  let [isProbing, returning] = [false, null];
  let [heard, beaten] = [Date.now(), Date.now()];

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
      clearTimeout(returning);
      returning = setTimeout(() => socket.connect(), Math.random() * within * 1000);
    });
    socket.on("disconnect", (reason) => {
      // One that broke had told everything until now; one that fell silent had not.
      if (reason !== "ping timeout" && !isProbing) isRight();
      showState(false);
      lost();
    });
    socket.on("connect_error", () => woken());
  }

  const ending = new AbortController();
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  listen(document, "visibilitychange", wake);
  listen(window, "online", wake);
  listen(window, "offline", () => showState(false));
  // After Back the page is as it was left, and what is one's own may have changed since.
  listen(window, "pageshow", ({ persisted }) => persisted && wake());
  open().catch(console.warn);
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") woken();

  function close() {
    clearInterval(beat);
    ending.abort();
    socket?.disconnect();
  }
  return { isLive, close };
}
