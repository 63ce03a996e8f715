// Workers: how many are wanted, which run, and whether they keep up.

import { get } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { on } from "../events.js";
import { errorLine } from "../manage/asking.js";
import { rate } from "../manage/camera_words.js";
import { KeepingUp } from "../manage/keeping_up.js";
import { WantedWorkers } from "../manage/wanted_workers.js";

export const title = "Workers";

const AGAIN_MS = 2_000;
const HEADINGS = ["Worker", "Machine", "Frames/s", "Model", "Detector"];
const OTHERS = ["Process", "Machine", "Role"];

export function mount(root, context) {
  const wanted = new WantedWorkers(context.announce);
  const load = loadPanel();
  const error = errorLine();
  const list = h("div");
  const show = (found) => {
    wanted.show(found);
    replace(list, found.workers.length ? workersTable(found.workers) : h("div", { class: "empty panel" }, h("h2", {}, "No worker runs")), others(found.processes));
  };
  const refresh = () => get("/workers").then((found) => (show(found), setText(error, "")), (failure) => setText(error, failure.message));
  replace(root, h("div", { class: "worker-head" }, wanted.element, load.element), error, list);
  const off = on("system", load.show);
  const timer = setInterval(() => document.hidden || refresh(), AGAIN_MS);
  refresh();
  return () => {
    off();
    clearInterval(timer);
  };
}

function loadPanel() {
  const history = new KeepingUp();
  const waiting = h("strong", { class: "figure" });
  const said = h("span", { class: "badge" });
  const rates = h("p", { class: "hint" });
  const show = (system) => {
    history.add(Date.now(), system.frames_waiting);
    const [text, kind] = history.said(system.workers.length);
    setText(waiting, system.frames_waiting.toLocaleString("en"));
    setText(said, text);
    said.className = `badge ${kind}`;
    setText(rates, `${total(Object.values(system.cameras))} frames/s come in, ${total(system.workers)} are judged.`);
  };
  const element = h("div", { class: "panel load" }, h("p", { class: "load-title" }, "Frames waiting"), waiting, h("p", { role: "status" }, said), rates);
  return { element, show };
}

const total = (each) => rate(each.reduce((sum, { frames_per_second: perSecond }) => sum + perSecond, 0));

function workersTable(workers) {
  const rows = workers.map((worker) => {
    const cells = [["Machine", worker.host], ["Frames/s", rate(worker.frames_per_second), true], ["Model", worker.model_version, true], ["Detector", worker.detector]];
    return row(worker.id, worker.name ? `${worker.name} ` : "", cells);
  });
  return table("Running workers", HEADINGS, rows);
}

function row(id, name, cells) {
  const head = h("th", { scope: "row" }, name, h("span", { class: "muted" }, name ? id : null), name ? null : id);
  return h("tr", { "data-worker": id }, head, cells.map(([label, value, isNumber]) => h("td", { "data-label": label, class: isNumber ? "number" : null }, value ?? "")));
}

function others(processes) {
  if (!processes?.length) return null;
  const rows = processes.map((each) => row(each.id, each.name ?? "", [["Machine", each.host], ["Role", each.role]]));
  return [h("h2", { class: "others" }, "Other processes"), table("Other processes", OTHERS, rows)];
}

function table(caption, headings, rows) {
  const heads = headings.map((text) => h("th", { scope: "col", class: ["Frames/s", "Model"].includes(text) ? "number" : null }, text));
  return h("table", { class: "stacked" }, h("caption", { class: "unseen" }, caption), h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
}
