// The keys of the page of violations.

import { openDialog } from "./dialogs.js";
import { h } from "./dom.js";

const KEYS = [["j", "next"], ["k", "previous"], ["Enter", "details"], ["d", "dismiss or restore"], ["?", "these keys"], ["Esc", "close"]];

export function showKeys() {
  const lines = KEYS.flatMap(([key, does]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, does)]);
  openDialog("Keys", h("dl", { class: "facts" }, lines));
}
