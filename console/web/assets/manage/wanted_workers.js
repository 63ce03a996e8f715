// How many workers are wanted: a field with buttons for one less and one more.

import { put } from "../api.js";
import { h, setText } from "../dom.js";
import { errorLine } from "./asking.js";
import { button } from "./parts.js";

const PAUSE_MS = 500; // for more clicks, before it is sent

export class WantedWorkers {
  constructor(announce) {
    this.announce = announce;
    this.wanted = null; // what the server has
    this.max = Infinity;
    this.timer = 0;
    this.error = errorLine();
    const number = { type: "number", min: "1", step: "1", inputmode: "numeric" };
    const wish = () => this.wish(this.field.valueAsNumber);
    this.field = h("input", { ...number, id: "wanted", "aria-describedby": "wanted-hint", onchange: wish });
    const change = (by) => () => this.wish((this.field.valueAsNumber || 0) + by);
    const step = (by, text, name) => button(text, change(by), { "aria-label": name });
    this.less = step(-1, "\u2212", "One worker less");
    this.more = step(1, "+", "One worker more");
    this.running = h("p", { role: "status" });
    this.element = this.panel();
  }

  panel() {
    const rule = "On each machine that runs maskwatch up. Workers that were started by hand go on.";
    return h(
      "div",
      { class: "panel wanted" },
      h("label", { for: "wanted" }, "Workers wanted"),
      h("div", { class: "stepper" }, this.less, this.field, this.more),
      this.running,
      h("p", { class: "hint", id: "wanted-hint" }, rule),
      this.error,
    );
  }

  // What the server says; not shown while somebody is choosing.
  show({ wanted, max, workers }) {
    setText(this.running, `${workers.length} running now.`);
    this.wanted = wanted;
    this.max = max ?? Infinity;
    this.field.max = String(this.max);
    if (!this.timer && document.activeElement !== this.field) this.write(wanted);
  }

  write(count) {
    this.field.value = String(count);
    this.less.disabled = count <= 1;
    this.more.disabled = count >= this.max;
  }

  wish(count) {
    if (!Number.isFinite(count)) return this.write(this.wanted);
    this.write(Math.min(this.max, Math.max(1, Math.round(count))));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(this.field.valueAsNumber), PAUSE_MS);
  }

  async send(count) {
    this.timer = 0;
    setText(this.error, "");
    try {
      const said = await put("/workers", { wanted: count });
      this.wanted = said?.wanted ?? count;
      this.announce(`${this.wanted} workers wanted`);
    } catch (error) {
      setText(this.error, error.message);
    }
    if (!this.timer) this.write(this.wanted);
  }
}
