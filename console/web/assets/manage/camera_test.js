// The test of a camera in its form: opened once, with what it gives and a picture, or why it cannot be opened.

import { post } from "../api.js";
import { h, replace } from "../dom.js";
import { attempt } from "./asking.js";
import { tested } from "./camera_words.js";

export class CameraTest {
  // `subject()` gives what is tested; what goes wrong is written into `error`.
  constructor(subject, error) {
    this.subject = subject;
    this.error = error;
    this.button = h("button", { type: "button", onclick: () => this.run() }, "Test");
    this.element = h("div", { class: "camera-test", role: "status" });
  }

  async run() {
    replace(this.element, h("p", { class: "muted" }, "Opening the camera, which may take some seconds."));
    let found = null;
    const isWell = await attempt([this.button], this.error, async () => {
      found = await post("/cameras/test", this.subject());
    });
    replace(this.element, isWell ? this.shown(found) : []);
  }

  shown(found) {
    const seen = () => this.element.scrollIntoView({ block: "nearest" });
    const still = found.still && h("img", { src: found.still, alt: "What the camera sees", onload: seen });
    return [h("p", {}, h("span", { class: "badge good" }, "Works"), " ", tested(found)), still];
  }
}
