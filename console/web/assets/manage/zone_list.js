// The zones beside the picture: names, kinds and corners as numbers. All can be done here without a mouse.

import { h } from "../dom.js";
import { button } from "./parts.js";
import { title } from "./zone_drawing.js";
import { problem } from "./zone_shapes.js";

const KINDS = [["include", "counts"], ["exclude", "is left out"]];

export class ZoneList {
  constructor(state, announce) {
    this.state = state;
    this.announce = announce;
    this.cards = [];
    this.shape = null;
    this.element = h("ol", { class: "zone-list" });
    this.nothing = h("p", { class: "zone-nothing" }, "No zones: faces count in the whole picture.");
  }

  // Values are written into what stands there, so that the focus stays; only where zones or corners come or go
  // it is built anew.
  render() {
    const shape = this.state.zones.map((zone) => zone.points.length).join();
    if (shape !== this.shape || this.cards.length !== this.state.zones.length) this.build();
    this.shape = shape;
    this.nothing.hidden = this.state.zones.length > 0;
    this.cards.forEach((card, index) => this.fill(card, index));
  }

  build() {
    const focused = document.activeElement?.dataset?.key;
    const open = this.cards.map((card) => card.corners.open);
    this.cards = this.state.zones.map((zone, index) => this.card(zone, index));
    this.cards.forEach((card, index) => (card.corners.open = open[index] ?? false));
    this.element.replaceChildren(...this.cards.map((card) => card.element));
    if (focused) this.refocus(focused);
  }

  // Gives the focus back to what had it, or to the last corner where that one is gone.
  refocus(key) {
    const [what, index] = key.split(" ");
    const same = this.element.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const last = what === "corner" ? this.cards[index]?.rows.at(-1).select : null;
    (same ?? last)?.focus();
  }

  card(zone, index) {
    const { state } = this;
    const card = {
      name: h("input", { type: "text", maxlength: "63", autocomplete: "off", "data-key": `name ${index}` }),
      kind: h("select", { "data-key": `kind ${index}` }, ...KINDS.map(([value, text]) => h("option", { value }, text))),
      legend: h("h3", { id: `zone-title-${index}` }),
      problem: h("p", { class: "field-error" }),
      rows: zone.points.map((_, corner) => this.row(index, corner)),
    };
    card.name.addEventListener("input", () => state.change(index, { name: card.name.value.trim() }, `name ${index}`));
    card.kind.addEventListener("change", () => state.change(index, { kind: card.kind.value }));
    card.corners = this.corners(card, index);
    card.element = this.framed(card, index);
    return card;
  }

  framed(card, index) {
    const remove = button("Remove", () => this.remove(index), { class: "quiet danger", "data-key": `remove ${index}` });
    const fields = h(
      "div",
      { class: "zone-fields" },
      h("label", {}, h("span", {}, "Name (may be empty)"), card.name),
      h("label", {}, h("span", {}, "A face in it"), card.kind),
    );
    const head = h("div", { class: "zone-card-head" }, card.legend, remove);
    const group = { class: "zone-card panel", role: "group", "aria-labelledby": card.legend.id };
    const element = h("li", {}, h("div", group, head, fields, card.problem, card.corners));
    element.addEventListener("focusin", (event) => {
      if (!event.target.dataset.key?.startsWith("corner ")) this.state.select(index);
    });
    return element;
  }

  corners(card, index) {
    const add = h("button", { type: "button", class: "quiet", "data-key": `add ${index}` }, "Add a corner");
    add.addEventListener("click", () => {
      const after = this.state.selected === index && this.state.corner >= 0 ? this.state.corner : card.rows.length - 1;
      if (this.state.addCorner(index, after)) this.announce(`corner ${after + 2} added`);
      else this.announce("a zone has no more corners than 64");
    });
    const rows = h("div", { class: "zone-corners" }, ...card.rows.map((row) => row.element));
    return h("details", {}, h("summary", { "data-key": `corners ${index}` }, "Corners"), hint(), rows, add);
  }

  row(index, corner) {
    const choose = () => this.state.select(index, corner);
    const select = button(corner + 1, choose, { class: "quiet zone-pick", "data-key": `corner ${index} ${corner}` });
    select.addEventListener("focus", choose);
    const [x, y] = ["x", "y"].map((axis) => this.coordinate(index, corner, axis));
    const less = { class: "quiet", "data-key": `less ${index} ${corner}`, "aria-label": `Remove corner ${corner + 1}` };
    const remove = button("\u00d7", () => this.removeCorner(index, corner), less);
    const element = h("div", { class: "zone-row" }, select, labelled("x %", x), labelled("y %", y), remove);
    return { element, select, x, y };
  }

  coordinate(index, corner, axis) {
    const field = h("input", { type: "number", min: "0", max: "100", step: "any", inputmode: "decimal" });
    field.dataset.key = `${axis} ${index} ${corner}`;
    field.setAttribute("aria-label", `Corner ${corner + 1}, ${axis === "x" ? "from the left" : "from the top"}, percent`);
    field.addEventListener("input", () => {
      if (field.value === "" || Number.isNaN(field.valueAsNumber)) return;
      const place = [...this.state.zones[index].points[corner]];
      place[axis === "x" ? 0 : 1] = field.valueAsNumber / 100;
      this.state.moveCorner(index, corner, ...place, `type ${index} ${corner} ${axis}`);
    });
    field.addEventListener("blur", () => this.render());
    return field;
  }

  remove(index) {
    const name = title(this.state.zones[index], index);
    this.state.remove(index);
    this.announce(`zone ${name} removed; undo brings it back`);
    const next = this.cards[Math.min(index, this.cards.length - 1)];
    (next ? next.name : this.element.closest("[data-zones]")?.querySelector(".zone-surface"))?.focus();
  }

  removeCorner(index, corner) {
    if (!this.state.removeCorner(index, corner)) return this.announce("a zone has at least 3 corners");
    this.announce(`corner ${corner + 1} removed`);
    const row = this.cards[index].rows[Math.min(corner, this.cards[index].rows.length - 1)];
    row.select.focus();
  }

  fill(card, index) {
    const zone = this.state.zones[index];
    card.legend.textContent = title(zone, index);
    const box = card.element.firstElementChild;
    box.classList.toggle("is-selected", index === this.state.selected);
    box.dataset.kind = zone.kind;
    write(card.name, zone.name);
    write(card.kind, zone.kind);
    card.problem.textContent = problem(zone);
    card.rows.forEach((row, corner) => this.fillRow(row, index, corner));
  }

  fillRow(row, index, corner) {
    const [x, y] = this.state.zones[index].points[corner].map(percent);
    const isChosen = index === this.state.selected && corner === this.state.corner;
    row.select.setAttribute("aria-pressed", String(isChosen));
    row.select.setAttribute("aria-label", `Corner ${corner + 1} at ${x}, ${y} percent; arrow keys move it`);
    write(row.x, x);
    write(row.y, y);
  }

  // Shows the corners of the zone that was chosen in the picture.
  reveal() {
    const card = this.cards[this.state.selected];
    if (card && this.state.corner >= 0) card.corners.open = true;
  }
}

export function percent(share) {
  return String(Math.round(share * 10000) / 100);
}

function write(field, value) {
  if (field !== document.activeElement && field.value !== value) field.value = value;
}

function labelled(text, field) {
  return h("label", {}, h("span", { "aria-hidden": "true" }, text), field);
}

function hint() {
  return h("p", { class: "hint" }, "On a corner's number the arrow keys move it by 1 %, with Shift by 0.1 %.");
}
