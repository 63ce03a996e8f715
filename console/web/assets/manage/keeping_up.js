// Whether the workers keep up, from how many frames waited lately.

const WINDOW_MS = 30_000;
const LEAST_MS = 8_000; // nothing is said of a shorter time
const LEAST_GROWTH = 5; // frames

export class KeepingUp {
  constructor() {
    this.seen = []; // [time, frames waiting]
  }

  add(now, waiting) {
    this.seen = [...this.seen.filter(([at]) => now - at <= WINDOW_MS), [now, waiting]];
  }

  // [text, kind of badge]
  said(workers) {
    const [[since, before], [now, after]] = [this.seen[0], this.seen.at(-1)];
    if (workers === 0) return ["No worker runs: nothing is judged", "bad"];
    if (after - before > Math.max(LEAST_GROWTH, before / 5)) return ["Falling behind: more come than are judged", "warn"];
    if (now - since < LEAST_MS) return ["Watching whether they keep up", ""];
    const isStuck = after > LEAST_GROWTH && after >= before;
    return isStuck ? ["Frames wait, and do not get fewer", "warn"] : ["The workers keep up", "good"];
  }
}
