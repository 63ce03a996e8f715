// All that is known of one camera, in a dialog.

import { get } from "../api.js";
import { openDialog } from "../dialogs.js";
import { h, replace } from "../dom.js";
import { moment } from "../times.js";
import { lastFrame, rate, stateBadge, tally } from "./camera_words.js";
import { facts } from "./parts.js";

export function showDetails(id) {
  const place = h("div", {}, h("p", { class: "muted" }, "Loading."));
  openDialog(id, place, { wide: true });
  get(`/cameras/${encodeURIComponent(id)}`).then(
    (camera) => replace(place, known(camera)),
    (error) => replace(place, h("p", { class: "error", role: "alert" }, error.message)),
  );
}

function known(camera) {
  const groups = [["Camera", asDeclared], ["Pictures", asSeen], ["Frames", asJudged]];
  return h("div", { class: "camera-facts" }, groups.map(([title, rows]) => group(title, rows(camera))));
}

function asDeclared(camera) {
  return [
    ["Source", h("code", {}, camera.source)],
    ["Kind", camera.kind],
    ["Login", camera.login ?? "none"],
    ["Frames a second", camera.fps ?? "default"],
    ["Motion", camera.motion ?? "default"],
    ["Transport", camera.kind === "rtsp" ? camera.transport : null],
    ["Zones", camera.zones?.length || "none: the whole picture counts"],
  ];
}

function asSeen(camera) {
  return [
    ["State", stateBadge(camera.state)],
    ["Since", camera.state_since && moment(camera.state_since)],
    ["Message", camera.message],
    ["Frames/s", rate(camera.frames_per_second)],
    ["Last frame", lastFrame(camera.last_frame_age_seconds)],
    ["Connections", camera.connections],
    ["Stalls", tally(camera.stalls)],
    ["Faults", tally(camera.faults)],
    ["Read by", camera.producer],
  ];
}

function asJudged(camera) {
  return [
    ["Captured", number(camera.captured)],
    ["Judged", number(camera.processed)],
    ["Waiting", number(camera.waiting)],
    ["Dropped", tally(camera.dropped)],
    ["Dead letters", tally(camera.dead_lettered)],
    ["People", tally(camera.people)],
    ["Violations", number(camera.violations)],
  ];
}

function number(value) {
  return value === undefined || value === null ? null : value.toLocaleString("en");
}

function group(title, rows) {
  return h("section", {}, h("h3", {}, title), facts(rows));
}
