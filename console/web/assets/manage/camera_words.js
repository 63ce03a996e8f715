// What of a camera is said in words.

import { h } from "../dom.js";
import { span } from "../times.js";

const STATES = {
  live: ["Live", "good"],
  connecting: ["Connecting", "warn"],
  stalled: ["Stalled", "warn"],
  backing_off: ["Waiting to try again", "warn"],
  failed: ["Failed", "bad"],
  stopped: ["Stopped", ""],
};

export const SOURCES = [
  ["rtsp://10.0.0.9/stream", "an RTSP camera"],
  ["http://10.0.0.10/video", "MJPEG, or one JPEG at a time"],
  ["https://10.0.0.12/live.m3u8", "an HLS stream"],
  ["0 or /dev/video0", "a USB camera"],
  ["/videos/clip.mp4 or /pictures/", "a file or a folder, every picture once"],
  ["loop:/videos/clip.mp4", "a file again and again, as if it were a camera"],
  ["watch:/inbox/", "a folder, pictures as they come into it"],
  ["demo:bare or demo:masked", "a drawn feed to try it out"],
];

export function stateBadge(state) {
  const [text, kind] = STATES[state] ?? [state, ""];
  return h("span", { class: `badge ${kind}` }, text);
}

export function lastFrame(seconds) {
  return seconds === null || seconds === undefined ? "never" : `${span(seconds)} ago`;
}

export const rate = (perSecond) => (perSecond ?? 0).toFixed(1);

// {"overload": 3, "stale": 1} as a text; what is 0 is left out.
export function tally(counts) {
  const said = Object.entries(counts ?? {}).filter(([, count]) => count > 0);
  return said.map(([name, count]) => `${name.replaceAll("_", " ")} ${count.toLocaleString("en")}`).join(", ") || "none";
}

// What a test of a camera found, in one line.
export function tested({ width, height, codec, claimed_fps: claimed, measured_fps: measured }) {
  const rates = [claimed && `claims ${round(claimed)} frames/s`, measured && `gives ${round(measured)} frames/s`];
  return [`${width} × ${height} pixels`, codec, ...rates].filter(Boolean).join(", ");
}

const round = (value) => Math.round(value * 10) / 10;
