// Figures and names of models in words.

const LABELS = {
  with_mask: "masked",
  without_mask: "bare",
  incorrect_mask: "worn incorrectly",
  background: "no face",
  not_a_face: "no face",
};

export const labelled = (label) => LABELS[label] ?? label.replaceAll("_", " ");

export function percent(value) {
  return value === null || value === undefined ? "" : `${(100 * value).toFixed(1)} %`;
}

export function interval(low, high) {
  return low === undefined || high === undefined ? "" : `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`;
}

export function size(bytes) {
  return bytes === null || bytes === undefined ? "" : `${(bytes / 1e6).toFixed(1)} MB`;
}

export const whole = (value) => Math.round(value ?? 0).toLocaleString("en");

export function day(iso) {
  return iso ? new Date(iso).toLocaleDateString([], { year: "numeric", month: "short", day: "numeric" }) : "";
}
