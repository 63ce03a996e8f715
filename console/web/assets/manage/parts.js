// What the managing views are made of: buttons, tables that become cards on a phone, and words where there is nothing.

import { h } from "../dom.js";

export function button(text, run, props = {}) {
  return h("button", { type: "button", onclick: run, ...props }, text);
}

export function empty(title, text, more = null) {
  return h("div", { class: "empty panel" }, h("h2", {}, title), h("p", {}, text), more);
}

// `columns` are pairs of a heading and whether the column holds figures; one without a heading holds buttons.
export function stackedTable(caption, columns, body) {
  const heads = columns.map(([text, isFigure]) => {
    const head = text || h("span", { class: "unseen" }, "Actions");
    return h("th", { scope: "col", class: isFigure ? "number" : null }, head);
  });
  const title = h("caption", { class: "unseen" }, caption);
  return h("table", { class: "stacked" }, title, h("thead", {}, h("tr", {}, heads)), body);
}

// A cell that bears its column's heading with it.
export function cell([label, isFigure], ...content) {
  return h("td", { "data-label": label, class: isFigure ? "number" : null }, content);
}

// Names and values; what is not known is left out.
export function facts(rows) {
  const known = rows.filter((row) => row && row[1] !== null && row[1] !== undefined && row[1] !== "" && row[1] !== false);
  return h("dl", { class: "facts" }, known.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}
