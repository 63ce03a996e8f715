// The form of a camera, in a dialog: attaching one, and changing what is said of it.

import { get, patch, post } from "../api.js";
import { openDialog } from "../dialogs.js";
import { h } from "../dom.js";
import { attempt, errorLine } from "./asking.js";
import { CameraTest } from "./camera_test.js";
import { SOURCES } from "./camera_words.js";
import { field, select, text } from "./fields.js";
import { button } from "./parts.js";

const MOTIONS = [
  ["default", "default"],
  ["off", "off: every frame"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
];
const TRANSPORTS = [["tcp", "TCP"], ["udp", "UDP"]];

const WRONG = {
  id: "Name: give lower-case letters, digits, - and _, beginning with a letter or digit.",
  source: "Source: give an address, a file or a folder.",
  fps: "Frames a second: give a number above 0, at most 240, such as 5.",
  login: "Login: give both user and password.",
};
const ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

// Opens an empty form; `done(camera)` gets what was attached.
export function addCamera(done) {
  new CameraForm(null, done);
}

// Opens the form of a camera that is there.
export async function editCamera(id, done) {
  new CameraForm(await get(`/cameras/${encodeURIComponent(id)}`), done);
}

class CameraForm {
  constructor(camera, done) {
    this.camera = camera; // null: a new one
    this.done = done;
    this.fields();
    this.before = this.values();
    this.error = errorLine();
    this.test = new CameraTest(() => this.subject(), this.error);
    this.submit = h("button", { type: "submit", class: "main" }, camera ? "Save" : "Add camera");
    this.close = openDialog(camera ? `Change ${camera.id}` : "Add a camera", this.form());
    (this.id ?? this.source).focus();
  }

  fields() {
    const { camera } = this;
    this.id = camera ? null : text({ required: true, maxlength: 63, placeholder: "gate" });
    this.source = text({ required: true, value: camera?.source ?? "", oninput: () => this.hide() });
    const number = { type: "number", min: "0", max: "240", step: "any", inputmode: "decimal" };
    this.fps = h("input", { ...number, placeholder: "default", value: camera?.fps ?? "" });
    this.motion = select(MOTIONS, camera?.motion ?? "default");
    this.transport = select(TRANSPORTS, camera?.transport ?? "tcp");
    this.user = text();
    this.password = h("input", { type: "password", autocomplete: "new-password" });
    this.dropsLogin = h("input", { type: "checkbox" });
  }

  form() {
    const { camera } = this;
    const idRule = "Lower-case letters, digits, - and _.";
    this.transportField = field("Transport", this.transport, "How RTSP pictures travel.");
    this.login = this.loginFields();
    const form = h(
      "form",
      { class: "camera-form", onsubmit: (event) => (event.preventDefault(), this.store()) },
      this.id && field("Name", this.id, idRule),
      field("Source", this.source),
      kinds(),
      this.paceFields(),
      this.login,
      this.test.element,
      this.error,
      h("div", { class: "actions" }, this.submit, this.test.button, button("Cancel", () => this.close())),
    );
    form.noValidate = true;
    this.hide();
    return form;
  }

  paceFields() {
    const motion = "How little has to move for a frame to be judged.";
    return h(
      "div",
      { class: "pairs" },
      field("Frames a second", this.fps, "Empty: the default."),
      field("Motion", this.motion, motion),
      this.transportField,
    );
  }

  loginFields() {
    const has = this.camera?.login;
    const note = has
      ? `There is a login: ${has}. Leave the fields empty to keep it.`
      : "Kept sealed, and never shown again.";
    return h(
      "fieldset",
      {},
      h("legend", {}, "Login, if the camera asks for one"),
      h("div", { class: "pairs" }, field("User", this.user), field("Password", this.password)),
      h("p", { class: "hint" }, note),
      has && h("label", { class: "inline" }, this.dropsLogin, "Take the login away"),
    );
  }

  // Only addresses have a login, and only RTSP a transport.
  hide() {
    const source = this.source.value.trim().toLowerCase();
    this.transportField.hidden = !/^rtsps?:/.test(source);
    this.login.hidden = !source.includes("://");
  }

  values() {
    return {
      source: this.source.value.trim(),
      fps: this.fps.value.trim() === "" ? "default" : this.fps.valueAsNumber,
      motion: this.motion.value,
      transport: this.transport.value,
    };
  }

  given() {
    if (this.login.hidden || (this.user.value === "" && this.password.value === "")) return {};
    return { login: { user: this.user.value, password: this.password.value } };
  }

  // What is plainly wrong, in words that fit the form.
  problem() {
    const fps = this.fps.valueAsNumber;
    if (this.id && !ID.test(this.id.value.trim())) return WRONG.id;
    if (this.source.value.trim() === "") return WRONG.source;
    if (this.fps.validity.badInput || fps < 0.01 || fps > 240) return WRONG.fps;
    return (this.user.value === "") === (this.password.value === "") ? "" : WRONG.login;
  }

  // What is tested: the camera as it is attached, unless its address or login was changed here.
  subject() {
    const { source, transport } = this.values();
    const travels = this.transportField.hidden ? {} : { transport };
    const { login } = this.given();
    if (this.camera && source === this.before.source && !login) return { camera: this.camera.id, ...travels };
    // The login that is hidden in the address makes way for the one that was typed.
    return login ? { source: source.replace("://***@", "://"), ...travels, login } : { source, ...travels };
  }

  // Only what differs from what is there.
  changes() {
    const now = this.values();
    const changed = Object.entries(now).filter(([name, value]) => value !== this.before[name]);
    return { ...Object.fromEntries(changed), ...this.given(), ...(this.dropsLogin.checked ? { drops_login: true } : {}) };
  }

  wish() {
    const { fps, motion, ...rest } = this.values();
    const set = { ...(fps === "default" ? {} : { fps }), ...(motion === "default" ? {} : { motion }) };
    return { id: this.id.value.trim(), ...rest, ...set, ...this.given() };
  }

  async store() {
    let stored = null;
    const isStored = await attempt([this.submit, this.test.button], this.error, async () => {
      stored = await this.send();
    });
    if (!isStored) return;
    this.close();
    this.done(stored);
  }

  async send() {
    const wrong = this.problem();
    if (wrong) throw new Error(wrong);
    if (this.camera === null) return post("/cameras", this.wish());
    const changes = this.changes();
    if (Object.keys(changes).length === 0) return this.camera;
    return patch(`/cameras/${encodeURIComponent(this.camera.id)}`, changes);
  }
}

function kinds() {
  const rows = SOURCES.map(([example, meaning]) => [h("dt", {}, h("code", {}, example)), h("dd", {}, meaning)]);
  const paths = h("p", { class: "hint" }, "Paths are those of the machine that reads the camera.");
  return h("details", { class: "source-kinds" }, h("summary", {}, "What can stand there"), h("dl", {}, rows), paths);
}
