// How many wear masks, how sure that is, and what could not be seen.

import { get, withQuery } from "../api.js";
import { complianceCard } from "../compliance_card.js";
import { h, replace } from "../dom.js";
import { on } from "../events.js";
import { clock } from "../times.js";
import { midnight } from "../today.js";

export const title = "Compliance";

const EVERY_MS = 60_000;
const SPANS = {
  today: { words: "Today", since: () => midnight().toISOString(), by: "hour", listed: "24h" },
  "24h": { words: "24 hours", since: () => "24h", by: "hour", listed: "24h" },
  "7d": { words: "7 days", since: () => "7d", by: "day", listed: "7d" },
};

export function mount(root, { parameters, onParameters, setParameters, tools, toast }) {
  const buttons = h("div", { class: "choices", role: "group", "aria-label": "Time" });
  const updated = h("p", { class: "muted small as-of" });
  const cards = h("div", { class: "cards" });
  let chosen = spanOf(parameters);
  let asked = 0;

  async function load() {
    const mine = (asked += 1);
    const { since, by } = SPANS[chosen];
    try {
      const counts = await get(withQuery("/counts", { since: since(), by }));
      if (mine !== asked) return;
      const open = [...cards.querySelectorAll("details[open]")].map((each) => each.closest("article").dataset.camera);
      replace(cards, cardsOf(counts, SPANS[chosen].listed));
      for (const each of cards.querySelectorAll("details")) each.open = open.includes(each.closest("article").dataset.camera);
      replace(updated, "As of ", h("time", { datetime: new Date().toISOString() }, clock(new Date())),
        `, counted from ${clock(new Date(counts.since))}. Counts are kept by the quarter of an hour.`);
    } catch (error) {
      if (mine === asked) toast(error);
    }
  }

  function choose(name) {
    chosen = name;
    setParameters({ span: name === "today" ? "" : name });
    showButtons();
    load();
  }

  function showButtons() {
    const had = buttons.contains(document.activeElement);
    replace(buttons, Object.entries(SPANS).map(([name, { words }]) =>
      h("button", { type: "button", "aria-pressed": String(name === chosen), onclick: () => choose(name) }, words)));
    if (had) buttons.querySelector("[aria-pressed=true]").focus();
  }

  replace(tools, buttons);
  replace(root, legend(), cards, updated);
  showButtons();
  load();
  onParameters((changed) => ((chosen = spanOf(changed)), showButtons(), load()));
  const timer = setInterval(() => document.hidden || load(), EVERY_MS);
  const off = on("connection", ({ isUp, wasUp }) => isUp && wasUp === false && load());
  return () => {
    asked += 1;
    clearInterval(timer);
    off();
  };
}

const spanOf = (parameters) => (parameters.get("span") in SPANS ? parameters.get("span") : "today");

function cardsOf({ cameras, total, steps, areas }, since) {
  const names = Object.keys(cameras);
  if (!names.length) {
    return h("div", { class: "empty panel" }, h("h2", {}, "No cameras yet"), h("a", { class: "button main", href: "#/cameras" }, "Add a camera"));
  }
  const stepsOf = (choose) => (steps ?? []).map((step) => ({ ...step, figures: choose(step) })).filter((step) => step.figures);
  const all = names.length > 1 && complianceCard("All cameras", total, stepsOf((step) => step.total), { areas, since });
  return [all, ...names.map((camera) => complianceCard(camera, cameras[camera], stepsOf((step) => step.cameras[camera]), { camera, since }))];
}

function legend() {
  const part = (outcome, words) => h("span", {}, h("span", { class: `key ${outcome}` }), words);
  return h("p", { class: "legend muted small" },
    part("with_mask", "mask"), part("without_mask", "no mask"), part("incorrect_mask", "mask not worn right"),
    part("cannot_tell", "cannot tell"), part("unseen-hour", "not seen"));
}
