// The report of a version, in a dialog.

import { get } from "../api.js";
import { openDialog } from "../dialogs.js";
import { h, replace } from "../dom.js";
import { day, labelled, percent, size } from "./figures.js";
import { confusionTable, findsTable, partsTable } from "./model_figures.js";
import { facts as factList } from "./parts.js";

export function showReport(version, task) {
  const place = h("div", { class: "report" }, h("p", { class: "muted" }, "Loading."));
  openDialog(`${task === "detector" ? "Detector" : "Classifier"} version ${version}`, place, { wide: true });
  get(`/models/${version}?task=${task}`).then(
    ({ manifest, report, has_page: hasPage }) => {
      const shown = task === "detector" ? ofDetector(manifest, report) : ofClassifier(manifest, report);
      replace(place, hasPage && pageLink(version, task), shown);
    },
    (error) => replace(place, h("p", { class: "error", role: "alert" }, error.message)),
  );
}

// The page with curves is where the training left it, which may be another machine.
function pageLink(version, task) {
  const href = `/api/v1/models/${version}/report?task=${task}`;
  return h("p", {}, h("a", { class: "button", href, target: "_blank", rel: "noopener" }, "Report with curves (new tab)"));
}

function ofClassifier(manifest, report) {
  const parts = report?.evaluation?.parts ?? [];
  return [
    facts(manifest, report),
    partsTable(report?.evaluation?.figures ?? manifest.metrics ?? {}),
    parts.map((part) => confusionTable(part.part, part.confusion)),
  ];
}

function ofDetector(manifest, report) {
  return [facts(manifest, report), findsTable(manifest.metrics ?? {})];
}

function facts(manifest, report) {
  const gate = manifest.gate ?? report?.promotion?.gate;
  const rows = [
    ["Made", day(manifest.created_at)],
    ["Answers", manifest.labels?.map(labelled).join(", ")],
    ["File", report?.export && [size(exported(report.export)), report.export.precision].filter(Boolean).join(", ")],
    ["Began with", report?.network?.began_with],
    ["Trained on", report?.split && `${taught(report.split)} faces`],
    ["Photographs", report?.scenes?.photographs && scenes(report.scenes)],
    ["Gate", gate ? verdict(gate) : "not asked"],
    ["Note", report?.note ?? manifest.training?.note],
    report === null && ["Report", "This version has none; its figures are those of its manifest."],
  ];
  return factList(rows);
}

const exported = ({ bytes, precision }) => (typeof bytes === "number" ? bytes : bytes?.[precision]);

function taught(split) {
  const faces = split.faces.filter((each) => each.part === "train");
  return faces.reduce((sum, each) => sum + each.faces, 0).toLocaleString("en");
}

function scenes(found) {
  const [truth, reported] = [found.true_compliance, found.reported_compliance].map(percent);
  return `${found.photographs}, true compliance ${truth}, reported ${reported}`;
}

function verdict(gate) {
  const compared = gate.compared_with ? ` against version ${gate.compared_with}` : "";
  const word = gate.forced ? "failed, served by force" : gate.passed ? "passed" : "failed";
  return [word + compared, gate.reasons?.length ? reasons(gate.reasons) : null];
}

export function reasons(texts) {
  return h("ul", { class: "reasons" }, texts.map((text) => h("li", {}, text)));
}
