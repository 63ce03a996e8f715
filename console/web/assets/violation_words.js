// What is said of one violation, in the list and in its details.

import { h } from "./dom.js";
import { outcomeOf } from "./words.js";

const YOUNG_MS = 60_000; // its picture may still be on its way
const RETRIES_MS = [700, 1_500, 3_000, 6_000, 12_000];
const DAY_MS = 86_400_000;

export const pathOf = (violation) => `/violations/${encodeURIComponent(violation.id)}`;

export function stateBadge(violation) {
  if (violation.dismissal) return h("span", { class: "badge" }, "dismissed");
  return violation.state === "ended" ? h("span", { class: "badge" }, "ended") : h("span", { class: "badge bad" }, "open");
}

export const labelBadge = (violation) =>
  h("span", { class: `badge ${violation.label === "without_mask" ? "bad" : "warn"}` }, outcomeOf(violation.label));

// The stored picture ("face" or "frame"), or the words that there is none.
export function picture(violation, which) {
  const age = Date.now() - new Date(violation.opened_at);
  const waits = age < YOUNG_MS ? [...RETRIES_MS] : [];
  const address = `/api/v1${pathOf(violation)}/pictures/${which}`;
  const image = h("img", { class: `stored ${which}`, loading: "lazy", decoding: "async",
    alt: which === "face" ? "The face" : `The whole picture of ${violation.camera}, other faces blurred` });
  const gone = h("span", { class: `stored gone ${which}` }, age > DAY_MS ? "picture expired" : "no picture");
  const holder = h("span", { class: "holder" }, image);
  const load = () => (image.src = address);
  image.addEventListener("error", () => {
    const wait = waits.shift();
    if (wait === undefined) holder.replaceChildren(gone);
    else setTimeout(() => (image.removeAttribute("src"), load()), wait);
  });
  if (age < 2_000) setTimeout(load, 600);
  else load();
  return holder;
}
