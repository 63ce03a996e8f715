// Fields of forms with their labels and what is to be known about them.

import { h } from "../dom.js";

let count = 0;

// A field under its label; `hint` is read out with it.
export function field(text, control, hint = null) {
  const id = `field-${(count += 1)}`;
  control.id = id;
  const note = hint && h("p", { id: `${id}-hint`, class: "hint" }, hint);
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: id }, text), control, note);
}

// `options` are pairs of value and text.
export function select(options, value, props = {}) {
  const control = h("select", props, options.map(([each, text]) => h("option", { value: each }, text)));
  control.value = value;
  return control;
}

export function text(props = {}) {
  return h("input", { type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", ...props });
}
