// All cameras in a table whose figures are kept up to date.

import { get } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { latestSystem, on } from "../events.js";
import { lastFrame, rate, stateBadge } from "./camera_words.js";

const AGAIN_MS = 5_000;
const HEADINGS = ["Camera", "State", "Frames/s", "Last frame", "Source", "Violations", ""];

export class CameraList {
  // `actions(camera)` gives the buttons of a row.
  constructor(actions) {
    this.actions = actions;
    this.rows = new Map();
    this.body = h("tbody");
    const heads = HEADINGS.map((text) => h("th", { scope: "col", class: isNumber(text) ? "number" : null }, text || h("span", { class: "unseen" }, "Actions")));
    this.table = h("table", { class: "stacked" }, h("caption", { class: "unseen" }, "Cameras"), h("thead", {}, h("tr", {}, heads)), this.body);
    this.empty = h("div", { class: "empty panel", hidden: true }, h("h2", {}, "No cameras yet"), h("p", {}, "Add one with its address, a file, or demo:bare to try it out."));
    this.error = h("p", { class: "error", role: "alert" });
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
    const isAnother = ids.length !== this.rows.size || ids.some((id) => this.rows.get(id)?.state !== system.cameras[id].state);
    if (isAnother) this.load();
    else this.figures(system);
  }

  figures(system) {
    for (const [id, row] of this.rows) {
      if (system.cameras[id]) row.figures(system.cameras[id]);
    }
  }
}

const isNumber = (heading) => ["Frames/s", "Last frame", "Violations"].includes(heading);

class Row {
  constructor(camera, actions) {
    const cell = (label, isFigure = false) => h("td", { "data-label": label, class: isFigure ? "number" : null });
    this.badge = h("div");
    this.message = h("p", { class: "camera-message" });
    this.rate = cell("Frames/s", true);
    this.last = cell("Last frame", true);
    this.source = h("code");
    this.violations = cell("Violations", true);
    this.element = h(
      "tr",
      { "data-camera": camera.id },
      h("th", { scope: "row" }, camera.id),
      h("td", { "data-label": "State" }, h("div", { class: "camera-state" }, this.badge, this.message)),
      this.rate,
      this.last,
      h("td", { "data-label": "Source", class: "camera-source" }, this.source),
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
