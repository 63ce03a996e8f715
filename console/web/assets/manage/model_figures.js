// What is known of how good a version is: tables of its parts, of labels and what they were called, of a detector's finds.

import { h } from "../dom.js";
import { interval, labelled, percent, whole } from "./figures.js";

const MASKED = "with_mask";
const BARE = "without_mask";
const WRONG = "incorrect_mask";

// A classifier's parts, and below each its sources and face sizes.
export function partsTable(metrics) {
  const heads = ["Part", "Faces", "Accuracy", "95 % interval", "Balanced", "Masked", "Bare"];
  const rows = Object.entries(metrics).map(([name, figures]) => {
    const [part, group] = name.split("/");
    const values = [whole(figures.faces), percent(figures.accuracy), interval(figures.accuracy_low, figures.accuracy_high)];
    const balanced = [figures.balanced_accuracy, figures[`${MASKED}_accuracy`], figures[`${BARE}_accuracy`]].map(percent);
    return row(group ?? part, [...values, ...balanced], group !== undefined);
  });
  return table("How often it is right", heads, rows);
}

// What a detector, and those it was measured beside, find of the annotated faces.
export function findsTable(metrics) {
  const heads = ["Detector, part", "Masked", "Bare", "Worn incorrectly", "False faces a photograph", "ms"];
  const rows = Object.entries(metrics).map(([name, figures]) => {
    const share = (label) => (figures[`${label} all faces`] ? percent(figures[`${label} all`]) : "");
    const found = [MASKED, BARE, WRONG].map(share);
    return row(name, [...found, (figures.false_faces ?? 0).toFixed(2), (figures.milliseconds ?? 0).toFixed(1)]);
  });
  return table("What it finds, each at its own score", heads, rows);
}

// A row for each true label, a column for each answer; what was right is marked.
export function confusionTable(part, confusion) {
  const rows = confusion.truths.map((truth, line) => {
    const counts = confusion.counts[line].map((count, column) => {
      const isRight = confusion.answers[column] === truth;
      return h("td", { class: isRight ? "number right" : "number" }, isRight ? h("strong", {}, whole(count)) : whole(count));
    });
    return h("tr", {}, h("th", { scope: "row" }, labelled(truth)), counts);
  });
  return table(`${part}: labels and what they were called`, ["True label", ...confusion.answers.map(labelled)], rows);
}

function row(name, values, isInner = false) {
  const head = h("th", { scope: "row", class: isInner ? "inner" : null }, name);
  return h("tr", {}, head, values.map((value) => h("td", { class: "number" }, value)));
}

function table(caption, heads, rows) {
  const cells = heads.map((head, index) => h("th", { scope: "col", class: index ? "number" : null }, head));
  const body = [h("caption", {}, caption), h("thead", {}, h("tr", {}, cells)), h("tbody", {}, rows)];
  const region = { class: "scroll", tabindex: "0", role: "region", "aria-label": caption };
  return h("div", region, h("table", { class: "figures-table" }, body));
}
