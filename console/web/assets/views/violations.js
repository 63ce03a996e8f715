// Violations, newest first; new ones appear by themselves.

import { get, withQuery } from "../api.js";
import { isDialogOpen } from "../dialogs.js";
import { h, replace, setText } from "../dom.js";
import { on } from "../events.js";
import { askToDismiss, openDetails, restore } from "../violation_acts.js";
import { makeFilters, matches } from "../violation_filters.js";
import { showKeys } from "../violation_keys.js";
import { HEADINGS, Row } from "../violation_row.js";
import { counted } from "../words.js";

export const title = "Violations";

const PAGE = 100;

export function mount(root, context) {
  return new Violations(root, context).unmount;
}

class Violations {
  constructor(root, { parameters, onParameters, setParameters, tools, toast, signal }) {
    this.toast = toast;
    this.rows = new Map(); // by id, newest first
    this.current = null;
    this.asked = 0;
    this.setParameters = setParameters;
    this.filters = makeFilters(parameters, () => this.#chosen());
    this.body = h("tbody", { role: "rowgroup" });
    this.table = h("table", { role: "table", class: "violations-table", "aria-label": "Violations, newest first" },
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
        HEADINGS.map((each) => h("th", { role: "columnheader", scope: "col" }, each)))), this.body);
    this.count = h("p", { class: "muted", role: "status" });
    this.older = h("button", { type: "button", hidden: true, onclick: () => this.#loadOlder() }, "Load older");
    this.empty = h("div", { class: "empty panel", hidden: true });
    replace(tools, this.filters.exporter, h("button", { type: "button", class: "quiet", onclick: showKeys }, "Keys"));
    replace(root, this.filters.element, this.count, h("div", { class: "scroll" }, this.table), this.empty,
      h("div", { class: "older" }, this.older));
    const ends = [
      on("system", (system) => this.filters.setCameras(Object.keys(system.cameras))),
      on("violation", (violation) => this.#told(violation)),
      on("connection", ({ isUp, wasUp }) => isUp && wasUp === false && this.#load()),
    ];
    this.unmount = () => ends.forEach((end) => end());
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.body.addEventListener("focusin", (event) => this.#focused(event));
    onParameters((changed) => (this.filters.set(changed), this.#load()));
    this.#load();
  }

  #chosen() {
    this.setParameters(this.filters.values());
    this.#load();
  }

  async #load() {
    const asked = (this.asked += 1);
    this.body.setAttribute("aria-busy", "true");
    try {
      const found = await this.#ask({});
      if (asked === this.asked) this.#showAll(found);
    } catch (error) {
      if (asked === this.asked) this.toast(error);
    } finally {
      if (asked === this.asked) this.body.removeAttribute("aria-busy");
    }
  }

  #ask(more) {
    return get(withQuery("/violations", { ...this.filters.values(), limit: PAGE, ...more }));
  }

  #showAll({ violations, unreadable }) {
    const kept = this.rows;
    this.unreadable = unreadable;
    this.rows = new Map();
    for (const each of [...violations].reverse()) this.rows.set(each.id, this.#row(each, kept.get(each.id)));
    replace(this.body, [...this.rows.values()].map((row) => row.element));
    this.older.hidden = violations.length < PAGE;
    this.#setCurrent(this.rows.get(this.current?.violation.id) ?? this.#list()[0] ?? null);
    this.#count();
  }

  #row(violation, row) {
    if (!row) return new Row(violation, this.#acts());
    row.update(violation);
    return row;
  }

  #acts() {
    const changed = (violation) => this.#told(violation);
    return {
      open: (row) => openDetails(row.violation, changed),
      dismiss: (row) => askToDismiss(row.violation, changed),
      restore: (row) => restore(row.violation, changed),
    };
  }

  // Changed ones stay where they are, even where the filters would no longer choose them: nothing jumps away.
  #told(violation) {
    const row = this.rows.get(violation.id);
    if (row) return row.update(violation);
    if (!matches(violation, this.filters.values()) || this.#isOlder(violation)) return undefined;
    return this.#insert(violation);
  }

  // Older than the oldest that is shown, while there are more on the server: "Load older" brings it.
  #isOlder(violation) {
    const last = this.#list().at(-1);
    return !this.older.hidden && last && violation.opened_at < last.violation.opened_at;
  }

  #insert(violation) {
    const row = new Row(violation, this.#acts());
    const when = Date.parse(violation.opened_at);
    const next = this.#list().find((each) => Date.parse(each.violation.opened_at) <= when);
    row.element.classList.add("new");
    this.body.insertBefore(row.element, next?.element ?? null);
    this.rows.set(violation.id, row);
    this.#setCurrent(this.current ?? row);
    this.#count();
  }

  // As they stand in the table.
  #list() {
    return [...this.body.children].map((each) => this.rows.get(each.dataset.id));
  }

  async #loadOlder() {
    const before = new Date(Date.parse(this.#list().at(-1).violation.opened_at) + 1).toISOString();
    this.older.disabled = true;
    try {
      const { violations } = await this.#ask({ until: before });
      const fresh = violations.filter((each) => !this.rows.has(each.id)).reverse();
      for (const each of fresh) this.rows.set(each.id, this.#row(each));
      this.body.append(...fresh.map((each) => this.rows.get(each.id).element));
      this.older.hidden = violations.length < PAGE;
      this.#count();
    } catch (error) {
      this.toast(error);
    } finally {
      this.older.disabled = false;
    }
  }

  #count() {
    const count = this.rows.size;
    const lost = this.unreadable ? ` ${counted(this.unreadable, "record")} cannot be read.` : "";
    setText(this.count, count ? `${counted(count, "violation")}${this.older.hidden ? "" : ", and older ones"}.${lost}` : lost);
    this.table.hidden = count === 0;
    this.empty.hidden = count > 0;
    if (count === 0) this.#showNone();
  }

  #showNone() {
    const isFiltered = Object.values(this.filters.values()).some(Boolean);
    replace(this.empty,
      h("h2", {}, isFiltered ? "No such violation" : "No violations"),
      h("p", {}, "None was recorded. What the cameras could not see is under ", h("a", { href: "#/compliance" }, "Compliance"), "."));
  }

  #focused(event) {
    const row = this.rows.get(event.target.closest("tr")?.dataset.id);
    if (row && row !== this.current) this.#setCurrent(row);
  }

  #setCurrent(row) {
    this.current?.setCurrent(false);
    this.current = row;
    row?.setCurrent(true);
  }

  #move(step) {
    const rows = this.#list();
    const isInside = this.body.contains(document.activeElement);
    const at = isInside ? rows.indexOf(this.current) + step : 0;
    const row = rows[Math.max(0, Math.min(at, rows.length - 1))];
    if (!row) return;
    this.#setCurrent(row);
    row.element.focus();
    row.element.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (isDialogOpen() || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === "?") showKeys();
    else if (event.key === "j") this.#move(1);
    else if (event.key === "k") this.#move(-1);
    else if (event.key === "d" && this.current) this.#dismissOrRestore();
    else if (event.key === "Enter" && event.target === this.current?.element) openDetails(this.current.violation, (each) => this.#told(each));
    else return;
    event.preventDefault();
  }

  #dismissOrRestore() {
    const act = this.current.violation.dismissal ? restore : askToDismiss;
    act(this.current.violation, (each) => this.#told(each));
  }
}
