// Dismissing and restoring a violation, and looking at it closely.

import { hashOf } from "./addresses.js";
import { post } from "./api.js";
import { openDialog } from "./dialogs.js";
import { h, replace, setText } from "./dom.js";
import { on } from "./events.js";
import { toast } from "./notices.js";
import { moment, span } from "./times.js";
import { labelBadge, pathOf, picture, stateBadge } from "./violation_words.js";
import { percent } from "./words.js";

const MAX_REASON = 200;
const TRUE_LABELS = [["", "I do not say"], ["with_mask", "mask"], ["not_a_face", "not a face"],
  ["without_mask", "no mask"], ["incorrect_mask", "mask not worn right"]];

// Asks why, then dismisses; `changed(violation)` gets it as it is then.
export function askToDismiss(violation, changed) {
  const reason = h("input", { type: "text", name: "reason", maxlength: MAX_REASON, id: "reason", placeholder: "a poster, a mirror" });
  const label = h("select", { name: "label", id: "true-label" }, TRUE_LABELS.map(([value, words]) => h("option", { value }, words)));
  const button = h("button", { type: "submit", class: "main" }, "Dismiss");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    const body = Object.fromEntries([["reason", reason.value.trim()], ["label", label.value]].filter(([, value]) => value));
    if (await change(violation, "dismiss", body, changed)) close();
    button.disabled = false;
  };
  const close = openDialog(`Dismiss the violation on ${violation.camera}?`,
    h("form", { class: "dialog-form", onsubmit: submit },
      h("p", { class: "muted" }, "It no longer counts as confirmed, and its face goes to the review, to teach the model."),
      h("div", { class: "field" }, h("label", { for: "reason" }, "Reason (may be left out)"), reason),
      h("div", { class: "field" }, h("label", { for: "true-label" }, "What it really is"), label),
      h("div", { class: "actions" }, button, h("button", { type: "button", onclick: () => close() }, "Cancel"))));
  reason.focus();
}

export const restore = (violation, changed) => change(violation, "restore", undefined, changed);

// Whether it was done.
async function change(violation, what, body, changed) {
  try {
    const answer = await post(`${pathOf(violation)}/${what}`, body);
    changed(answer.violation);
    const undo = { label: "Undo", run: () => restore(answer.violation, changed) };
    toast(`${violation.camera}: ${answer.said}`, what === "dismiss" ? { action: undo } : {});
    return true;
  } catch (error) {
    toast(error);
    return false;
  }
}

// The whole picture and all that is known; follows what changes while it is open.
export function openDetails(violation, changed) {
  let now = violation;
  const facts = h("dl", { class: "facts" });
  const action = h("button", { type: "button", onclick: () => (now.dismissal ? restore(now, told) : askToDismiss(now, told)) });
  const live = h("a", { class: "button", href: hashOf("wall", { camera: violation.camera }), onclick: () => close() }, "See the camera live");
  const show = (latest) => {
    now = latest;
    replace(facts, factsOf(now).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
    setText(action, now.dismissal ? "Restore" : "Dismiss");
  };
  const told = (latest) => (show(latest), changed(latest));
  show(violation);
  const off = on("violation", (latest) => latest.id === violation.id && show(latest));
  const close = openDialog(`Violation on ${violation.camera}`,
    [picture(violation, "frame"), h("div", { class: "details" }, picture(violation, "face"), facts), h("div", { class: "actions" }, action, live)],
    { wide: true, closed: off });
}

function factsOf(violation) {
  const { dismissal, model_version: model, detector } = violation;
  return [
    ["State", stateBadge(violation)],
    dismissal && ["Dismissed", [moment(dismissal.at), dismissal.reason && `, ${dismissal.reason}`]],
    ["What", [labelBadge(violation), ` ${percent(violation.confidence)} sure, seen ${violation.observations} times`]],
    violation.zone !== null && ["Zone", violation.zone],
    ["First seen", moment(violation.first_seen)],
    ["Opened", moment(violation.opened_at)],
    ["Last seen", [moment(violation.last_seen), ` (${span(violation.duration_s)})`]],
    ["Judged by", `model ${model}, detector ${detector}`],
    ["Id", h("code", {}, violation.id)],
  ].filter(Boolean);
}
