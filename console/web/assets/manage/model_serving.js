// Serving another version: asked about first, and twice where the gate speaks against it.

import { post } from "../api.js";
import { h } from "../dom.js";
import { ask } from "./asking.js";
import { reasons } from "./model_report.js";

const WHEN = {
  classifier: "Running workers take it up within seconds.",
  detector: "Workers load it when they start next.",
};

// Resolves to what the server said, or null where nothing was done.
export async function promote(model, task) {
  if (model.gate === "failed") return force(model.version, task, model.reasons);
  const agreed = await ask(`Serve version ${model.version}?`, WHEN[task], { confirm: `Serve version ${model.version}` });
  if (!agreed) return null;
  try {
    return await send(model.version, task, false);
  } catch (error) {
    if (error.status !== 409) throw error;
    return force(model.version, task, [error.message]);
  }
}

async function force(version, task, said) {
  const why = [
    h("p", {}, "It was found worse than the version that is served:"),
    said.length ? reasons(said) : null,
    h("p", {}, "It can be served all the same; that is recorded with the version."),
  ];
  const first = { confirm: "Serve it all the same", isDangerous: true };
  if (!(await ask(`The gate refused version ${version}`, why, first))) return null;
  const text = `Version ${version} will judge all cameras from then on. Rolling back brings the one before it back.`;
  const second = { confirm: `Force version ${version}`, isDangerous: true };
  return (await ask("Are you sure?", text, second)) ? send(version, task, true) : null;
}

function send(version, task, isForced) {
  return post(`/models/${version}/promote?task=${task}`, { force: isForced });
}

// `target` is the version that comes back.
export async function rollBack(current, target, task) {
  const text = `Version ${target} is served again instead of ${current}. ${WHEN[task]}`;
  const agreed = await ask(`Roll back to version ${target}?`, text, { confirm: `Roll back to ${target}` });
  return agreed ? post(`/models/rollback?task=${task}`) : null;
}
