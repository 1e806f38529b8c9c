// A screen of the hall says every five seconds that it is there and what it shows, and is told what to show.

import { hasSound, learn, ringAt, tryOut, wake } from "./bowl.js";
import { screenName } from "./screenname.js";
import { reloadWhenIdle, request } from "./server.js";

const [BEAT, SHOWN] = [5000, 20000];

export function connect(root) {
  const { scene, hear } = root.dataset;
  const [label, key, dark] = root.children;
  const home = homeOf(scene);
  let [name, told, isAsking, hasTried] = [null, null, false, false];

  async function beat(words = {}) {
    if (isAsking && !words.rings) return;
    isAsking = true;
    name ??= await screenName();
    const sent = performance.now();
    const said = { scene, home, ...(hasSound() && { sound: "y" }), ...words };
    const headers = { "X-CSRFToken": document.querySelector("input[name=csrf_token]").value };
    const asking = request(hear.replace("NAME", name), { method: "POST", headers, body: new URLSearchParams(said) });
    const answer = await asking.catch(() => null);
    isAsking = false;
    // The key was renewed.
    if (answer?.status === 404) reloadWhenIdle();
    if (answer?.ok) take(await answer.json(), sent);
  }

  function take(answer, sent) {
    learn(answer.now, sent);
    if (!told) introduce(answer.number);
    told = answer;
    ringAt(answer.rings ?? []);
    // Some browsers need no touch: kiosks that were told so, and those that were touched on the page before.
    if (answer.rings && !hasTried) wake();
    hasTried ||= Boolean(answer.rings);
    document.documentElement.toggleAttribute("data-rings", Boolean(answer.rings?.length));
    dark.hidden = !answer.is_blank;
    // A dark screen stays on its page, for the next one would light up before it is dark.
    if (!answer.is_blank && answer.scene !== scene) go(answer.address);
  }

  // So that whoever has put it up can tell on the console which one it is.
  function introduce(number) {
    label.textContent = label.dataset.words.replace("{number}", number);
    label.hidden = false;
    setTimeout(() => (label.hidden = true), SHOWN);
  }

  // The first touch shows what the second will do: nobody lets the bowl ring by leaning on a table.
  let hiding = null;
  async function touch(event) {
    // Nothing else on a screen is for touching: it must not leave for a topic's page.
    if (!root.contains(event.target)) event.preventDefault();
    if (!told) return;
    await wake();
    const isOn = Boolean(told.rings) && hasSound();
    const isKey = key.contains(event.target) && !key.hidden;
    if (isKey && !isOn) tryOut();
    if (isKey) await beat({ rings: isOn ? "n" : "y" });
    const words = key.querySelector("span");
    words.textContent = Boolean(told.rings) && hasSound() ? words.dataset.off : words.dataset.on;
    key.hidden = isKey;
    clearTimeout(hiding);
    hiding = setTimeout(() => (key.hidden = true), BEAT);
  }

  const patched = ({ detail }) => told && detail.includes(`screen-${told.number}`) && beat();
  const timer = setInterval(beat, BEAT, {});
  const ending = new AbortController();
  const listen = (type, listener) => document.addEventListener(type, listener, { capture: true, signal: ending.signal });
  listen("patched", patched);
  listen("click", touch);
  beat();
  return () => {
    clearInterval(timer);
    ending.abort();
  };
}

// The scene at whose address somebody has opened it; where it was sent from there does not change that.
function homeOf(scene) {
  if (sessionStorage.sentTo !== location.pathname) {
    sessionStorage.removeItem("sentTo");
    sessionStorage.home = scene;
  }
  return sessionStorage.home ?? scene;
}

function go(address) {
  sessionStorage.sentTo = address;
  location.replace(address + location.search);
}
