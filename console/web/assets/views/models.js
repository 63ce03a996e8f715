// The versions of classifier and detector: how good they are, which is served, and serving another.

import { get } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { errorLine } from "../manage/asking.js";
import { day, labelled, percent, size } from "../manage/figures.js";
import { showReport } from "../manage/model_report.js";
import { promote, rollBack } from "../manage/model_serving.js";
import { button, cell, empty, stackedTable } from "../manage/parts.js";

export const title = "Models";

const TASKS = [["classifier", "Classifier"], ["detector", "Detector"]];
// Headings, and whether a column holds figures.
const COLUMNS = {
  classifier: [["Version"], ["Made"], ["Accuracy", true], ["Labels"], ["Size", true], ["Gate"], [""]],
  detector: [["Version"], ["Made"], ["Masked", true], ["Bare", true], ["False faces", true], ["Size", true], ["Gate"], [""]],
};
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
    this.back = button("Roll back", () => this.rollBack(), { disabled: true });
    this.tabs = new Map(TASKS.map(([task, text]) => [task, h("a", { href: `#/models?task=${task}` }, text)]));
    replace(context.tools, this.back);
    const tabs = h("nav", { class: "tabs", "aria-label": "Kinds of models" }, [...this.tabs.values()]);
    replace(root, tabs, this.error, this.list);
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
    this.back.disabled = found.rollback_to === null;
    if (found.versions.length === 0) return replace(this.list, empty("No versions", "Workers run what comes with them."));
    const rows = found.versions.toReversed().map((each) => this.row(each));
    const table = stackedTable("Versions, newest first", COLUMNS[this.task], h("tbody", {}, rows));
    return replace(this.list, table, h("p", { class: "hint registry" }, `Registry: ${found.registry}`));
  }

  row(model) {
    const mark = model.current && h("span", { class: "badge good" }, "served");
    const head = h("th", { scope: "row" }, `${model.version} `, mark);
    const columns = COLUMNS[this.task];
    if (model.broken !== null) {
      const broken = h("span", { class: "badge bad" }, "broken");
      const why = h("td", { colspan: columns.length - 2, "data-label": "Broken" }, h("span", {}, broken, " ", model.broken));
      return h("tr", { "data-version": model.version }, head, why, h("td"));
    }
    const cells = figures(model, this.task).map((value, index) => cell(columns[index + 1], value));
    return h("tr", { "data-version": model.version }, head, cells, this.actions(model));
  }

  actions(model) {
    const { version } = model;
    const serve = () => this.change(() => promote(model, this.task));
    const quietly = (text, name, run) => button(text, run, { class: "quiet", "aria-label": name });
    const report = quietly("Report", `Report of version ${version}`, () => showReport(version, this.task));
    const serves = !model.current && quietly("Serve", `Serve version ${version}`, serve);
    return h("td", {}, h("div", { class: "actions" }, report, serves));
  }

  rollBack() {
    return this.change(() => rollBack(this.found.current, this.found.rollback_to, this.task));
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

// What stands between a version's number and its buttons.
function figures(model, task) {
  const gate = h("span", { class: `badge ${GATES[model.gate] ?? ""}` }, model.gate);
  const own = task === "detector" ? finds(model.found) : [percent(model.accuracy), model.labels.map(labelled).join(", ")];
  return [day(model.made), ...own, size(model.model_bytes), gate];
}

function finds(found) {
  return found ? [percent(found.masked), percent(found.bare), found.false_faces.toFixed(2)] : ["", "", ""];
}
