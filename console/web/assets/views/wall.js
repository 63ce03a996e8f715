// All cameras live, or one of them large.

import { hashOf } from "../addresses.js";
import { get } from "../api.js";
import { isDialogOpen } from "../dialogs.js";
import { h, replace } from "../dom.js";
import { on } from "../events.js";
import { openLive } from "../live.js";
import { Tile } from "../tile.js";
import { followToday } from "../today.js";

export const title = "Wall";

const TICK_MS = 1_000;
const STEP_PX = 160; // the server reduces pictures for each width anew, so widths are few
const COLUMNS = [[1, 1], [4, 2], [9, 3], [16, 4], [30, 5]];

export function mount(root, context) {
  return new Wall(root, context).unmount;
}

class Wall {
  constructor(root, { parameters, onParameters, tools, signal }) {
    this.root = root;
    this.tools = tools;
    this.tiles = new Map();
    this.today = new Map();
    this.messages = new Map();
    this.troubles = "";
    this.large = parameters.get("camera");
    this.grid = h("div", { class: "grid" });
    replace(root, h("p", { class: "muted" }, "Asking for the cameras."));
    this.live = openLive((facts, jpeg) => this.tiles.get(facts.camera)?.offer(facts, jpeg));
    this.sight = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: "100px" });
    this.size = new ResizeObserver(() => this.#watch());
    this.size.observe(this.grid);
    const tick = setInterval(() => this.tiles.forEach((each) => each.tick()), TICK_MS);
    const ends = [
      on("system", (system) => this.#update(system)),
      followToday((today) => this.#setToday(today)),
      () => clearInterval(tick),
      () => this.live.close(),
      () => this.sight.disconnect(),
      () => this.size.disconnect(),
    ];
    this.unmount = () => ends.forEach((end) => end());
    document.addEventListener("visibilitychange", () => this.#watch(), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    onParameters((changed) => this.#enlarge(changed.get("camera")));
  }

  #update(system) {
    const cameras = Object.keys(system.cameras);
    if (!sameKeys(cameras, this.tiles)) this.#lay(cameras);
    for (const [camera, tile] of this.tiles) tile.update(system.cameras[camera]);
    const troubles = cameras.filter((each) => system.cameras[each].state !== "live");
    const key = troubles.map((each) => `${each} ${system.cameras[each].state}`).join(",");
    if (key !== this.troubles) this.#askWhy(troubles);
    this.troubles = key;
  }

  // Why cameras are not live is told by the list of cameras only.
  async #askWhy(troubles) {
    if (!troubles.length) return;
    const cameras = await get("/cameras").catch(() => []);
    for (const each of cameras) this.tiles.get(each.id)?.setMessage(each.message ?? "");
  }

  #setToday(today) {
    this.today = today;
    for (const [camera, tile] of this.tiles) tile.setToday(today.get(camera) ?? 0);
  }

  #lay(cameras) {
    for (const [camera, tile] of this.tiles) {
      if (cameras.includes(camera)) continue;
      this.sight.unobserve(tile.element);
      this.tiles.delete(camera);
    }
    const kept = this.tiles;
    this.tiles = new Map(cameras.map((camera) => [camera, kept.get(camera) ?? this.#tile(camera)]));
    this.#show();
  }

  #tile(camera) {
    const tile = new Tile(camera);
    if (this.today.size) tile.setToday(this.today.get(camera) ?? 0);
    this.sight.observe(tile.element);
    return tile;
  }

  #enlarge(camera) {
    const before = this.large;
    this.large = camera;
    this.#show();
    const focused = this.tiles.get(camera ?? before);
    focused?.link.focus({ preventScroll: camera !== null });
  }

  #show() {
    const cameras = [...this.tiles.keys()];
    if (this.large && !this.tiles.has(this.large)) this.large = null;
    if (!cameras.length) return this.#showNone();
    const shown = this.large ? [this.large] : cameras;
    this.grid.style.setProperty("--columns", columns(shown.length));
    this.root.classList.toggle("one", shown.length === 1);
    for (const [camera, tile] of this.tiles) {
      tile.isLarge = shown.length === 1;
      tile.canvas.style.aspectRatio = "";
      tile.link.setAttribute("href", this.large === camera ? hashOf("wall") : hashOf("wall", { camera }));
    }
    replace(this.grid, shown.map((camera) => this.tiles.get(camera).element));
    replace(this.root, this.grid);
    this.#showTools(cameras);
    this.#watch();
  }

  #showTools(cameras) {
    if (!this.large) return replace(this.tools);
    const [before, after] = this.#neighbours(cameras);
    const link = (camera, words, key) =>
      h("a", { class: "button", href: hashOf("wall", { camera }), "aria-label": `${words} camera: ${camera}`, title: key }, words);
    return replace(
      this.tools,
      cameras.length > 1 && [link(before, "Previous", "Left arrow"), link(after, "Next", "Right arrow")],
      h("a", { class: "button", href: hashOf("wall"), title: "Escape" }, "All cameras"),
    );
  }

  #showNone() {
    replace(this.tools);
    replace(this.root, h("div", { class: "empty panel" },
      h("h2", {}, "No cameras yet"),
      h("p", {}, "Add one, and its picture is here within seconds."),
      h("a", { class: "button main", href: hashOf("cameras") }, "Add a camera")));
  }

  #neighbours(cameras) {
    const at = cameras.indexOf(this.large);
    return [-1, 1].map((step) => cameras.at((at + step) % cameras.length));
  }

  #key(event) {
    if (!this.large || isDialogOpen() || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea")) return;
    const [before, after] = this.#neighbours([...this.tiles.keys()]);
    const goes = { ArrowLeft: hashOf("wall", { camera: before }), ArrowRight: hashOf("wall", { camera: after }), Escape: hashOf("wall") };
    if (!goes[event.key]) return;
    event.preventDefault();
    location.hash = goes[event.key];
  }

  #seen(entries) {
    for (const entry of entries) {
      const tile = this.tiles.get(entry.target.dataset.camera);
      if (tile) tile.isVisible = entry.isIntersecting;
    }
    this.#watch();
  }

  // The server sends only what is looked at, no larger than it is shown.
  #watch() {
    const visible = document.hidden ? [] : [...this.tiles.values()].filter((each) => each.isVisible);
    const widest = Math.max(0, ...visible.map((each) => each.canvas.clientWidth)) * (devicePixelRatio || 1);
    this.live.watch(visible.map((each) => each.camera), Math.max(Math.ceil(widest / STEP_PX), 1) * STEP_PX);
  }
}

const columns = (count) => (COLUMNS.find(([most]) => count <= most) ?? [0, 6])[1];

const sameKeys = (keys, map) => keys.length === map.size && keys.every((each) => map.has(each));
