// The versions of classifier and detector: how good they are, which is served, and serving another.

import { get } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { errorLine } from "../manage/asking.js";
import { day, labelled, percent, size } from "../manage/figures.js";
import { showReport } from "../manage/model_report.js";
import { promote, rollBack } from "../manage/model_serving.js";

export const title = "Models";

const TASKS = [["classifier", "Classifier"], ["detector", "Detector"]];
const GATES = { passed: "good", failed: "bad", forced: "warn" };

export function mount(root, context) {
  const view = new Models(root, context);
  const show = (parameters) => view.show(parameters.get("task") === "detector" ? "detector" : "classifier");
  context.onParameters(show);
  show(context.parameters);
}

class Models {
  constructor(root, context) {
    this.context = context;
    this.error = errorLine();
    this.list = h("div", { class: "models-list", id: "models-list" });
    this.back = h("button", { type: "button", disabled: true, onclick: () => this.rollBack() }, "Roll back");
    this.tabs = new Map(TASKS.map(([task, text]) => [task, h("a", { href: `#/models?task=${task}` }, text)]));
    replace(context.tools, this.back);
    replace(root, h("nav", { class: "tabs", "aria-label": "Kinds of models" }, [...this.tabs.values()]), this.error, this.list);
  }

  async show(task) {
    this.task = task;
    for (const [each, tab] of this.tabs) {
      if (each === task) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    await this.load();
  }

  async load() {
    const { task } = this;
    try {
      const found = await get(`/models?task=${task}`);
      if (task === this.task) this.fill(found);
      setText(this.error, "");
    } catch (error) {
      setText(this.error, error.message);
    }
  }

  fill(found) {
    this.found = found;
    this.back.disabled = found.current === null || found.rollback_to === null;
    const versions = found.versions.toReversed();
    if (versions.length === 0) return replace(this.list, h("div", { class: "empty panel" }, h("h2", {}, "No versions"), h("p", {}, "Workers run what comes with them.")));
    const heads = columns(this.task).map(([text, isNumber]) => h("th", { scope: "col", class: isNumber ? "number" : null }, text || h("span", { class: "unseen" }, "Actions")));
    const rows = versions.map((each) => this.row(each));
    replace(this.list, h("table", { class: "stacked" }, h("caption", { class: "unseen" }, "Versions, newest first"), h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)), h("p", { class: "hint registry" }, `Registry: ${found.registry}`));
  }

  row(model) {
    const mark = model.current && h("span", { class: "badge good" }, "served");
    const head = h("th", { scope: "row" }, `${model.version} `, mark);
    const wide = columns(this.task).length - 2;
    if (model.broken !== null) {
      const why = h("td", { colspan: wide, "data-label": "Broken" }, h("span", { class: "badge bad" }, "broken"), " ", model.broken);
      return h("tr", { "data-version": model.version }, head, why, h("td"));
    }
    const cells = figures(model, this.task).map(([label, value, isNumber]) => h("td", { "data-label": label, class: isNumber ? "number" : null }, value));
    return h("tr", { "data-version": model.version }, head, cells, this.actions(model));
  }

  actions(model) {
    const { version } = model;
    const serve = () => this.change(() => promote(model, this.task));
    const report = h("button", { type: "button", class: "quiet", "aria-label": `Report of version ${version}`, onclick: () => showReport(version, this.task) }, "Report");
    const promotes = h("button", { type: "button", class: "quiet", "aria-label": `Serve version ${version}`, onclick: serve }, "Serve");
    return h("td", {}, h("div", { class: "actions" }, report, !model.current && promotes));
  }

  rollBack() {
    return this.change(() => rollBack(this.found.current, this.found.rollback_to ?? null, this.task));
  }

  // Does something that changes which version is served.
  async change(work) {
    try {
      const done = await work();
      if (done === null) return;
      this.context.toast(done.said);
    } catch (error) {
      this.context.toast(error);
    }
    await this.load();
    this.list.querySelector("tbody button")?.focus();
  }
}

// Headings, and whether a column holds figures.
function columns(task) {
  const found = task === "detector" ? [["Masked", true], ["Bare", true], ["False faces", true]] : [["Accuracy", true], ["Labels", false]];
  return [["Version", false], ["Made", false], ...found, ["Size", true], ["Gate", false], ["", false]];
}

function figures(model, task) {
  const gate = h("span", { class: `badge ${GATES[model.gate] ?? ""}` }, model.gate);
  const { found } = model;
  const own = task === "detector"
    ? [["Masked", percent(found?.masked), true], ["Bare", percent(found?.bare), true], ["False faces", found ? found.false_faces.toFixed(2) : "", true]]
    : [["Accuracy", percent(model.accuracy), true], ["Labels", model.labels.map(labelled).join(", "), false]];
  return [["Made", day(model.made), false], ...own, ["Size", size(model.model_bytes), true], ["Gate", gate, false]];
}
