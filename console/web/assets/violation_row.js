// One violation of the list. Table roles are written out: on phones a row is laid out as a card.

import { h, replace, setText } from "./dom.js";
import { ago, moment, span } from "./times.js";
import { labelBadge, picture, stateBadge } from "./violation_words.js";
import { percent } from "./words.js";

export const HEADINGS = ["Face", "When", "Where", "What", "Sure", "Seen for", "State", "Model", "Actions"];

export class Row {
  // `acts` is {open(row), dismiss(row), restore(row)}.
  constructor(violation, acts) {
    this.violation = violation;
    this.face = h("button", { type: "button", class: "face-button", tabindex: "-1", onclick: () => acts.open(this),
      "aria-label": `Details of the violation on ${violation.camera}` }, picture(violation, "face"));
    this.action = h("button", { type: "button", tabindex: "-1",
      onclick: () => (this.violation.dismissal ? acts.restore(this) : acts.dismiss(this)) });
    this.cells = HEADINGS.map((heading) => h("td", { role: "cell", class: classOf(heading) }));
    this.element = h("tr", { role: "row", tabindex: "-1", class: "violation", dataset: { id: violation.id } }, this.cells);
    replace(this.cells.at(0), this.face);
    replace(this.cells.at(-1), this.action);
    replace(this.cells[1], moment(violation.opened_at), " ", h("span", { class: "muted" }, ago(violation.opened_at)));
    replace(this.cells[2], violation.camera, violation.zone !== null && h("span", { class: "muted" }, ` ${violation.zone}`));
    this.update(violation);
  }

  update(violation) {
    this.violation = violation;
    const [, , , what, sure, long, state, model] = this.cells;
    replace(what, labelBadge(violation));
    replace(sure, percent(violation.confidence));
    replace(long, span(violation.duration_s));
    replace(state, stateBadge(violation), violation.dismissal?.reason && h("span", { class: "muted" }, ` ${violation.dismissal.reason}`));
    replace(model, h("span", { title: violation.detector }, `v${violation.model_version}`));
    this.element.classList.toggle("dismissed", violation.dismissal !== null);
    const does = violation.dismissal ? "Restore" : "Dismiss";
    setText(this.action, does);
    this.action.setAttribute("aria-label", `${does} the violation on ${violation.camera}`);
  }

  // Of all rows only one is in the order of the Tab key, with its buttons; j and k move it.
  setCurrent(isCurrent) {
    const order = isCurrent ? "0" : "-1";
    this.element.setAttribute("tabindex", order);
    for (const button of this.element.querySelectorAll("button")) button.setAttribute("tabindex", order);
    this.element.classList.toggle("current", isCurrent);
  }
}

function classOf(heading) {
  return `cell-${heading.toLowerCase().replace(" ", "-")}`;
}
