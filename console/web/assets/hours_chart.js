// People by hour or day as small bars; an hour that was not seen is hatched, which is not the same as empty.

import { h } from "./dom.js";
import { hour } from "./times.js";
import { outcomeOf, percent, plain } from "./words.js";

const ORDER = ["without_mask", "incorrect_mask", "cannot_tell", "with_mask"];
const MOST_NAMES = 6;
const DAY_MS = 86_400_000;

export function hoursChart(name, steps) {
  if (steps.length < 2) return null;
  const most = Math.max(1, ...steps.map(({ figures }) => sum(figures.people)));
  const every = Math.ceil(steps.length / MOST_NAMES);
  return h(
    "figure",
    { class: "hours" },
    h("figcaption", { class: "muted small" }, `People by ${isDays(steps) ? "day" : "hour"}, at most ${most.toLocaleString()}; violations above in numbers`),
    h("div", { class: "columns", "aria-hidden": "true" }, steps.map((step, index) => column(step, most, index % every === 0, isDays(steps)))),
    table(name, steps),
  );
}

const isDays = (steps) => steps.some(({ since, until }) => new Date(until) - new Date(since) > DAY_MS / 2);

function column(step, most, isNamed, days) {
  const { figures } = step;
  const isSeen = figures.watched_seconds >= 1;
  const bars = ORDER.filter((outcome) => figures.people[outcome] > 0).map((outcome) =>
    h("span", { class: `bar-part ${outcome}`, style: { height: `${(figures.people[outcome] / most) * 100}%` } }));
  return h(
    "div",
    { class: "column", title: `${nameOf(step, days)}: ${words(figures)}` },
    h("span", { class: "column-count" }, figures.violations > 0 && figures.violations.toLocaleString()),
    h("div", { class: `bars ${isSeen ? "" : "unseen-hour"}` }, bars),
    h("span", { class: "column-name" }, isNamed ? nameOf(step, days) : ""),
  );
}

function words(figures) {
  if (figures.watched_seconds < 1) return `not seen${why(figures)}`;
  const parts = ORDER.filter((each) => figures.people[each] > 0).map((each) => `${figures.people[each]} ${outcomeOf(each)}`);
  return `${parts.join(", ") || "nobody"}; ${figures.violations} violations; seen ${percent(figures.coverage)}${why(figures)}`;
}

const why = ({ blind_seconds: blind }) => {
  const reasons = Object.entries(blind).filter(([, seconds]) => seconds >= 1).map(([reason]) => plain(reason));
  return reasons.length ? ` (${reasons.join(", ")})` : "";
};

// The same numbers for those who cannot see bars, or want to read them.
function table(name, steps) {
  const days = isDays(steps);
  return h(
    "details",
    {},
    h("summary", {}, "As a table"),
    h("div", { class: "scroll" }, h("table", { "aria-label": `${name} by ${days ? "day" : "hour"}` },
      h("thead", {}, h("tr", {}, ["From", "People", "Violations", "Masked", "Seen"].map((each) => h("th", { scope: "col" }, each)))),
      h("tbody", {}, steps.map((step) => row(step, days))))),
  );
}

function row(step, days) {
  const { figures } = step;
  const isSeen = figures.watched_seconds >= 1;
  const cells = isSeen
    ? [sum(figures.people), figures.violations, percent(figures.compliance.corrected ?? figures.compliance.raw), percent(figures.coverage)]
    : ["-", "-", "-", words(figures)];
  return h("tr", {}, h("th", { scope: "row" }, h("time", { datetime: step.since }, nameOf(step, days))), cells.map((each) => h("td", {}, each)));
}

function nameOf({ since }, days) {
  const when = new Date(since);
  return days ? when.toLocaleDateString([], { weekday: "short", day: "numeric" }) : hour(when);
}

const sum = (counts) => Object.values(counts).reduce((one, other) => one + other, 0);
