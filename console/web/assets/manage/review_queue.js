// The faces that wait for somebody to say what they are: which is shown, what was said, and going back.

import { del, get, post, withQuery } from "../api.js";

const AHEAD = 3; // pictures loaded before they are shown

export class ReviewQueue {
  constructor() {
    this.items = [];
    this.place = 0;
    this.done = []; // places in the order in which they were labelled
    this.preloaded = [];
  }

  async load(camera, isAll) {
    const found = await get(withQuery("/review", { camera, unlabelled: isAll ? "" : "true" }));
    this.items = found.items;
    this.place = 0;
    this.done = [];
    this.preload();
  }

  get item() {
    return this.items[this.place] ?? null;
  }

  get labelled() {
    return this.items.filter((item) => item.label).length;
  }

  move(by) {
    this.place = Math.min(this.items.length, Math.max(0, this.place + by));
    this.preload();
  }

  async label(label) {
    const { place, item } = this;
    const said = await post(`/review/${encodeURIComponent(item.id)}/label`, { label });
    this.items[place] = said;
    this.done = [...this.done.filter((each) => each !== place), place];
    if (this.place === place) this.move(1);
  }

  // Back to the face that was labelled last, which then has no label any more; false where there is none.
  async undo() {
    const place = this.done.at(-1);
    if (place === undefined) return false;
    const { id } = this.items[place];
    this.items[place] = await post(`/review/${encodeURIComponent(id)}/label`, { label: null });
    this.done = this.done.slice(0, -1);
    this.place = place;
    this.preload();
    return true;
  }

  async erase() {
    const { place, item } = this;
    await del(`/review/${encodeURIComponent(item.id)}`);
    this.items.splice(place, 1);
    this.done = this.done.filter((each) => each !== place).map((each) => (each > place ? each - 1 : each));
    this.preload();
  }

  preload() {
    this.preloaded = this.items.slice(this.place + 1, this.place + 1 + AHEAD).map((item) => {
      const picture = new Image();
      picture.src = pictureOf(item);
      return picture;
    });
  }
}

export const pictureOf = (item) => `/api/v1/review/${encodeURIComponent(item.id)}/picture`;
