// Live pictures: one WebSocket. A message is 4 bytes N (big-endian), N bytes JSON, and the JPEG of that very frame.

import { isSignedIn, loadSession } from "./api.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const SETTLING_MS = 80; // scrolling changes what is visible many times a second
const text = new TextDecoder();

// openLive((facts, jpeg) => ...) -> {watch(cameras, width), close()}. Opens again by itself.
export function openLive(onFrame) {
  let socket = null;
  let wanted = "";
  let isClosed = false;
  let wait = FIRST_WAIT_MS;
  let retry = 0;
  let settling = 0;

  const send = () => socket?.readyState === WebSocket.OPEN && wanted && socket.send(wanted);

  function open() {
    const mine = (socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/v1/live`));
    mine.binaryType = "arraybuffer";
    mine.addEventListener("open", () => (isClosed ? mine.close() : send()));
    mine.addEventListener("message", (event) => {
      wait = FIRST_WAIT_MS;
      if (event.data instanceof ArrayBuffer) onFrame(...parts(event.data));
    });
    mine.addEventListener("close", () => mine === socket && lost());
  }

  function lost() {
    socket = null;
    if (isClosed) return;
    retry = setTimeout(again, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  // Events ask for the token again where nobody is signed in any more; pictures only wait.
  async function again() {
    const session = await loadSession().catch(() => null);
    if (isClosed) return;
    if (session && isSignedIn()) open();
    else lost();
  }

  function watch(cameras, width) {
    const message = JSON.stringify({ cameras, width });
    if (message === wanted) return;
    wanted = message;
    clearTimeout(settling);
    settling = setTimeout(send, SETTLING_MS);
  }

  function close() {
    isClosed = true;
    clearTimeout(retry);
    clearTimeout(settling);
    // A browser complains of a connection that is closed before it is there; that one closes itself once it is.
    if (socket?.readyState === WebSocket.OPEN) socket.close();
  }

  open();
  return { watch, close };
}

function parts(buffer) {
  const length = new DataView(buffer).getUint32(0);
  const facts = JSON.parse(text.decode(new Uint8Array(buffer, 4, length)));
  return [facts, new Uint8Array(buffer, 4 + length)];
}
