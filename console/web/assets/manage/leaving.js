// Unsaved changes when a page is left: asked about where a link is followed, kept where the browser's back button is used.

import { ask } from "./asking.js";

const kept = new Map(); // name -> changes that nobody decided to lose

export const keep = (name, changes) => kept.set(name, changes);

// What was kept, once.
export function takeKept(name) {
  const changes = kept.get(name) ?? null;
  kept.delete(name);
  return changes;
}

// `isDirty()` says whether something would be lost, `lose()` that it may be; `signal` ends the watch.
export function guard(isDirty, lose, signal) {
  const followed = (event) => {
    const link = event.target.closest?.("a[href^='#']");
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!link || link.hash.length < 2 || isElsewhere || !isDirty()) return;
    event.preventDefault();
    event.stopPropagation();
    askToLeave().then((leaves) => {
      if (!leaves) return;
      lose();
      location.hash = link.hash;
    });
  };
  document.addEventListener("click", followed, { capture: true, signal });
  addEventListener("beforeunload", (event) => isDirty() && event.preventDefault(), { signal });
}

function askToLeave() {
  return ask("Leave without saving?", "The changes are not saved and will be lost.", {
    confirm: "Leave and lose the changes",
    isDangerous: true,
  });
}
