// Times in the browser's zone. Ages are kept up to date by one timer for the whole page.

import { h, setText } from "./dom.js";

const EVERY_MS = 5_000;
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };

// <time> with the day where it is not today.
export function moment(iso) {
  const when = new Date(iso);
  return h("time", { datetime: iso, title: when.toLocaleString() }, clock(when));
}

// <time> that says how long ago it was, and the time itself when pointed at.
export function ago(iso) {
  return h("time", { datetime: iso, class: "ago", title: new Date(iso).toLocaleString() }, age(iso));
}

export function clock(when) {
  const time = when.toLocaleTimeString([], CLOCK);
  const isToday = when.toDateString() === new Date().toDateString();
  return isToday ? time : `${when.toLocaleDateString([], { day: "numeric", month: "short" })}, ${time}`;
}

// "14:00", the hour of a bar.
export const hour = (when) => when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export function age(iso) {
  const seconds = Math.max((Date.now() - new Date(iso)) / 1000, 0);
  return seconds < 10 ? "just now" : `${span(seconds)} ago`;
}

// Seconds in the unit that reads best: "45 s", "12 min", "3 h", "2 d".
export function span(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

setInterval(() => {
  for (const each of document.querySelectorAll("time.ago")) setText(each, age(each.dateTime));
}, EVERY_MS);
