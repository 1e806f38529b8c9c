// The singing bowl: made of sines, and rung at the moments of the server's clock, so that all screens ring as one.

import { now, setClock } from "./clock.js";

// Each partial of the bowl: its tone as a multiple of the lowest, its loudness, and in how many seconds it fades. They
// are not harmonic, and each is two tones that lie so close together that they beat.
const PARTIALS = [[1, 0.42, 13], [2.71, 0.26, 8], [5.13, 0.1, 4.5], [8.06, 0.04, 2.5]];
const [TONE, BEAT, ATTACK] = [187, 0.8, 0.045];
// How many strokes there are 10 and 5 minutes before the end, and at the end; and how many seconds apart.
const [STROKES, APART] = [{ 10: 1, 5: 2, 0: 3 }, 4];
// Seconds: rings are handed to the sound device so long before; again if they would be off by so much; and left out if
// they are late, as after a sleep.
const [AHEAD, OFF, LATE] = [75, 0.03, 1];

let context = null;
let rings = [];
const given = new Map();
const shown = new Set();

/** Whether the bowl could be heard now. A browser makes sound only after somebody has touched the page. */
export const hasSound = () => context?.state === "running";

/** Let the page make sound; within a touch or a click. Resolves to whether it can. */
export async function wake() {
  context ??= new AudioContext();
  await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 1000))]);
  tick();
  return hasSound();
}

/** Ring at these moments, pairs of seconds and the minutes before an end, and at no others. */
export function ringAt(list) {
  rings = list;
  tick();
}

/** One stroke, as of now: to hear how loud it is. */
export const tryOut = () => stroke(context.currentTime + 0.05);

// The server's time is as old as half of the way there and back. Of the last answers the quickest is the most exact.
let [best, bestAt] = [Infinity, 0];

/** Learn the server's time, `sent` being when it was asked, by performance.now(). */
export function learn(seconds, sent) {
  const taken = (performance.now() - sent) / 1000;
  if (taken > best && performance.now() - bestAt < 120000) return;
  [best, bestAt] = [taken, performance.now()];
  setClock(seconds + taken / 2);
}

function tick() {
  for (const [moment, minutes] of rings) {
    const left = moment - now();
    if (left < AHEAD && left > -LATE) give(moment, minutes, left);
    if (left <= 0 && left > -LATE && !shown.has(moment)) show(moment, minutes);
  }
  for (const moment of given.keys()) if (!rings.some(([at]) => at === moment)) takeBack(moment);
}

function give(moment, minutes, left) {
  if (!hasSound()) return;
  const before = given.get(moment);
  // What is heard has left the device some time ago.
  const { contextTime, performanceTime } = context.getOutputTimestamp();
  const heard = contextTime ? contextTime + (performance.now() - performanceTime) / 1000 : context.currentTime;
  const at = heard + left;
  if (before && (left < 0.2 || Math.abs(before.at - at) < OFF)) return;
  takeBack(moment);
  if (at < context.currentTime - LATE) return;
  const tones = Array.from({ length: STROKES[minutes] ?? 1 }, (_, n) => stroke(at + n * APART)).flat();
  given.set(moment, { at, tones });
}

// What has begun goes on, and rings out.
function takeBack(moment) {
  const { at, tones } = given.get(moment) ?? {};
  if (tones && at > context.currentTime) tones.forEach((tone) => tone.stop());
  if (tones) given.delete(moment);
}

function show(moment, minutes) {
  shown.add(moment);
  document.dispatchEvent(new CustomEvent("bowl", { detail: { moment, minutes, isHeard: given.has(moment) } }));
}

function stroke(at) {
  return PARTIALS.flatMap(([ratio, loudness, seconds]) => [-1, 1].map((side) => tone(at, ratio, side, loudness / 2, seconds)));
}

function tone(at, ratio, side, loudness, seconds) {
  const [sine, gain] = [context.createOscillator(), context.createGain()];
  const start = Math.max(at, context.currentTime);
  sine.frequency.value = TONE * ratio + (side * BEAT * Math.sqrt(ratio)) / 2;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(loudness, start + ATTACK);
  gain.gain.setTargetAtTime(0, start + ATTACK, seconds / 4);
  sine.connect(gain).connect(context.destination);
  sine.start(start);
  sine.stop(start + seconds * 1.6);
  return sine;
}

setInterval(tick, 250);
