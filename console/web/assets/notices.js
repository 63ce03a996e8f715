// What the page says by itself: toasts for eyes, announcements for screen readers.

import { h, setText } from "./dom.js";

const SECONDS = { info: 6, error: 12, undo: 10 };
const MOST = 4;
const GATHERING_MS = 400;

let waiting = [];
let timer = 0;

// Reads `text` to screen readers as soon as they are done with what they say.
export function announce(text) {
  waiting.push(String(text));
  if (!timer) timer = setTimeout(say, GATHERING_MS);
}

function say() {
  timer = 0;
  const region = document.getElementById("announcer");
  region.textContent = ""; // the same text twice is said twice
  setText(region, [...new Set(waiting)].join(". "));
  waiting = [];
}

// `message` is a text or an Error (then it is an error); `action` is {label, run}, a button such as Undo.
export function toast(message, options = {}) {
  const { kind = message instanceof Error ? "error" : "info", action = null } =
    typeof options === "string" ? { kind: options } : options;
  const text = message instanceof Error ? message.message : String(message);
  const close = () => box.remove();
  const act = () => (close(), action.run());
  const box = h(
    "div",
    { class: `toast ${kind}`, role: kind === "error" ? "alert" : null },
    h("span", { class: "toast-text" }, kind === "error" ? `Error: ${text}` : text),
    action && h("button", { type: "button", onclick: act }, action.label),
    h("button", { type: "button", class: "quiet", "aria-label": "Close message", onclick: close }, "\u00d7"),
  );
  if (kind !== "error") announce(text);
  const region = document.getElementById("toasts");
  region.append(box);
  while (region.children.length > MOST) region.firstElementChild.remove();
  closeLater(box, 1000 * SECONDS[action ? "undo" : kind]);
  return close;
}

// Nobody loses a message, or its button, while reading it.
function closeLater(box, milliseconds) {
  const isHeld = () => box.matches(":hover") || box.contains(document.activeElement);
  setTimeout(() => (isHeld() ? closeLater(box, 2_000) : box.remove()), milliseconds);
}
