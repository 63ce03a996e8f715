// The page: what is shown follows the part of the address behind "#".
//
// A view is a module views/<name>.js with `title` and `mount(root, context) -> unmount()`. The page writes the
// view's title as the only h1, so headings of a view begin at h2. `context` has
//   announce(text)             to screen readers
//   toast(message, options)    see notices.js
//   parameters                 URLSearchParams behind the view's name in the address
//   onParameters(handler)      handler(parameters) runs when only these change; without it the view is mounted anew
//   setParameters(values)      writes them into the address without a new entry in the history
//   tools                      an element beside the title for the view's buttons and choices
//   signal                     an AbortSignal that ends with the view, for addEventListener and fetch

import { address, hashOf } from "./addresses.js";
import { isSignedIn, loadSession, onSignedOut, signOut } from "./api.js";
import { closeDialogs } from "./dialogs.js";
import { h, replace } from "./dom.js";
import { on, start, stop } from "./events.js";
import { announce, toast } from "./notices.js";
import { setTitle, startTitle } from "./page_title.js";
import { showSignIn } from "./sign_in.js";
import { startSystemLine } from "./system_line.js";
import { startTheme } from "./theme.js";

const TRY_AGAIN_MS = 3_000;

const byId = (id) => document.getElementById(id);
const main = byId("main");
const navigation = byId("navigation");

let shown = { name: null, unmount: () => {}, changed: null, ends: new AbortController() };

async function route() {
  if (!isSignedIn()) return askForToken();
  const { name, parameters } = address();
  closeMore();
  if (name === shown.name && shown.changed) return shown.changed(parameters);
  leave();
  const isFirst = shown.name === null;
  const view = (shown = { name, unmount: () => {}, changed: null, ends: new AbortController() });
  markCurrent(name);
  try {
    const module = await import(`/assets/views/${name}.js`);
    if (view === shown) mount(module, parameters, !isFirst);
  } catch (error) {
    console.error(error);
    if (view === shown) showFailure();
  }
}

function mount(module, parameters, takesFocus) {
  const heading = h("h1", { tabindex: "-1" }, module.title);
  const tools = h("div", { class: "tools" });
  const root = h("div", { class: `view ${shown.name}` });
  setTitle(module.title);
  replace(main, h("div", { class: "view-head" }, heading, tools), root);
  if (takesFocus) heading.focus({ preventScroll: true });
  scrollTo(0, 0);
  shown.unmount = module.mount(root, contextOf(shown, parameters, tools)) ?? (() => {});
}

function contextOf(view, parameters, tools) {
  return {
    announce,
    toast,
    parameters,
    tools,
    signal: view.ends.signal,
    onParameters: (handler) => (view.changed = handler),
    setParameters: (values) => view === shown && history.replaceState(null, "", hashOf(view.name, values)),
  };
}

function leave() {
  closeDialogs();
  shown.ends.abort();
  shown.unmount();
}

// A browser may remember that a module did not load, so all is loaded anew, by itself once the console is back.
function showFailure() {
  const again = () => location.reload();
  const off = on("connection", ({ isUp, wasUp }) => isUp && wasUp === false && again());
  shown.unmount = off;
  replace(
    main,
    h("h1", {}, "This page did not load"),
    h("p", {}, "The console may be restarting."),
    h("button", { type: "button", class: "main", onclick: again }, "Load again"),
  );
}

function markCurrent(name) {
  navigation.hidden = false;
  for (const link of navigation.querySelectorAll("a")) {
    if (link.getAttribute("href") === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function askForToken() {
  if (main.querySelector("form.sign-in")) return;
  stop();
  leave();
  shown = { name: null, unmount: () => {}, changed: null, ends: new AbortController() };
  navigation.hidden = true;
  byId("sign-out").hidden = true;
  byId("system").hidden = true;
  setTitle("Sign in");
  showSignIn(main, enter);
}

// Also where the token was just given: the address still says which page was wanted.
async function enter() {
  let session;
  try {
    session = await loadSession();
  } catch (error) {
    replace(main, h("h1", {}, "Maskwatch"), h("p", { role: "alert" }, `${error.message} Trying again.`));
    return setTimeout(enter, TRY_AGAIN_MS);
  }
  if (!isSignedIn()) return askForToken();
  byId("sign-out").hidden = !session.needs_token;
  byId("system").hidden = false;
  start(lost);
  return route();
}

// The server said that nobody is signed in: the session knows whether that is so.
async function lost() {
  await loadSession().catch(() => {});
  if (!isSignedIn()) askForToken();
}

function closeMore() {
  byId("more").setAttribute("aria-expanded", "false");
}

function startMore() {
  const more = byId("more");
  more.addEventListener("click", () => {
    more.setAttribute("aria-expanded", String(more.getAttribute("aria-expanded") !== "true"));
  });
  document.addEventListener("click", (event) => !navigation.contains(event.target) && closeMore());
  navigation.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || more.getAttribute("aria-expanded") !== "true") return;
    closeMore();
    more.focus();
  });
}

byId("skip").addEventListener("click", (event) => (event.preventDefault(), main.focus()));
byId("sign-out").addEventListener("click", () => signOut().then(askForToken, toast));
addEventListener("hashchange", route);
onSignedOut(lost);
startTheme(byId("theme"));
startMore();
startTitle();
startSystemLine(byId("system"));
enter();
