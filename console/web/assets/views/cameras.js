// Cameras: which there are and how they are, attaching, changing and removing them; their zones are in zones.js.

import { del } from "../api.js";
import { h, replace } from "../dom.js";
import { ask } from "../manage/asking.js";
import { showDetails } from "../manage/camera_details.js";
import { addCamera, editCamera } from "../manage/camera_form.js";
import { CameraList } from "../manage/camera_list.js";
import { button } from "../manage/parts.js";
import * as zones from "./zones.js";

export const title = "Cameras";

export function mount(root, context) {
  let unmount = () => {};
  const show = (parameters) => {
    unmount();
    replace(context.tools);
    replace(root);
    unmount = parameters.has("zones") ? zones.mount(root, { ...context, parameters }) : mountList(root, context);
  };
  context.onParameters((parameters) => {
    show(parameters);
    if (!parameters.has("zones")) document.querySelector("#main h1")?.focus({ preventScroll: true });
  });
  show(context.parameters);
  return () => unmount();
}

function mountList(root, context) {
  const list = new CameraList((camera) => actions(camera.id, list, context));
  const added = (camera) => {
    context.toast(`${camera.id} is attached.`);
    list.load();
  };
  replace(context.tools, button("Add a camera", () => addCamera(added), { class: "main" }));
  replace(root, list.element);
  list.start();
  return () => list.stop();
}

function actions(id, list, context) {
  const saved = () => {
    context.toast(`${id} is saved.`);
    list.load();
  };
  const edit = () => editCamera(id, saved).catch(context.toast);
  const remove = () => removeCamera(id, list, context);
  const href = `#/cameras?zones=${encodeURIComponent(id)}`;
  return [
    button("Details", () => showDetails(id), { class: "quiet", "aria-label": `Details of ${id}` }),
    h("a", { class: "button quiet", "aria-label": `Zones of ${id}`, href }, "Zones"),
    button("Change", edit, { class: "quiet", "aria-label": `Change ${id}` }),
    button("Remove", remove, { class: "quiet danger", "aria-label": `Remove ${id}` }),
  ];
}

async function removeCamera(id, list, context) {
  const text = "It is not read any more. Its counts and violations stay, and go on if a camera of this name is added again.";
  if (!(await ask(`Remove ${id}?`, text, { confirm: `Remove ${id}`, isDangerous: true }))) return;
  try {
    await del(`/cameras/${encodeURIComponent(id)}`);
  } catch (error) {
    return context.toast(error);
  }
  await list.load();
  context.toast(`${id} is removed.`);
  context.tools.querySelector("button")?.focus();
}
