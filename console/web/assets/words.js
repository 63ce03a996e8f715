// What the server's terms are called on the page, and the colours that go with them.

export const OUTCOMES = {
  with_mask: "mask",
  without_mask: "no mask",
  incorrect_mask: "mask not worn right",
  cannot_tell: "cannot tell",
};

// Ground and text of a box's label; drawn on pictures, so the same in light and dark.
export const BOX_COLOURS = {
  with_mask: ["#2fbf71", "#06130c"],
  without_mask: ["#d92d20", "#ffffff"],
  incorrect_mask: ["#ff9f1c", "#1a0f00"],
  cannot_tell: ["#b4bdc7", "#11151a"],
};

const STATES = {
  live: ["live", "good"],
  connecting: ["connecting", "warn"],
  stalled: ["stalled", "bad"],
  backing_off: ["down, trying again", "bad"],
  failed: ["failed", "bad"],
  stopped: ["stopped", ""],
};

// [words, class of the badge] of a camera's state.
export const stateOf = (state) => STATES[state] ?? [plain(state), ""];

export const outcomeOf = (outcome) => OUTCOMES[outcome] ?? plain(outcome);

// "too_small" -> "too small"
export const plain = (term) => String(term).replaceAll("_", " ");

// A share for people; whole only where it is, so that 99.96% is not shown as all.
export function percent(share) {
  if (share === null || share === undefined) return "-";
  const whole = Math.round(share * 100);
  const isRounded = (whole === 0 || whole === 100) && share * 100 !== whole;
  return isRounded ? `${(share * 100).toFixed(1)}%` : `${whole}%`;
}

export const counted = (count, word) => `${count.toLocaleString()} ${count === 1 ? word : `${word}s`}`;
