// The faces that wait for somebody to say what they are: which is shown, what was said, and going back.

import { del, get, post, withQuery } from "../api.js";

const AHEAD = 3; // pictures loaded before they are shown

export class ReviewQueue {
  constructor() {
    this.items = [];
    this.place = 0;
    this.done = []; // ids in the order in which they were labelled
    this.preloaded = [];
    this.sending = Promise.resolve(); // one after another, so that the last label said is the one that stays
  }

  async load(camera, isAll) {
    const found = await this.send(() => get(withQuery("/review", { camera, unlabelled: isAll ? "" : "true" })));
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

  // Goes on to the next face at once; where the label cannot be stored, back to the face.
  label(label) {
    const { item } = this;
    this.done = [...this.without(item.id), item.id];
    this.move(1);
    return this.store(item, label, () => (this.done = this.without(item.id)));
  }

  // Back to the face that was labelled last, which then has no label any more; null where there is none.
  undo() {
    const item = this.items.find((each) => each.id === this.done.at(-1));
    if (item === undefined) return null;
    this.done = this.without(item.id);
    this.goTo(item.id);
    return this.store(item, null, () => (this.done = [...this.done, item.id]));
  }

  async erase() {
    const { id } = this.item;
    await this.send(() => del(`/review/${encodeURIComponent(id)}`));
    this.done = this.without(id);
    this.items = this.items.filter((item) => item.id !== id);
    this.preload();
  }

  async store(item, label, takeBack) {
    this.put({ ...item, label });
    try {
      this.put(await this.send(() => post(`/review/${encodeURIComponent(item.id)}/label`, { label })));
    } catch (error) {
      takeBack();
      this.put(item);
      this.goTo(item.id);
      throw error;
    }
  }

  put(item) {
    this.items = this.items.map((each) => (each.id === item.id ? item : each));
  }

  goTo(id) {
    const place = this.items.findIndex((item) => item.id === id);
    if (place >= 0) this.place = place;
    this.preload();
  }

  without(id) {
    return this.done.filter((each) => each !== id);
  }

  send(work) {
    const sent = this.sending.then(work);
    this.sending = sent.catch(() => {});
    return sent;
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
