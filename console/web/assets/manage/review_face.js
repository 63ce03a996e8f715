// One face of the review: its picture, what the model said of it, and where it comes from.

import { h } from "../dom.js";
import { moment } from "../times.js";
import { labelled } from "./figures.js";
import { facts } from "./parts.js";
import { pictureOf } from "./review_queue.js";

const WHY = {
  low_confidence: "The model is unsure of it.",
  marked_wrong: "Somebody said that this violation was none.",
};

export function factsOf(item) {
  return facts(known(item));
}

export function facePicture(item) {
  const image = h("img", { class: "review-picture", src: pictureOf(item), alt: `A face seen by ${item.camera}` });
  const frame = h("div", { class: "review-frame" }, image);
  image.addEventListener("error", () => frame.replaceChildren(h("p", { class: "muted" }, "Its picture is gone.")));
  return frame;
}

function known(item) {
  const said = `${labelled(item.model_label)}, ${Math.round(100 * item.confidence)} % sure`;
  return [
    ["The model says", said],
    ["Why it is here", WHY[item.why] ?? item.why],
    ["Camera", item.camera],
    ["Taken", moment(item.captured_at)],
    ["Model version", item.model_version],
    ["You said", item.label ? h("span", { class: "badge good" }, labelled(item.label)) : "nothing yet"],
  ];
}
