// All cameras in a table whose figures are kept up to date.

import { get } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { latestSystem, on } from "../events.js";
import { errorLine } from "./asking.js";
import { lastFrame, rate, stateBadge } from "./camera_words.js";
import { cell, empty, stackedTable } from "./parts.js";

const AGAIN_MS = 5_000;
const COLUMNS = {
  id: ["Camera"],
  state: ["State"],
  rate: ["Frames/s", true],
  last: ["Last frame", true],
  source: ["Source"],
  violations: ["Violations", true],
  actions: [""],
};

export class CameraList {
  // `actions(camera)` gives the buttons of a row.
  constructor(actions) {
    this.actions = actions;
    this.rows = new Map();
    this.body = h("tbody");
    this.table = stackedTable("Cameras", Object.values(COLUMNS), this.body);
    this.table.hidden = true;
    this.empty = empty("No cameras yet", "Add one with its address, a file, or demo:bare to try it out.");
    this.empty.hidden = true;
    this.error = errorLine();
    this.element = h("div", {}, this.error, this.empty, this.table);
  }

  start() {
    this.off = on("system", (system) => this.update(system));
    this.timer = setInterval(() => document.hidden || this.load(), AGAIN_MS);
    return this.load();
  }

  stop() {
    this.off();
    clearInterval(this.timer);
  }

  async load() {
    try {
      this.show(await get("/cameras"));
      setText(this.error, "");
    } catch (error) {
      setText(this.error, error.message);
    }
  }

  show(cameras) {
    const ids = new Set(cameras.map((camera) => camera.id));
    for (const [id, row] of this.rows) {
      if (ids.has(id)) continue;
      row.element.remove();
      this.rows.delete(id);
    }
    cameras.forEach((camera, place) => this.place(camera, place));
    this.empty.hidden = cameras.length > 0;
    this.table.hidden = cameras.length === 0;
    const system = latestSystem();
    if (system) this.figures(system);
  }

  // Rows that stand in their place are not touched, so that the focus stays.
  place(camera, place) {
    const row = this.rows.get(camera.id) ?? new Row(camera, this.actions(camera));
    this.rows.set(camera.id, row);
    const there = this.body.children[place] ?? null;
    if (there !== row.element) this.body.insertBefore(row.element, there);
    row.show(camera);
  }

  // A state that changed comes with a message, which only the list of cameras has.
  update(system) {
    const ids = Object.keys(system.cameras);
    const isChanged = (id) => this.rows.get(id)?.state !== system.cameras[id].state;
    if (ids.length !== this.rows.size || ids.some(isChanged)) this.load();
    else this.figures(system);
  }

  figures(system) {
    for (const [id, row] of this.rows) {
      if (system.cameras[id]) row.figures(system.cameras[id]);
    }
  }
}

class Row {
  constructor(camera, actions) {
    this.badge = h("div");
    this.message = h("p", { class: "camera-message" });
    this.rate = cell(COLUMNS.rate);
    this.last = cell(COLUMNS.last);
    this.source = h("code", { class: "muted" });
    this.violations = cell(COLUMNS.violations);
    this.element = h(
      "tr",
      { "data-camera": camera.id },
      h("th", { scope: "row" }, camera.id),
      cell(COLUMNS.state, h("div", {}, this.badge, this.message)),
      this.rate,
      this.last,
      cell(COLUMNS.source, this.source),
      this.violations,
      h("td", { class: "camera-actions" }, h("div", { class: "actions" }, actions)),
    );
  }

  show(camera) {
    if (camera.state !== this.state) replace(this.badge, stateBadge(camera.state));
    this.state = camera.state;
    setText(this.message, camera.message);
    setText(this.source, camera.source);
    if (camera.violations !== undefined) setText(this.violations, camera.violations);
    this.times(camera);
  }

  figures(figures) {
    this.times(figures);
    setText(this.violations, figures.violations.toLocaleString("en"));
  }

  times({ frames_per_second: perSecond, last_frame_age_seconds: age }) {
    setText(this.rate, rate(perSecond));
    setText(this.last, lastFrame(age));
  }
}
