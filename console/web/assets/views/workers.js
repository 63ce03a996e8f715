// Workers: how many are wanted, which run, whether they keep up, and which other processes there are.

import { get } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { on } from "../events.js";
import { errorLine } from "../manage/asking.js";
import { rate } from "../manage/camera_words.js";
import { roomWords } from "../manage/headroom_words.js";
import { KeepingUp } from "../manage/keeping_up.js";
import { cell, empty, stackedTable } from "../manage/parts.js";
import { WantedWorkers } from "../manage/wanted_workers.js";
import { ago } from "../times.js";

export const title = "Workers";

const AGAIN_MS = 2_000;
const COLUMNS = [["Worker"], ["Machine"], ["Frames/s", true], ["Model", true], ["Detector"]];
const OTHERS = [["Process"], ["Role"], ["Machine"], ["Started"]];

export function mount(root, context) {
  const wanted = new WantedWorkers(context.announce);
  const load = loadPanel();
  const error = errorLine();
  const [list, others] = [h("div"), h("div")];
  const refresh = async () => {
    try {
      const [found, processes] = await Promise.all([get("/workers"), get("/processes")]);
      wanted.show(found);
      replace(list, workersTable(found.workers));
      replace(others, othersTable(processes.filter((each) => each.role !== "worker")));
      setText(error, "");
    } catch (failure) {
      setText(error, failure.message);
    }
  };
  replace(root, h("div", { class: "worker-head" }, wanted.element, load.element), error, list,
    h("h2", { class: "others-head" }, "Other processes"), others);
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
  const [rates, room] = [h("p", { class: "hint" }), h("p", { class: "hint" })];
  const show = (system) => {
    history.add(Date.now(), system.frames_waiting);
    const [text, kind] = history.said(system.workers.length);
    setText(waiting, system.frames_waiting.toLocaleString("en"));
    setText(said, text);
    said.className = `badge ${kind}`;
    setText(rates, `${total(Object.values(system.cameras))} frames/s come in, ${total(system.workers)} are judged.`);
    setText(room, roomWords(system.headroom));
  };
  const heading = h("p", { class: "load-title" }, "Frames waiting");
  const element = h("div", { class: "panel load" }, heading, waiting, h("p", { role: "status" }, said), rates, room);
  return { element, show };
}

const total = (each) => rate(each.reduce((sum, { frames_per_second: perSecond }) => sum + perSecond, 0));

function workersTable(workers) {
  if (workers.length === 0) return empty("No worker runs", "Nothing is judged until one does.");
  return stackedTable("Running workers", COLUMNS, h("tbody", {}, workers.map(row)));
}

function row(worker) {
  const values = [worker.host, rate(worker.frames_per_second), worker.model_version, worker.detector];
  return processRow({ "data-worker": worker.id }, worker, COLUMNS, values);
}

function othersTable(processes) {
  return stackedTable("Other processes", OTHERS, h("tbody", {}, processes.map(otherRow)));
}

function otherRow(process) {
  const values = [process.role, process.host, ago(process.started_at)];
  return processRow({ "data-process": process.id }, process, OTHERS, values);
}

function processRow(props, { id, name }, columns, values) {
  const words = name ? [`${name} `, h("span", { class: "muted" }, id)] : id;
  const cells = values.map((value, index) => cell(columns[index + 1], value));
  return h("tr", props, h("th", { scope: "row" }, words), cells);
}
