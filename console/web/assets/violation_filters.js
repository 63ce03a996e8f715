// Which violations are shown: a form whose values are kept in the address.

import { withQuery } from "./api.js";
import { h, replace } from "./dom.js";
import { outcomeOf } from "./words.js";

const CHOICES = {
  since: ["Time", [["", "All kept"], ["1h", "Last hour"], ["24h", "Last 24 hours"], ["7d", "Last 7 days"], ["30d", "Last 30 days"]]],
  open: ["State", [["", "Open and ended"], ["true", "Open"], ["false", "Ended"]]],
  dismissed: ["Dismissed", [["", "Shown"], ["false", "Hidden"], ["true", "Only these"]]],
  label: ["Label", [["", "Both"], ["without_mask", outcomeOf("without_mask")], ["incorrect_mask", outcomeOf("incorrect_mask")]]],
  min_confidence: ["Confidence", [["", "Any"], ["0.7", "70% or more"], ["0.8", "80% or more"], ["0.9", "90% or more"], ["0.95", "95% or more"]]],
};
export const FILTERS = ["camera", ...Object.keys(CHOICES)];

// {element, exporter, values(), setCameras(ids), set(parameters)}; `changed` runs when someone chooses, and
// `exporter` is a link to a file of all that is chosen.
export function makeFilters(parameters, changed) {
  const camera = h("select", { name: "camera" });
  const form = h("form", { class: "filters", "aria-label": "Filters", onchange: () => (pointExporter(), changed()),
    onsubmit: (event) => event.preventDefault() });
  const exporter = h("a", { class: "button quiet", download: true, title: "All that the filters choose, as CSV" }, "Export");
  const reset = h("button", { type: "button", class: "quiet", onclick: () => (set(new URLSearchParams()), changed()) }, "Clear filters");
  let cameras = [];

  // A camera that was removed may still be asked for.
  function offerCameras(chosen) {
    const offered = [...new Set([...cameras, chosen].filter(Boolean))];
    replace(camera, h("option", { value: "" }, "All"), offered.map((id) => h("option", { value: id }, id)));
    camera.value = chosen;
  }

  function setCameras(ids) {
    if (ids.join() === cameras.join()) return;
    cameras = ids;
    offerCameras(camera.value);
  }

  const pointExporter = () => exporter.setAttribute("href", withQuery("/api/v1/violations/export", { format: "csv", ...valuesOf(form) }));

  function set(wanted) {
    offerCameras(wanted.get("camera") ?? "");
    for (const name of Object.keys(CHOICES)) {
      const select = form.elements[name];
      const value = wanted.get(name) ?? "";
      if (![...select.options].some((each) => each.value === value)) select.append(h("option", { value }, value));
      select.value = value;
    }
    pointExporter();
  }

  replace(
    form,
    field("Camera", camera),
    Object.entries(CHOICES).map(([name, [label, options]]) => field(label, choice(name, options))),
    reset,
  );
  set(parameters);
  return { element: form, exporter, setCameras, set, values: () => valuesOf(form) };
}

const choice = (name, options) => h("select", { name }, options.map(([value, words]) => h("option", { value }, words)));

function field(label, select) {
  select.id = `filter-${select.name}`;
  return h("div", { class: "filter" }, h("label", { for: select.id }, label), select);
}

const valuesOf = (form) => Object.fromEntries(FILTERS.map((name) => [name, form.elements[name].value]));

// Whether a violation that the server tells of is one of those that are shown. It is new, so `since` holds.
export function matches(violation, values) {
  const isOpen = String(violation.state !== "ended");
  const isDismissed = String(violation.dismissal !== null);
  return (
    (!values.camera || violation.camera === values.camera) &&
    (!values.open || isOpen === values.open) &&
    (!values.dismissed || isDismissed === values.dismissed) &&
    (!values.label || violation.label === values.label) &&
    violation.confidence >= Number(values.min_confidence || 0)
  );
}
