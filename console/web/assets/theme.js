// Light or dark: as the system has it until someone chooses, then as chosen, on this browser.

import { setText } from "./dom.js";

const KEY = "maskwatch-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function startTheme(button) {
  let chosen = read();
  const show = () => {
    const isDark = chosen ? chosen === "dark" : dark.matches;
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    setText(button, isDark ? "Light" : "Dark");
    button.setAttribute("aria-label", isDark ? "Light colours" : "Dark colours");
  };
  button.addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    write(chosen);
    show();
  });
  dark.addEventListener("change", show);
  show();
}

// Storage may be forbidden: then the choice lasts as long as the page.
function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(value) {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // as in read
  }
}
