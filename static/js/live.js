// Keeps the page in step with all channels that its markup names, over one socket.

import { connectAll } from "./announcements.js";
import { follow } from "./channel.js";
import { setClock } from "./clock.js";
import { reloadWhenIdle } from "./server.js";
import { openSocket } from "./socket.js";

const POLL = 5000;

export function connect(root) {
  const { event, language, url, key = "", version, announced = 0 } = root.dataset;
  let poll = null;
  let socket = null;

  const channels = new Map();
  const page = {
    version,
    address: (channel, since) => `${url}?${new URLSearchParams({ channel, since, language, key })}`,
    isLive: () => Boolean(socket?.isLive()),
    learn(mine) {
      document.dispatchEvent(new CustomEvent("mine", { detail: mine }));
      hear(mine);
      if ("told" in mine && mine.told !== document.getElementById("notices")?.dataset.told) tell();
    },
  };
  Object.entries(JSON.parse(root.dataset.channels)).forEach(([name, revision]) => channels.set(name, follow(name, revision, page)));

  // Announcements come to every page unasked, and are asked for only when one was missed. The hall's screens have a channel.
  const everywhere = follow("announcements", Number(announced), page);
  const hear = (stand) => stand.announced && !key && everywhere.catchUpTo(stand.announced);
  const isAnnouncement = ({ detail }) => detail.some((id) => id.startsWith("announcement-"));
  // Its script is here already: one that came just before the network went can be put away, and leaves at its end.
  const patched = (event) => isAnnouncement(event) && connectAll();

  // What is told to this person alone: the script for it is loaded when something is.
  const tell = () => import("./notices.js").then(({ show }) => show(url.replace(/live$/, "me/notices"))).catch(console.warn);

  const catchUp = (hasSlept) => channels.forEach((channel) => channel.catchUp(hasSlept));
  const keepPolling = () => (poll ??= setInterval(() => catchUp(false), POLL + Math.random() * 1000));
  const stopPolling = () => (poll = clearInterval(poll) ?? null);
  // Not at once: that may be in answer to one that is just being taken.
  const astray = () => setTimeout(() => catchUp(false), 300);

  function joined(stand) {
    root.dataset.linked = "";
    stopPolling();
    setClock(stand.now);
    if (stand.version !== version) reloadWhenIdle();
    hear(stand);
    Object.entries(stand.revisions).forEach(([name, revision]) => channels.get(name).catchUpTo(revision));
  }

  function lost() {
    delete root.dataset.linked;
    keepPolling();
    catchUp(true);
  }

  keepPolling();
  function changes(packet) {
    if (packet.channel === "announcements") return key || everywhere.take(packet);
    channels.get(packet.channel)?.take(packet);
    hear(packet);
  }
  const listeners = { joined, changes, told: tell, lost, woken: () => catchUp(true) };
  socket = openSocket({ event, channels: [...channels.keys()], language, key }, listeners);
  document.addEventListener("astray", astray);
  document.addEventListener("patched", patched);
  return () => {
    stopPolling();
    socket.close();
    document.removeEventListener("astray", astray);
    document.removeEventListener("patched", patched);
  };
}
