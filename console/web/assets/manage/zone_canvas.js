// A still with its zones, to be changed with mouse, pen or finger.

import { h, svg } from "../dom.js";
import { shapes } from "./zone_drawing.js";

const NEAR_PX = 14; // as close to the first corner means: close the polygon

export class ZoneCanvas {
  // `state` is a ZoneState; `kind()` says what a polygon becomes that is begun on the bare picture.
  constructor(state, kind) {
    this.state = state;
    this.kind = kind;
    this.drag = null;
    this.isGrabbed = false; // whether the press that a click ends was on something
    this.picture = h("img", { alt: "", class: "zone-still", draggable: "false" });
    this.surface = svg("svg", { class: "zone-surface", tabindex: 0, role: "group", "data-key": "picture" });
    this.element = h("div", { class: "zone-stage" }, this.picture, this.surface);
    this.listen();
  }

  listen() {
    const surface = this.surface;
    surface.addEventListener("pointerdown", (event) => this.press(event));
    surface.addEventListener("pointermove", (event) => this.move(event));
    surface.addEventListener("pointerup", () => (this.drag = null));
    surface.addEventListener("pointercancel", () => (this.drag = null));
    surface.addEventListener("click", (event) => this.click(event));
    this.resizing = new ResizeObserver(() => this.render());
    this.resizing.observe(surface);
  }

  close() {
    this.resizing.disconnect();
  }

  show(address) {
    this.picture.src = address;
  }

  render() {
    const { width, height } = this.size();
    this.surface.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.surface.classList.toggle("is-drawing", this.state.draft !== null);
    this.surface.setAttribute("aria-label", this.described());
    this.surface.replaceChildren(...shapes(this.state, width, height));
  }

  described() {
    const count = this.state.zones.length;
    return `Picture with ${count} ${count === 1 ? "zone" : "zones"}. All of it can be done in the list too.`;
  }

  size() {
    const { width, height } = this.surface.getBoundingClientRect();
    return { width: width || 1, height: height || 1 };
  }

  // Where an event is, in shares of the picture.
  at(event) {
    const { left, top, width, height } = this.surface.getBoundingClientRect();
    return [(event.clientX - left) / (width || 1), (event.clientY - top) / (height || 1)];
  }

  press(event) {
    this.isGrabbed = false;
    if (this.state.draft !== null || event.button !== 0) return;
    this.drag = this.grabbed(event);
    this.isGrabbed = this.drag !== null;
    if (this.isGrabbed) this.surface.setPointerCapture(event.pointerId);
  }

  // What a press takes hold of; the name of a gesture makes one step of undo of all its moves.
  grabbed(event) {
    const { state } = this;
    const hit = event.target.closest("[data-corner], [data-middle], [data-zone]");
    if (hit === null) return null;
    const [from, gesture] = [this.at(event), `drag ${event.timeStamp}`];
    if (hit.dataset.zone === undefined) return { zone: state.selected, corner: this.cornerOf(hit), gesture };
    const zone = Number(hit.dataset.zone);
    state.select(zone);
    return { zone, corner: -1, points: state.zones[zone].points, from, gesture };
  }

  cornerOf(hit) {
    const { state } = this;
    if (hit.dataset.corner === undefined) {
      const after = Number(hit.dataset.middle);
      return state.addCorner(state.selected, after) ? after + 1 : after;
    }
    state.select(state.selected, Number(hit.dataset.corner));
    return state.corner;
  }

  move(event) {
    if (this.state.draft !== null) return this.stretch(event);
    if (this.drag === null) return;
    const [x, y] = this.at(event);
    const { zone, corner, points, from, gesture } = this.drag;
    if (corner >= 0) this.state.moveCorner(zone, corner, x, y, gesture);
    else this.state.moveZone(zone, points, x - from[0], y - from[1], gesture);
  }

  // The line from the last corner to the pointer.
  stretch(event) {
    const last = this.state.draft.points.at(-1);
    const line = this.surface.querySelector(".zone-rubber");
    if (last === undefined || line === null) return;
    const { width, height } = this.size();
    const [x, y] = this.at(event);
    const ends = { x1: last[0] * width, y1: last[1] * height, x2: x * width, y2: y * height };
    for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
  }

  click(event) {
    const { state } = this;
    if (this.isGrabbed) return;
    if (state.draft === null && state.selected >= 0) return state.select(-1);
    if (state.draft === null) state.begin(this.kind());
    if (event.detail > 1 || this.isOnFirst(event)) return void state.close();
    state.draw(...this.at(event));
  }

  isOnFirst(event) {
    const first = this.state.draft.points[0];
    if (first === undefined || this.state.draft.points.length < 3) return false;
    const { width, height } = this.size();
    const [x, y] = this.at(event);
    return Math.hypot((x - first[0]) * width, (y - first[1]) * height) < NEAR_PX;
  }
}
