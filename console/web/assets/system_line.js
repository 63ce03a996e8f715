// The line of the bar that says how the system is, and the announcements that belong to no view.

import { h, replace } from "./dom.js";
import { on } from "./events.js";
import { announce } from "./notices.js";

const LOST = "Connection lost, trying again";
const NO_WORKER = "no worker: nothing is judged";
const NO_ROOM = "room for no more cameras";
const WARNINGS = [NO_WORKER, NO_ROOM];
const told = new Set(); // ids of violations

export function startSystemLine(line) {
  let system = null;
  let isUp = true;
  const show = () => {
    const parts = isUp ? (system ? words(system) : []) : [LOST];
    if (parts.join() === line.dataset.said) return;
    line.dataset.said = parts.join();
    line.classList.toggle("bad", !isUp);
    replace(line, parts.map((each) => h("span", { class: WARNINGS.includes(each) ? "warning" : null }, each)));
  };
  on("system", (value) => ((system = value), show()));
  on("connection", (connection) => {
    isUp = connection.isUp;
    show();
    if (!isUp) announce(LOST);
    else if (connection.wasUp === false) announce("Connected again");
  });
  on("violation", tell);
}

function words(system) {
  const states = Object.values(system.cameras).map((each) => each.state);
  const live = states.filter((each) => each === "live").length;
  const cameras = states.length ? `${live} of ${states.length} ${plural(states.length, "camera")} live` : "no cameras";
  const workers = system.workers.length;
  const waiting = system.frames_waiting;
  const more = system.headroom.more_cameras;
  return [
    cameras,
    workers ? `${workers} ${plural(workers, "worker")}` : NO_WORKER,
    `${waiting} ${plural(waiting, "frame")} waiting`,
    ...(more === null ? [] : [more ? `room for about ${more} more` : NO_ROOM]),
  ];
}

const plural = (count, word) => (count === 1 ? word : `${word}s`);

function tell(violation) {
  if (told.has(violation.id)) return;
  told.add(violation.id);
  if (violation.state === "opened") announce(`New violation on ${violation.camera}`);
}
