// Elements made of values. Text stays text: nothing here parses HTML, whatever a server sends.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "hidden", "open", "indeterminate", "srcObject"]);

// h("button", {class: "quiet", onclick: run, "aria-label": "Close"}, "x"). Keys beginning with "on" are
// listeners, `style` and `dataset` are objects, true and false set and leave out an attribute.
// Children are nodes, texts, numbers, or arrays of these; null, undefined and false are left out.
export function h(tag, props, ...children) {
  return filled(document.createElement(tag), props, children);
}

export function svg(tag, props, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

// Puts `children` in the place of all that the element held.
export function replace(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

// Writes text only where it differs, so that screen readers and the layout are left in peace.
export function setText(element, text) {
  const wanted = String(text);
  if (element.textContent !== wanted) element.textContent = wanted;
}

function filled(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2).toLowerCase(), value);
  else if (name === "style") Object.entries(value).forEach(([key, each]) => element.style.setProperty(key, each));
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
}

function nodes(children) {
  return children
    .flat(Infinity)
    .filter((each) => each !== null && each !== undefined && each !== false)
    .map((each) => (each instanceof Node ? each : String(each)));
}
