// The zones of one camera: drawn on a still, or written as numbers beside it. Opened from a camera, #/cameras?zones=ID.

import { get, patch } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { guard, keep, takeKept } from "../manage/leaving.js";
import { ask, attempt, errorLine } from "../manage/asking.js";
import { readZones, writtenZones } from "../manage/zone_records.js";
import { problem } from "../manage/zone_shapes.js";
import { title as titleOf } from "../manage/zone_drawing.js";
import { button } from "../manage/parts.js";
import { ZoneCanvas } from "../manage/zone_canvas.js";
import { handleKey } from "../manage/zone_keys.js";
import { ZoneList } from "../manage/zone_list.js";
import { ZoneState } from "../manage/zone_state.js";
import { DRAWING, HELP, NO_STILL, RULES } from "../manage/zone_words.js";

export const title = "Zones";

export function mount(root, context) {
  const camera = context.parameters.get("zones") ?? "";
  const ends = new AbortController();
  let editor = null;
  replace(root, h("p", { class: "muted" }, "Loading the zones."));
  get(`/cameras/${encodeURIComponent(camera)}`).then(
    (found) => {
      if (!ends.signal.aborted) editor = new ZoneEditor(root, context, camera, readZones(found.zones), ends.signal);
    },
    (error) => !ends.signal.aborted && replace(root, back(), h("p", { class: "error", role: "alert" }, error.message)),
  );
  return () => {
    ends.abort();
    editor?.close();
  };
}

function back() {
  return h("p", {}, h("a", { href: "#/cameras" }, "\u2190 All cameras"));
}

class ZoneEditor {
  constructor(root, context, camera, zones, signal) {
    Object.assign(this, { root, context, camera, zones });
    this.kind = "include"; // of the next zone
    this.state = new ZoneState(zones, takeKept(camera) ?? zones, () => this.render());
    this.canvas = new ZoneCanvas(this.state, () => this.kind);
    this.list = new ZoneList(this.state, context.announce);
    this.error = errorLine();
    this.status = h("p", { class: "muted zone-status" });
    this.foot = h("div", { class: "zone-foot" }, this.error, this.footer());
    this.build();
    guard(() => this.state.isDirty || this.state.draft !== null, () => this.lose(), signal);
    root.addEventListener("keydown", (event) => handleKey(event, this.state, context.announce), { signal });
    this.loadStill();
    this.render();
  }

  close() {
    this.canvas.close();
    if (!this.state.isDirty) return;
    const again = () => (location.hash = `#/cameras?zones=${encodeURIComponent(this.camera)}`);
    keep(this.camera, this.state.zones);
    this.context.toast(`The zones of ${this.camera} are not saved.`, { action: { label: "Go back to them", run: again } });
  }

  lose() {
    this.state.draft = null;
    this.state.zones = this.zones;
  }

  build() {
    const tools = this.toolbar();
    const heading = h("h2", { class: "zone-head", tabindex: "-1" }, `Zones of ${this.camera}`);
    replace(
      this.root,
      back(),
      heading,
      h("p", { class: "muted" }, RULES),
      tools,
      h("div", { class: "zone-editor", "data-zones": true }, h("div", {}, this.canvas.element, this.note()), this.side()),
      this.foot,
    );
    heading.focus({ preventScroll: true });
  }

  side() {
    return h("div", { class: "zone-side" }, this.list.nothing, this.list.element);
  }

  note() {
    this.stillNote = h("p", { class: "muted zone-note", role: "status" });
    return [this.drawing, this.stillNote, h("p", { class: "hint" }, HELP)];
  }

  // What ends a drawing stands below the picture, so that the picture stays where it is when one begins.
  toolbar() {
    this.drawing = h(
      "div",
      { class: "actions zone-tools" },
      button("Finish zone", () => this.finish(), { class: "main" }),
      button("Cancel drawing", () => this.state.cancel()),
    );
    this.idle = [button("Draw", () => this.begin()), button("Add a rectangle", () => this.addRectangle())];
    const undo = button("Undo", () => this.state.undo() || this.context.announce("nothing to undo"));
    const whole = button("Whole picture counts", () => this.clear());
    const still = button("New picture", () => this.loadStill());
    const group = { class: "actions zone-tools", role: "group", "aria-label": "Tools" };
    return h("div", group, this.kindChoice(), this.idle, undo, whole, still);
  }

  kindChoice() {
    const choice = h("select", { onchange: () => (this.kind = choice.value) });
    choice.append(h("option", { value: "include" }, "that counts"), h("option", { value: "exclude" }, "that is left out"));
    return h("label", { class: "inline" }, "New zone", choice);
  }

  footer() {
    this.save = button("Save zones", () => this.store(), { class: "main" });
    this.discard = button("Discard changes", () => this.forget());
    return h("div", { class: "actions" }, this.save, this.discard, this.status);
  }

  render() {
    const { state } = this;
    this.canvas.render();
    this.list.render();
    this.list.reveal();
    this.idle.forEach((each) => (each.disabled = state.draft !== null));
    this.drawing.hidden = state.draft === null;
    this.discard.disabled = !state.isDirty;
    this.foot.classList.toggle("is-dirty", state.isDirty);
    setText(this.status, this.said());
  }

  said() {
    const { state } = this;
    if (state.draft !== null) return "Drawing: click the corners.";
    return state.isDirty ? "There are unsaved changes." : "All changes are saved.";
  }

  begin() {
    this.state.begin(this.kind);
    this.canvas.surface.focus();
    this.context.announce(DRAWING);
  }

  finish() {
    if (!this.state.close()) setText(this.error, "A zone needs at least 3 corners.");
  }

  addRectangle() {
    if (!this.state.addRectangle(this.kind)) return setText(this.error, "A camera has at most 32 zones.");
    this.list.cards.at(-1).name.focus();
    this.context.announce("rectangle added");
  }

  clear() {
    this.state.clear();
    this.context.announce("no zones left; undo brings them back");
  }

  async forget() {
    const text = "The zones become what they were when they were last saved. Undo takes this back.";
    if (!(await ask("Discard changes?", text, { confirm: "Discard", isDangerous: true }))) return;
    this.state.select(-1);
    this.state.cancel();
    this.state.replace(this.zones);
  }

  async store() {
    const { state, context } = this;
    const index = state.zones.findIndex((zone) => problem(zone) !== "");
    if (state.draft !== null) return setText(this.error, "Finish or cancel the zone that is being drawn first.");
    if (index >= 0) return setText(this.error, `${titleOf(state.zones[index], index)}: ${problem(state.zones[index])}`);
    const zones = state.zones;
    const isSaved = await attempt([this.save], this.error, () =>
      patch(`/cameras/${encodeURIComponent(this.camera)}`, { zones: writtenZones(zones) }),
    );
    if (!isSaved) return;
    this.zones = zones;
    state.markSaved(zones);
    context.toast(`Zones of ${this.camera} saved. They take effect within a second.`);
  }

  loadStill() {
    const { picture } = this.canvas;
    setText(this.stillNote, "Taking a picture.");
    picture.onload = () => {
      picture.hidden = false;
      setText(this.stillNote, "");
    };
    picture.onerror = () => {
      picture.hidden = true;
      setText(this.stillNote, NO_STILL);
    };
    this.canvas.show(`/api/v1/cameras/${encodeURIComponent(this.camera)}/still?at=${Date.now()}`);
  }
}
