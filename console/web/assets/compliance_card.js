// What was counted of one camera, or of all, in a stretch of time.

import { hashOf } from "./addresses.js";
import { h } from "./dom.js";
import { hoursChart } from "./hours_chart.js";
import { span } from "./times.js";
import { counted, outcomeOf, percent, plain } from "./words.js";

const LEAST_S = 1; // less was not seen at all

// `steps` are the same figures by hour or day: [{since, until, figures}].
export function complianceCard(name, figures, steps, { camera = null, areas = {}, since = "" } = {}) {
  const isSeen = figures.watched_seconds >= LEAST_S;
  return h(
    "article",
    { class: "panel compliance-card", dataset: { camera: camera ?? "" } },
    h("header", { class: "card-head" }, h("h2", {}, name), sightBadge(figures)),
    isSeen ? [masked(figures.compliance), facts(figures, areas, camera, since)] : unseen(figures),
    hoursChart(name, steps),
  );
}

function sightBadge({ blind_now: blindNow, coverage, watched_seconds: watched }) {
  if (blindNow) return h("span", { class: "badge bad" }, `not seen right now: ${plain(blindNow)}`);
  if (watched < LEAST_S) return h("span", { class: "badge bad" }, "not seen");
  return h("span", { class: `badge ${coverage < 0.95 ? "warn" : "good"}` }, `seen ${percent(coverage)} of the time`);
}

// No bar and no zero: nobody looked.
function unseen(figures) {
  const why = blindWords(figures);
  return h("p", { class: "could-not-see" }, `Could not see: nothing was seen in this time${why ? ` (${why})` : ""}. This is not the same as no violations.`);
}

function masked(compliance) {
  const { raw, corrected, low, high, notes } = compliance;
  const hasInterval = corrected !== null && low !== null && high !== null;
  return h(
    "div",
    { class: "masked" },
    raw === null ? h("p", { class: "headline none" }, "No share: nobody was judged")
      : [h("p", { class: "headline" }, h("strong", {}, percent(hasInterval ? corrected : raw)), " with a mask",
        h("span", { class: "muted" }, hasInterval ? `, ${percent(low)} to ${percent(high)}` : ", not corrected")),
      bar(compliance, hasInterval),
      h("p", { class: "muted small" }, `As counted: ${percent(raw)}, ${compliance.masked.toLocaleString()} of ${counted(compliance.judged, "judged person").replace("persons", "people")}`)],
    raw !== null && notes.length > 0 && h("ul", { class: "notes" }, notes.map((note) => h("li", {}, note))),
  );
}

// The line is the share corrected, the band its 95% interval, the notch below the share as counted.
function bar({ raw, corrected, low, high }, hasInterval) {
  const at = (share) => `${(share * 100).toFixed(2)}%`;
  const words = hasInterval
    ? `Corrected ${percent(corrected)}, 95% interval ${percent(low)} to ${percent(high)}, as counted ${percent(raw)}`
    : `As counted ${percent(raw)}`;
  return h(
    "div",
    { class: "share", role: "img", "aria-label": words, title: words },
    hasInterval && h("span", { class: "band", style: { left: at(low), width: at(high - low) } }),
    hasInterval && h("span", { class: "corrected", style: { left: at(corrected) } }),
    h("span", { class: "raw", style: { left: at(raw) } }),
  );
}

function facts(figures, areas, camera, since) {
  const { violations, dismissed, confirmed } = figures;
  const blind = blindWords(figures);
  const link = h("a", { href: hashOf("violations", { camera, since }) }, counted(violations, "violation"));
  return h(
    "dl",
    { class: "facts" },
    fact("Violations", [link, dismissed > 0 && `, ${dismissed.toLocaleString()} dismissed, ${confirmed.toLocaleString()} confirmed`]),
    fact("People", peopleWords(figures.people)),
    fact("Cannot tell", reasons(figures.unjudged)),
    fact("Seen", `${span(figures.watched_seconds)}, ${percent(figures.coverage)}`),
    fact("Not seen", blind),
    fact("Frames lost", reasons(lost(figures.frames_dropped))),
    fact("Areas", Object.entries(areas).map(([area, count]) => `${area}: ${counted(count, "violation")}`).join(", ")),
  );
}

const fact = (name, value) => value && [h("dt", {}, name), h("dd", {}, value)];

// Frames in which nothing moved are held back on purpose.
const lost = (dropped) => Object.fromEntries(Object.entries(dropped).filter(([reason]) => reason !== "unchanged"));

function peopleWords(people) {
  const sum = Object.values(people).reduce((one, other) => one + other, 0);
  const parts = Object.entries(people).filter(([, count]) => count > 0);
  const detail = parts.map(([outcome, count]) => `${count.toLocaleString()} ${outcomeOf(outcome)}`).join(", ");
  return detail ? `${sum.toLocaleString()}: ${detail}` : "nobody yet: a person counts once out of sight";
}

const reasons = (counts) =>
  Object.entries(counts).filter(([, count]) => count > 0).map(([reason, count]) => `${count.toLocaleString()} ${plain(reason)}`).join(", ");

const blindWords = ({ blind_seconds: blind }) =>
  Object.entries(blind).filter(([, s]) => s >= LEAST_S).map(([reason, s]) => `${plain(reason)} for ${span(s)}`).join(", ");
