// Zones as SVG: what is drawn over a camera's still.

import { svg } from "../dom.js";
import { centre, middle } from "./zone_shapes.js";

const KINDS = { include: "counts", exclude: "left out" };

// What a zone is called; those without a name by their number from 1.
export function title(zone, index) {
  return zone.name || `${KINDS[zone.kind]} ${index + 1}`;
}

// All shapes of a state for a picture of `width` x `height` pixels on the screen.
export function shapes(state, width, height) {
  const scale = ([x, y]) => [x * width, y * height];
  return [
    hatchings(),
    ...outside(state.zones, width, height, scale),
    ...state.zones.map((zone, index) => area(zone, index, index === state.selected, scale)),
    ...state.zones.map((zone, index) => label(zone, index, scale)),
    ...(state.zone ? handles(state, scale) : []),
    ...(state.draft ? drafted(state.draft, scale) : []),
  ];
}

function hatchings() {
  return svg("defs", {}, hatching("include", "M0 8 L8 0"), hatching("exclude", "M0 0 L8 8 M0 8 L8 0"));
}

function hatching(kind, path) {
  const size = { id: `hatch-${kind}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" };
  return svg("pattern", size, svg("path", { d: path, class: `hatch-${kind}` }));
}

// Where faces count nowhere is darkened, as soon as one zone says where they do.
function outside(zones, width, height, scale) {
  const including = zones.filter((zone) => zone.kind === "include");
  if (including.length === 0) return [];
  const whole = { x: 0, y: 0, width, height };
  const holes = including.map((zone) => svg("polygon", { points: written(zone.points, scale), fill: "black" }));
  const mask = svg("mask", { id: "zone-outside" }, svg("rect", { ...whole, fill: "white" }), ...holes);
  return [mask, svg("rect", { ...whole, class: "zone-outside", mask: "url(#zone-outside)" })];
}

function area(zone, index, isSelected, scale) {
  return svg("polygon", {
    points: written(zone.points, scale),
    class: `zone-area zone-${zone.kind}${isSelected ? " is-selected" : ""}`,
    fill: `url(#hatch-${zone.kind})`,
    "data-zone": index,
  });
}

function label(zone, index, scale) {
  const [x, y] = scale(centre(zone.points));
  return svg("text", { x, y, class: `zone-label zone-label-${zone.kind}` }, title(zone, index));
}

function handles(state, scale) {
  const { points } = state.zone;
  return [
    ...points.map((_, index) => handle(scale(middle(points, index)), 4, "zone-middle", { "data-middle": index })),
    ...points.map((corner, index) => {
      const chosen = index === state.corner ? " is-selected" : "";
      return handle(scale(corner), 7, `zone-corner${chosen}`, { "data-corner": index });
    }),
  ];
}

// A dot with a ring around it that cannot be seen, so that a finger hits it.
function handle([cx, cy], r, name, data) {
  return svg("g", data, svg("circle", { cx, cy, r: r + 9, class: "zone-reach" }), svg("circle", { cx, cy, r, class: name }));
}

function drafted(draft, scale) {
  const line = svg("polyline", { points: written(draft.points, scale), class: `zone-draft zone-${draft.kind}` });
  const dots = draft.points.map((corner) => handle(scale(corner), 5, "zone-corner", {}));
  return [line, svg("line", { class: `zone-rubber zone-${draft.kind}` }), ...dots];
}

function written(points, scale) {
  return points.map((corner) => scale(corner).join(",")).join(" ");
}
