// Boxes on the canvas, over the picture that they belong to.

import { BOX_COLOURS, outcomeOf, percent } from "./words.js";

const FONT_PX = 13;
const DARK = "#000000b0";

// Draws the picture into the whole canvas, as large as fits, and all tracks over it. `density` is device pixels
// for each CSS pixel, so that lines and texts keep their size however large the picture is.
export function draw(canvas, picture, facts, density) {
  const pen = canvas.getContext("2d", { alpha: false });
  const scale = Math.min(canvas.width / facts.width, canvas.height / facts.height);
  const left = (canvas.width - facts.width * scale) / 2;
  const top = (canvas.height - facts.height * scale) / 2;
  pen.fillStyle = "#0b0d10";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, left, top, facts.width * scale, facts.height * scale);
  const place = ([x0, y0, x1, y1]) => [left + x0 * scale, top + y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale];
  const tracks = [...facts.tracks].sort((one, other) => rank(one) - rank(other));
  for (const track of tracks) drawBox(pen, place(track.box), track, density);
  for (const track of tracks) drawLabel(pen, place(track.box), track, density);
}

// What matters most is drawn last, on top.
const rank = (track) => (track.violation ? 2 : track.is_counted ? 1 : 0);

function drawBox(pen, [x, y, width, height], track, density) {
  const line = (track.violation ? 4 : 2) * density;
  pen.setLineDash([]);
  pen.strokeStyle = DARK;
  pen.lineWidth = line + 2 * density;
  pen.strokeRect(x, y, width, height);
  if (!track.is_counted) pen.setLineDash([6 * density, 4 * density]);
  pen.strokeStyle = colours(track)[0];
  pen.lineWidth = line;
  pen.strokeRect(x, y, width, height);
  pen.setLineDash([]);
}

function drawLabel(pen, [x, y, , height], track, density) {
  const words = labelOf(track);
  const [ground, ink] = colours(track);
  const size = FONT_PX * density;
  pen.font = `600 ${size}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
  const wide = pen.measureText(words).width + size * 0.8;
  const tall = size * 1.45;
  const above = y - tall - 2 * density;
  const labelTop = above >= 0 ? above : Math.min(y + height + 2 * density, pen.canvas.height - tall);
  const labelLeft = Math.max(0, Math.min(x - density, pen.canvas.width - wide));
  pen.fillStyle = ground;
  pen.fillRect(labelLeft, labelTop, wide, tall);
  pen.fillStyle = ink;
  pen.fillText(words, labelLeft + size * 0.4, labelTop + tall / 2);
}

const colours = (track) => BOX_COLOURS[track.outcome] ?? BOX_COLOURS.cannot_tell;

// "no mask 97% #812". The confidence is that of this frame, so it stands only beside a label that says the same.
export function labelOf(track) {
  const isSure = track.label === track.outcome;
  const words = [outcomeOf(track.outcome), isSure ? percent(track.confidence) : "", shortId(track.id)];
  return words.filter(Boolean).join(" ");
}

// gate-3-812-0 -> "#812", gate-3-812-1 -> "#812-1": the frame that the track began in, and its place among others.
function shortId(id) {
  const [sequence, place] = id.split("-").slice(-2);
  return place === "0" ? `#${sequence}` : `#${sequence}-${place}`;
}
