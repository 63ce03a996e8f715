// Asks before a page with unsaved changes is left, however that is done.

import { ask } from "./asking.js";

// `isDirty()` says whether something would be lost; `signal` ends the watch.
export function guard(isDirty, signal) {
  const stays = (event) => {
    if (!isDirty() || !document.querySelector("#main .view")) return;
    event.stopImmediatePropagation();
    const wanted = event.newURL;
    history.pushState(null, "", event.oldURL);
    askToLeave().then((leaves) => leaves && leaveFor(wanted));
  };
  const leaveFor = (wanted) => {
    isDirty = () => false;
    location.href = wanted;
  };
  // The page's router listens for the same event: in the capturing phase this comes before it.
  addEventListener("hashchange", stays, { capture: true, signal });
  addEventListener("beforeunload", (event) => isDirty() && event.preventDefault(), { signal });
}

export function askToLeave() {
  return ask("Leave without saving?", "The changes to the zones are not saved and will be lost.", {
    confirm: "Leave and lose the changes",
    isDangerous: true,
  });
}
