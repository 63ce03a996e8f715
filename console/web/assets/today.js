// Violations of each camera since the browser's midnight.

import { get, withQuery } from "./api.js";
import { on } from "./events.js";

const EVERY_MS = 60_000;
const GATHERING_MS = 1_000;

export const midnight = () => new Date(new Date().setHours(0, 0, 0, 0));

// Runs `handler` with a Map from camera to violations, now, each minute, and when one opens or changes.
export function followToday(handler) {
  let soon = 0;
  let isOver = false;
  async function load() {
    clearTimeout(soon);
    soon = 0;
    try {
      const { cameras } = await get(withQuery("/counts", { since: midnight().toISOString() }));
      if (!isOver) handler(new Map(Object.entries(cameras).map(([camera, each]) => [camera, each.violations])));
    } catch {
      // The line of the bar says that the connection is lost; the next minute tries again.
    }
  }
  const each = setInterval(load, EVERY_MS);
  const off = on("violation", () => (soon ||= setTimeout(load, GATHERING_MS)));
  load();
  return () => {
    isOver = true;
    clearInterval(each);
    clearTimeout(soon);
    off();
  };
}
