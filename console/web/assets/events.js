// What the server tells by itself: one EventSource for the whole page, opened again for as long as it takes.
//
// on("system", handler) gets the state at once if there is one; on("violation", handler) each change of one;
// on("connection", handler) whether the server is heard: {isUp, wasUp}. All return what ends them.

import { isSignedIn, loadSession } from "./api.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const LONGEST_SILENCE_MS = 15_000; // a state comes each 5 s at least

const handlers = { system: new Set(), violation: new Set(), connection: new Set() };
let source = null;
let system = null;
let isUp = null; // null: not known yet
let wait = FIRST_WAIT_MS;
let retry = 0;
let silence = 0;
let signedOut = () => {};

export function on(name, handler) {
  handlers[name].add(handler);
  if (name === "system" && system) handler(system);
  if (name === "connection" && isUp !== null) handler({ isUp, wasUp: isUp });
  return () => handlers[name].delete(handler);
}

export const latestSystem = () => system;

export const isConnected = () => isUp === true;

// `whenSignedOut` runs when the stream ends because nobody is signed in any more; then nothing is tried again.
export function start(whenSignedOut) {
  signedOut = whenSignedOut;
  stop();
  wait = FIRST_WAIT_MS;
  open();
}

export function stop() {
  clearTimeout(retry);
  clearTimeout(silence);
  source?.close();
  source = null;
}

function open() {
  source = new EventSource("/api/v1/events");
  source.addEventListener("system", (event) => {
    heard();
    system = JSON.parse(event.data);
    tell("system", system);
  });
  source.addEventListener("violation", (event) => {
    heard();
    tell("violation", JSON.parse(event.data));
  });
  source.addEventListener("error", lost);
  watchSilence();
}

function heard() {
  wait = FIRST_WAIT_MS;
  watchSilence();
  setUp(true);
}

// A connection that a sleeping machine or a proxy left half open gives no error.
function watchSilence() {
  clearTimeout(silence);
  silence = setTimeout(lost, LONGEST_SILENCE_MS);
}

// The browser's own way of trying again has no backoff and gives up for good on an answer that is an error.
function lost() {
  stop();
  setUp(false);
  retry = setTimeout(again, wait * (0.75 + Math.random() / 2));
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

async function again() {
  try {
    await loadSession();
  } catch {
    return lost();
  }
  if (isSignedIn()) open();
  else signedOut();
}

function setUp(value) {
  const wasUp = isUp;
  if (value === wasUp) return;
  isUp = value;
  tell("connection", { isUp, wasUp });
}

function tell(name, value) {
  for (const handler of [...handlers[name]]) handler(value);
}
