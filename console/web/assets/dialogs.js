// Dialogs: Escape closes them, focus stays inside, and goes back to where it was.

import { h } from "./dom.js";

let count = 0;

// Opens a dialog and returns what closes it. `closed` runs however it was closed.
export function openDialog(title, content, { wide = false, closed = () => {} } = {}) {
  const id = `dialog-${(count += 1)}`;
  const before = document.activeElement;
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: wide ? "wide" : null, "aria-labelledby": id },
    h("header", { class: "dialog-head" },
      h("h2", { id }, title),
      h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: close }, "\u00d7")),
    h("div", { class: "dialog-body" }, content),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
    closed();
  });
  document.body.append(dialog);
  dialog.showModal();
  return close;
}

// For a page that is left with the browser's own buttons.
export function closeDialogs() {
  for (const dialog of [...document.querySelectorAll("dialog[open]")].reverse()) dialog.close();
}

// Whether a dialog is open: keys of the view behind it sleep meanwhile.
export const isDialogOpen = () => document.querySelector("dialog[open]") !== null;
