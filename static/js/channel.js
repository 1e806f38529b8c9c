// One channel of a page: its packets are put into the page in order, and one request fills every gap between them
// (after a reconnect, a sleep, a lost packet, or where sockets are blocked).

import { showState } from "./linkstate.js";
import { apply } from "./patches.js";
import { isReloading, isSilence, isThere, reloadWhenIdle, request } from "./server.js";

/**
 * Follow a channel from a revision on. Of its page, `version` is that of the server that made it, `address` makes the
 * request's address, `learn` takes what is the person's own, and `isLive` says whether the socket still works.
 */
export function follow(channel, revision, { version, address, learn, isLive }) {
  let wanted = 0;
  let asking = null;

  function take(packet) {
    if (packet.to <= revision) return;
    if (packet.reload) return reloadWhenIdle();
    if (packet.from > revision) return catchUpTo(packet.to);
    // Until it is loaded anew, the page goes on with what can be patched.
    if (packet.patches.some(([id]) => id === "page")) reloadWhenIdle();
    revision = packet.to;
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
    if (to === revision) return;
    wanted = Math.max(wanted, to);
    catchUp();
  }

  async function ask(signal, hasSlept) {
    const asked = performance.now();
    try {
      const answer = await (hasSlept ? askTwice : request)(address(channel, revision), { signal, onSilence: doubt });
      if (answer.status === 403 || answer.status === 404) return reloadWhenIdle();
      const packet = await answer.json();
      showState(true);
      if (packet.reload || (packet.version && packet.version !== version)) return reloadWhenIdle();
      learn({ ...packet.mine, asked });
      take(packet);
      if (revision < wanted && !isReloading()) setTimeout(() => catchUp(), 200);
    } catch {
      doubt();
    }
  }

  const doubt = () => isLive() || showState(false);
  return { take, catchUp, catchUpTo };
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
