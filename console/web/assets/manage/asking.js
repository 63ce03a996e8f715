// Questions before something is done that cannot be taken back, and lines of errors.

import { openDialog } from "../dialogs.js";
import { h, setText } from "../dom.js";

// Asks, and resolves to whether it was agreed to. `content` is a text or nodes; `confirm` names what will be done.
export function ask(title, content, { confirm, isDangerous = false }) {
  return new Promise((resolve) => {
    let isAgreed = false;
    const agree = () => ((isAgreed = true), close());
    const cancel = h("button", { type: "button", onclick: () => close() }, "Cancel");
    const go = h("button", { type: "button", class: isDangerous ? "danger" : "main", onclick: agree }, confirm);
    const text = typeof content === "string" ? h("p", {}, content) : content;
    const close = openDialog(title, [text, h("div", { class: "actions" }, go, cancel)], { closed: () => resolve(isAgreed) });
    cancel.focus();
  });
}

// A line for what went wrong, read out as soon as there is one.
export function errorLine() {
  return h("p", { class: "error", role: "alert" });
}

// Runs `work` with the buttons disabled, and writes what went wrong into `line`; resolves to whether it went well.
export async function attempt(buttons, line, work) {
  const focused = document.activeElement;
  setText(line, "");
  buttons.forEach((button) => (button.disabled = true));
  try {
    await work();
    return true;
  } catch (error) {
    setText(line, error.message);
    line.scrollIntoView({ block: "nearest" });
    return false;
  } finally {
    buttons.forEach((button) => (button.disabled = false));
    if (document.activeElement === document.body && focused?.isConnected) focused.focus();
  }
}
