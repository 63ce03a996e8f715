// Workers: how many are wanted, which run, and whether they keep up.

import { get } from "../api.js";
import { h, replace, setText } from "../dom.js";
import { on } from "../events.js";
import { errorLine } from "../manage/asking.js";
import { rate } from "../manage/camera_words.js";
import { KeepingUp } from "../manage/keeping_up.js";
import { cell, empty, stackedTable } from "../manage/parts.js";
import { WantedWorkers } from "../manage/wanted_workers.js";

export const title = "Workers";

const AGAIN_MS = 2_000;
const COLUMNS = [["Worker"], ["Machine"], ["Frames/s", true], ["Model", true], ["Detector"]];

export function mount(root, context) {
  const wanted = new WantedWorkers(context.announce);
  const load = loadPanel();
  const error = errorLine();
  const list = h("div");
  const refresh = async () => {
    try {
      const found = await get("/workers");
      wanted.show(found);
      replace(list, workersTable(found.workers));
      setText(error, "");
    } catch (failure) {
      setText(error, failure.message);
    }
  };
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
  const heading = h("p", { class: "load-title" }, "Frames waiting");
  const element = h("div", { class: "panel load" }, heading, waiting, h("p", { role: "status" }, said), rates);
  return { element, show };
}

const total = (each) => rate(each.reduce((sum, { frames_per_second: perSecond }) => sum + perSecond, 0));

function workersTable(workers) {
  if (workers.length === 0) return empty("No worker runs", "Nothing is judged until one does.");
  return stackedTable("Running workers", COLUMNS, h("tbody", {}, workers.map(row)));
}

function row(worker) {
  const values = [worker.host, rate(worker.frames_per_second), worker.model_version, worker.detector];
  const name = worker.name ? [`${worker.name} `, h("span", { class: "muted" }, worker.id)] : worker.id;
  const cells = values.map((value, index) => cell(COLUMNS[index + 1], value));
  return h("tr", { "data-worker": worker.id }, h("th", { scope: "row" }, name), cells);
}
