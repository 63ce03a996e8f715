// Calls of /api/v1: get("/cameras") -> parsed JSON. Errors are ApiError with the server's one line.

const BASE = "/api/v1";
const WRONG_CLOCK_MS = 2_000;
const CHANGING = new Set(["POST", "PATCH", "PUT", "DELETE"]);

let session = { signed_in: false, needs_token: false, csrf: "", version: "" };
let whenSignedOut = () => {};
let skewMs = 0;

export class ApiError extends Error {
  // `status` is that of HTTP, 0 where there was no answer.
  constructor(status, message) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const patch = (path, body) => call("PATCH", path, body);
export const put = (path, body) => call("PUT", path, body);
export const del = (path, body) => call("DELETE", path, body);

// A path with a query string; values that are null, undefined or empty are left out.
export function withQuery(path, values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, value);
  }
  return query.size ? `${path}?${query}` : path;
}

export async function loadSession() {
  session = await parsed(await request("GET", "/session"));
  return session;
}

export const isSignedIn = () => session.signed_in || !session.needs_token;

export const version = () => session.version;

export async function signIn(token) {
  const answer = await answerTo("POST", "/session", { token });
  session = await parsed(answer);
  return session;
}

export async function signOut() {
  await answerTo("DELETE", "/session");
  await loadSession();
}

// `handler` runs each time that the server says that nobody is signed in any more.
export function onSignedOut(handler) {
  whenSignedOut = handler;
}

async function call(method, path, body) {
  const answer = await answerTo(method, path, body);
  if (answer.status === 401) whenSignedOut();
  return parsed(answer);
}

// The console may have restarted since the page was loaded, which makes a new CSRF token: tried once more.
async function answerTo(method, path, body) {
  const answer = await request(method, path, body);
  if (answer.status !== 403 || !CHANGING.has(method)) return answer;
  await loadSession();
  return request(method, path, body);
}

// Milliseconds since 1970 by the server's clock, right to about a second: this machine's may be wrong by hours.
export const serverNow = () => Date.now() + skewMs;

function learnClock(answer) {
  const date = Date.parse(answer.headers.get("Date") ?? "");
  if (Number.isNaN(date)) return;
  const skew = date + 500 - Date.now(); // the header has whole seconds
  skewMs = Math.abs(skew) > WRONG_CLOCK_MS ? skew : 0;
}

async function request(method, path, body) {
  const headers = { Accept: "application/json" };
  if (CHANGING.has(method)) headers["X-CSRF-Token"] = session.csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const text = body === undefined ? undefined : JSON.stringify(body);
  try {
    const options = { method, headers, body: text, credentials: "same-origin", cache: "no-store" };
    const answer = await fetch(BASE + path, options);
    learnClock(answer);
    return answer;
  } catch {
    throw new ApiError(0, "the console does not answer: is it running, and is the network up?");
  }
}

async function parsed(answer) {
  if (answer.status === 204) return null;
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  const value = isJson ? await answer.json().catch(() => null) : await answer.text();
  if (answer.ok) return value;
  const said = value && typeof value.error === "string" ? value.error : `the console answered ${answer.status}`;
  throw new ApiError(answer.status, said);
}
