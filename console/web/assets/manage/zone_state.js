// What is being edited: the zones, what is selected among them, the polygon that is being drawn, and what was before.

import { MAX_CORNERS, MAX_ZONES, moved, point, rectangle, withCorner, withMiddle, withoutCorner } from "./zone_shapes.js";

const MAX_STEPS = 200;

export class ZoneState {
  // `saved` are the zones that the server has, `zones` those to go on with; `onChange` is called after each change.
  constructor(saved, zones, onChange) {
    this.saved = JSON.stringify(saved);
    this.zones = zones;
    this.onChange = onChange;
    this.selected = -1; // a zone
    this.corner = -1; // one of its corners
    this.draft = null; // {kind, points} while a polygon is drawn
    this.past = [];
    this.gesture = null; // what one undo takes back: changes of one gesture are one step
  }

  get isDirty() {
    return JSON.stringify(this.zones) !== this.saved;
  }

  get zone() {
    return this.zones[this.selected] ?? null;
  }

  select(index, corner = -1) {
    if (index === this.selected && corner === this.corner) return;
    this.selected = index;
    this.corner = corner;
    this.gesture = null;
    this.onChange();
  }

  // Changes of one gesture (a drag, arrow keys on one corner) share a name and are undone together.
  replace(zones, gesture = null) {
    if (gesture === null || gesture !== this.gesture) {
      this.past = [...this.past.slice(1 - MAX_STEPS), JSON.stringify(this.zones)];
    }
    this.gesture = gesture;
    this.zones = zones;
    this.onChange();
  }

  change(index, fields, gesture = null) {
    this.replace(this.zones.map((zone, place) => (place === index ? { ...zone, ...fields } : zone)), gesture);
  }

  undo() {
    if (this.draft !== null) return this.removeLastOfDraft();
    if (this.past.length === 0) return false;
    this.zones = JSON.parse(this.past.pop());
    this.selected = Math.min(this.selected, this.zones.length - 1);
    this.corner = -1;
    this.gesture = null;
    this.onChange();
    return true;
  }

  add(kind, points) {
    if (this.zones.length >= MAX_ZONES) return false;
    this.selected = this.zones.length;
    this.corner = -1;
    this.replace([...this.zones, { name: "", kind, points }]);
    return true;
  }

  addRectangle(kind) {
    return this.add(kind, rectangle(this.zones.length));
  }

  remove(index) {
    this.selected = -1;
    this.corner = -1;
    this.replace(this.zones.filter((_, place) => place !== index));
  }

  clear() {
    this.selected = -1;
    this.corner = -1;
    this.draft = null;
    this.replace([]);
  }

  moveZone(index, points, dx, dy, gesture) {
    this.change(index, { points: moved(points, dx, dy) }, gesture);
  }

  moveCorner(index, corner, x, y, gesture = null) {
    this.change(index, { points: withCorner(this.zones[index].points, corner, point(x, y)) }, gesture);
  }

  addCorner(index, after) {
    const { points } = this.zones[index];
    if (points.length >= MAX_CORNERS) return false;
    this.corner = after + 1;
    this.change(index, { points: withMiddle(points, after) });
    return true;
  }

  // False where the zone would be no polygon any more.
  removeCorner(index, corner) {
    const { points } = this.zones[index];
    if (points.length <= 3) return false;
    this.corner = -1;
    this.change(index, { points: withoutCorner(points, corner) });
    return true;
  }

  // Moves the selected corner, or the whole selected zone, by a step.
  nudge(dx, dy) {
    const { zone, selected, corner } = this;
    if (zone === null) return;
    if (corner < 0) return void this.moveZone(selected, zone.points, dx, dy, `nudge ${selected}`);
    const [x, y] = zone.points[corner];
    this.moveCorner(selected, corner, x + dx, y + dy, `nudge ${selected} ${corner}`);
  }

  begin(kind) {
    this.selected = -1;
    this.corner = -1;
    this.draft = { kind, points: [] };
    this.onChange();
  }

  draw(x, y) {
    if (this.draft.points.length >= MAX_CORNERS) return;
    this.draft = { ...this.draft, points: [...this.draft.points, point(x, y)] };
    this.onChange();
  }

  removeLastOfDraft() {
    if (this.draft.points.length === 0) return this.cancel();
    this.draft = { ...this.draft, points: this.draft.points.slice(0, -1) };
    this.onChange();
    return true;
  }

  // Makes a zone of what was drawn; false where it has too few corners.
  close() {
    if (this.draft === null || this.draft.points.length < 3) return false;
    const { kind, points } = this.draft;
    this.draft = null;
    return this.add(kind, points);
  }

  cancel() {
    this.draft = null;
    this.onChange();
    return true;
  }

  markSaved(zones) {
    this.saved = JSON.stringify(zones);
    this.gesture = null;
    this.onChange();
  }
}
