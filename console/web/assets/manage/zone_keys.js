// What keys do in the editor of zones, wherever in it the focus is.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SHAPES = ".zone-surface, .zone-pick"; // what arrows and Delete act on: the picture, and corners in the list
const STEP = 0.01;
const FINE_STEP = 0.001;

// Handles a key; `told` is announce. Keys in fields are left to the fields.
export function handleKey(event, state, told) {
  if (event.target.matches("input, select, textarea") || event.altKey) return;
  const isControl = event.ctrlKey || event.metaKey;
  if (isControl ? event.key.toLowerCase() !== "z" : !actOf(event, state, told)) return;
  if (isControl && !state.undo()) told("nothing to undo");
  event.preventDefault();
}

// Whether the key meant something.
function actOf(event, state, told) {
  if (state.draft !== null) return drawing(event, state, told);
  if (!event.target.closest(SHAPES)) return false;
  if (event.key in ARROWS) return nudge(event, state, told);
  if (event.key === "Delete" || event.key === "Backspace") return remove(state, told);
  if (event.key !== "Escape" || state.selected < 0) return false;
  state.select(-1);
  return true;
}

function drawing(event, state, told) {
  if (event.key === "Enter") {
    told(state.close() ? "zone closed" : "a zone needs at least 3 corners");
  } else if (event.key === "Escape") {
    state.cancel();
    told("drawing cancelled");
  } else if (event.key === "Delete" || event.key === "Backspace") {
    state.removeLastOfDraft();
  } else return false;
  return true;
}

function nudge(event, state, told) {
  if (state.zone === null) return false;
  const [x, y] = ARROWS[event.key];
  const step = event.shiftKey ? FINE_STEP : STEP;
  state.nudge(x * step, y * step);
  told(placeOf(state));
  return true;
}

function placeOf(state) {
  const corner = Math.max(state.corner, 0);
  const [x, y] = state.zone.points[corner].map((each) => Math.round(each * 1000) / 10);
  return `corner ${corner + 1} at ${x}, ${y} percent`;
}

function remove(state, told) {
  if (state.zone === null) return false;
  if (state.corner < 0) {
    state.remove(state.selected);
    told("zone removed");
  } else {
    told(state.removeCorner(state.selected, state.corner) ? "corner removed" : "a zone has at least 3 corners");
  }
  return true;
}
