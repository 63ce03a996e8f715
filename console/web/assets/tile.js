// One camera of the wall: its picture with the boxes of that very frame, and how the camera is.

import { hashOf } from "./addresses.js";
import { serverNow } from "./api.js";
import { draw } from "./boxes.js";
import { h, setText } from "./dom.js";
import { span } from "./times.js";
import { counted, outcomeOf, stateOf } from "./words.js";

const OLDEST_S = 5; // an older picture must not look live
const CALM_MS = 5_000; // between two changes of what a screen reader finds

export class Tile {
  constructor(camera) {
    this.camera = camera;
    this.isVisible = false;
    this.isLarge = false;
    this.facts = null; // of the frame that is drawn
    this.entry = null; // of the system's state
    this.today = null;
    this.message = "";
    this.busy = false;
    this.pending = null;
    this.isStale = true;
    this.saidAt = 0;
    this.size = [1, 1]; // of the canvas, in CSS pixels; asking for it at each frame would lay out the page each time
    this.canvas = h("canvas", { role: "img", "aria-label": camera });
    this.veil = h("span", { class: "veil" });
    this.link = h("a", { class: "picture", href: hashOf("wall", { camera }) }, this.canvas, this.veil);
    this.badge = h("span", { class: "badge" });
    this.rate = h("span", { class: "muted" });
    this.age = h("span", { class: "muted age" });
    this.tally = h("a", { class: "tally", href: hashOf("violations", { camera }) });
    this.reason = h("p", { class: "reason", hidden: true });
    this.element = h("article", { class: "tile", dataset: { camera } }, this.link,
      h("div", { class: "tile-foot" },
        h("h2", {}, camera), this.badge, this.rate, this.age, this.tally),
      this.reason);
    this.sizing = new ResizeObserver(([{ contentRect }]) => (this.size = [contentRect.width, contentRect.height]));
    this.sizing.observe(this.canvas);
  }

  // The newest frame; what came while one was being decoded is forgotten except for the newest.
  offer(facts, jpeg) {
    this.pending = [facts, jpeg];
    if (!this.busy) this.#decode();
  }

  async #decode() {
    this.busy = true;
    const [facts, jpeg] = this.pending;
    this.pending = null;
    try {
      const picture = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
      requestAnimationFrame(() => this.#show(facts, picture));
    } catch {
      this.#next(); // a broken picture: the next one will do
    }
  }

  #show(facts, picture) {
    const density = devicePixelRatio || 1;
    this.#fit(facts, density);
    draw(this.canvas, picture, facts, density);
    this.facts = facts;
    picture.close();
    if (this.isStale) this.tick();
    this.#next();
  }

  #next() {
    this.busy = false;
    if (this.pending) this.#decode();
  }

  #fit(facts, density) {
    const { style } = this.canvas;
    const shape = `${facts.width} / ${facts.height}`;
    if (this.isLarge && style.aspectRatio !== shape) style.aspectRatio = shape;
    const [width, height] = this.size.map((side) => Math.max(Math.round(side * density), 1));
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  // What GET /system says of this camera.
  update(entry) {
    this.entry = entry;
    const [words, kind] = stateOf(entry.state);
    setText(this.badge, words);
    this.badge.className = `badge ${kind}`;
    setText(this.rate, entry.state === "live" ? `${(entry.frames_per_second ?? 0).toFixed(1)} frames/s` : "");
    this.#showTally();
    this.tick();
  }

  setToday(violations) {
    this.today = violations;
    this.#showTally();
  }

  // The camera's own words on why it is not live; empty where there are none.
  setMessage(message) {
    this.message = message;
    this.#showReason();
  }

  // Once a second: ages, and whether the picture still counts as live.
  tick() {
    const age = this.ageS;
    const isStale = (this.isStale = age === null || age > OLDEST_S);
    this.element.classList.toggle("stale", isStale);
    setText(this.age, age === null ? "" : `${span(age)} old`);
    setText(this.veil, isStale ? veilWords(age, this.entry) : this.facts.is_tracked === false ? "no boxes yet" : "");
    this.veil.classList.toggle("note", !isStale);
    this.#showReason();
    if (Date.now() - this.saidAt >= CALM_MS) this.#describe();
  }

  // Seconds since the picture shown was taken; null without one.
  get ageS() {
    return this.facts ? Math.max((serverNow() - new Date(this.facts.captured_at)) / 1000, 0) : null;
  }

  #showTally() {
    if (!this.entry) return;
    setText(this.tally, tallyWords(this.today, this.entry));
    this.tally.classList.toggle("some", this.today > 0);
  }

  #showReason() {
    const isWanted = this.message !== "" && this.entry?.state !== "live";
    this.reason.hidden = !isWanted;
    if (isWanted) setText(this.reason, this.message);
  }

  #describe() {
    this.saidAt = Date.now();
    const label = [`${this.camera}: ${stateOf(this.entry?.state ?? "unknown")[0]}`, this.#seen(), this.tally.textContent];
    const wanted = label.filter(Boolean).join(", ");
    if (this.canvas.getAttribute("aria-label") !== wanted) this.canvas.setAttribute("aria-label", wanted);
  }

  #seen() {
    if (!this.facts || this.isStale) return this.veil.textContent;
    const counts = new Map();
    for (const track of this.facts.tracks) counts.set(track.outcome, (counts.get(track.outcome) ?? 0) + 1);
    return [...counts].map(([outcome, count]) => `${count} ${outcomeOf(outcome)}`).join(", ") || "nobody in sight";
  }
}

// "0 violations" is said only of a camera that saw something.
function tallyWords(today, { violations, last_24_hours: lastDay }) {
  if (!violations) return lastDay.watched_seconds < 1 ? "nothing seen yet" : "0 violations";
  const all = counted(violations, "violation");
  if (today === null) return all;
  return today === violations ? `${all} today` : `${today.toLocaleString()} of ${all} today`;
}

function veilWords(age, entry) {
  if (age === null) return entry?.state === "live" ? "Waiting for a picture" : "No picture";
  return `Not live: this picture is ${span(age)} old`;
}
