// The browser's tab: the view, and how many violations were opened while nobody looked.

import { on } from "./events.js";

const unseen = new Set(); // ids of violations
let view = "";

export function setTitle(title) {
  view = title;
  show();
}

export function startTitle() {
  on("violation", (violation) => {
    if (!document.hidden || violation.state !== "opened") return;
    unseen.add(violation.id);
    show();
  });
  document.addEventListener("visibilitychange", () => {
    unseen.clear();
    show();
  });
}

function show() {
  document.title = `${unseen.size ? `(${unseen.size}) ` : ""}${view} \u00b7 Maskwatch`;
}
