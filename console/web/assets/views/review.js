// Faces of which the model was unsure or wrong: somebody says what they are, and the next training learns from it.

import { isDialogOpen } from "../dialogs.js";
import { h, replace, setText } from "../dom.js";
import { ask, errorLine } from "../manage/asking.js";
import { labelled } from "../manage/figures.js";
import { button, empty } from "../manage/parts.js";
import { facePicture, factsOf } from "../manage/review_face.js";
import { ReviewQueue } from "../manage/review_queue.js";

export const title = "Review";

const LABELS = [
  ["1", "with_mask", "With mask"],
  ["2", "without_mask", "Without mask"],
  ["3", "incorrect_mask", "Worn wrong"],
  ["4", "not_a_face", "Not a face"],
];

export function mount(root, context) {
  const review = new Review(root, context);
  document.addEventListener("keydown", (event) => review.key(event), { signal: context.signal });
  review.load();
}

const keyCap = (key) => h("kbd", { "aria-hidden": "true" }, key);

class Review {
  constructor(root, context) {
    this.context = context;
    this.queue = new ReviewQueue();
    this.shown = null; // which face, with which label, is shown
    this.isAll = context.parameters.get("all") === "1";
    this.camera = context.parameters.get("camera") ?? "";
    this.build(root);
  }

  build(root) {
    this.progress = h("p", { class: "review-progress", role: "status" });
    this.bar = h("progress", { max: "1", value: 0, "aria-label": "Labelled" });
    this.face = h("div", { class: "review-face" });
    this.facts = h("div", { class: "review-facts" });
    this.error = errorLine();
    this.labels = LABELS.map(([key, label, text]) => {
      const props = { class: "review-label", "data-label": label };
      return button([text, keyCap(key)], () => this.label(label), props);
    });
    this.undo = button(["Undo", keyCap("u")], () => this.takeBack());
    this.steps = [
      button(["Back", keyCap("\u2190")], () => this.move(-1)),
      button(["Skip", keyCap("s")], () => this.move(1)),
      this.undo,
      button("Erase", () => this.erase(), { class: "danger" }),
    ];
    const labels = h("div", { class: "review-labels", role: "group", "aria-label": "What is it?" }, this.labels);
    this.controls = h("div", { class: "review-controls" }, labels, h("div", { class: "actions" }, this.steps), this.error);
    replace(this.context.tools, this.allChoice());
    this.body = h("div", { class: "review-body" }, this.face, this.controls, this.facts);
    replace(root, h("div", { class: "review-head" }, this.progress, this.bar), this.body);
  }

  allChoice() {
    const box = h("input", { type: "checkbox", checked: this.isAll });
    box.addEventListener("change", () => {
      this.isAll = box.checked;
      this.context.setParameters({ all: this.isAll ? "1" : "", camera: this.camera });
      this.load();
    });
    return h("label", { class: "inline" }, box, "Also those with a label");
  }

  load() {
    return this.doing(() => this.queue.load(this.camera, this.isAll), false);
  }

  show() {
    const { queue } = this;
    const { item, items, place } = queue;
    const count = items.length;
    setText(this.progress, count ? `${Math.min(place + 1, count)} of ${count}, ${queue.labelled} labelled` : "");
    this.bar.max = Math.max(count, 1);
    this.bar.value = queue.labelled;
    this.bar.hidden = count === 0;
    this.controls.hidden = count === 0;
    for (const button of this.labels) {
      button.disabled = item === null;
      button.setAttribute("aria-pressed", String(item !== null && item.label === button.dataset.label));
    }
    this.undo.disabled = queue.done.length === 0;
    this.showFace(item);
  }

  // Only where it is another one: a picture that is there already would flicker.
  showFace(item) {
    if (item === null || item.id !== this.shown?.id) replace(this.face, item ? facePicture(item) : this.finished());
    if (item !== this.shown) replace(this.facts, item && factsOf(item));
    this.body.classList.toggle("is-finished", item === null);
    this.shown = item;
  }

  finished() {
    const [head, text] = this.queue.items.length
      ? ["That was the last one", "The next training learns from what you said."]
      : ["Nothing to review", "Faces of which the model is unsure, and violations that were none, come here."];
    return empty(head, text, button("Look for more", () => this.load()));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isDialogOpen() || this.queue.items.length === 0) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    const run = this.actOf(event.key);
    if (run === null) return;
    event.preventDefault();
    run();
  }

  actOf(key) {
    const label = LABELS.find(([each]) => each === key);
    if (label) return () => this.label(label[1]);
    const [on, back] = [() => this.move(1), () => this.move(-1)];
    const acts = { u: () => this.takeBack(), s: on, ArrowRight: on, ArrowLeft: back };
    return acts[key] ?? null;
  }

  label(label) {
    if (this.queue.item === null) return;
    const [, , text] = LABELS.find(([, each]) => each === label);
    this.doing(() => this.queue.label(label));
    this.tell(text);
  }

  move(by) {
    this.doing(() => this.queue.move(by));
    this.tell("");
  }

  takeBack() {
    const hasSome = this.queue.done.length > 0;
    this.doing(() => this.queue.undo());
    this.context.announce(hasSome ? "taken back" : "nothing to take back");
  }

  async erase() {
    if (this.queue.item === null) return;
    const text = "Its picture and what was said of it are deleted for good. What a model has learnt stays.";
    if (!(await ask("Erase this face?", text, { confirm: "Erase it", isDangerous: true }))) return;
    await this.doing(() => this.queue.erase());
  }

  tell(said) {
    const { item } = this.queue;
    const next = item ? `next: ${item.camera}, the model says ${labelled(item.model_label)}` : "that was the last one";
    this.context.announce([said, next].filter(Boolean).join("; "));
  }

  // What a work changes at once is shown at once, and again when the server has answered.
  async doing(work, changesAtOnce = true) {
    setText(this.error, "");
    try {
      const answered = work();
      if (changesAtOnce) this.show();
      await answered;
    } catch (error) {
      setText(this.error, error.message);
      if (this.controls.hidden) this.context.toast(error);
    }
    this.show();
  }
}
