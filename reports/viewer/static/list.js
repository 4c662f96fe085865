// The sequences beside the frame: filters, and the list that they leave.

import { byId, html, options, signed, svg, three } from "./dom.js";
import { chosen, difference, meanAuc, ORDERS } from "./filter.js";

const TEXTS = ["text", "attribute", "cause", "kind", "whom", "a", "b", "least", "sort"];

export class List {
  constructor(state) {
    this.state = state;
    this.overview = null;
    this.kinds = null;
    this.lines = [];
    for (const name of TEXTS) {
      byId(name).addEventListener("input", (event) => state.set({ [name]: event.target.value }));
    }
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", () => state.set(Object.fromEntries(TEXTS.map((name) => [name, name === "sort" ? "hard" : ""]))));
    byId("list").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) state.set({ sequence: this.lines[button.dataset.place].name, frame: null, from: null, to: null, attempt: "", zoom: false });
    });
  }

  /** Show the filters of a run. */
  open(overview) {
    this.overview = overview;
    this.kinds = null;
    const values = this.state.values;
    const trackers = overview.trackers.map((one) => [one.name, one.name]);
    options(byId("attribute"), [["", "any"], ...Object.entries(overview.attributes).map(([code, title]) => [code, title === code ? code : `${code}, ${title}`])], values.attribute);
    const causes = [...new Set(overview.sequences.map((line) => line.cause))].filter(Boolean).sort();
    options(byId("cause"), [["", "any"], ...causes.map((name) => [name, name])], values.cause);
    byId("cause-label").hidden = !causes.length;
    options(byId("whom"), [["", "anyone"], ...trackers], values.whom);
    options(byId("a"), [["", "–"], ...trackers], values.a);
    options(byId("b"), [["", "–"], ...trackers], values.b);
    options(byId("sort"), ORDERS, values.sort);
    options(byId("kind"), [["", "anything"], ["failed", "did not finish"]], values.kind);
    this.show();
  }

  /** Take what happened in every sequence, which comes later than the list. */
  learn(kinds) {
    this.kinds = kinds;
    const there = new Set(Object.values(kinds.sequences).flat(2));
    const pairs = Object.entries(kinds.titles).filter(([kind]) => there.has(kind));
    options(byId("kind"), [["", "anything"], ...pairs], this.state.get("kind"));
    this.show();
  }

  /** Draw the list anew. */
  show() {
    if (!this.overview) return;
    const { values } = this.state;
    for (const name of TEXTS) if (byId(name).value !== values[name]) byId(name).value = values[name];
    this.lines = chosen(this.overview, this.kinds, values);
    const total = this.overview.sequences.length;
    const waits = values.kind && !this.kinds ? "; what happened is still being read" : "";
    byId("count").textContent = (this.lines.length === total ? total : `${this.lines.length} of ${total}`) + ` sequence${total === 1 ? "" : "s"}` + waits;
    byId("list").replaceChildren(...this.lines.map((line, place) => this.row(line, place)));
    this.mark();
  }

  row(line, place) {
    const { values } = this.state;
    const gap = difference(line, this.overview, values);
    const value = gap == null ? three(meanAuc(line)) : signed(gap);
    const facts = [`${line.frames} frames`, ...line.attributes, ...(line.failed.some(Boolean) ? ["failed"] : [])].join(" ");
    const dots = this.overview.trackers.flatMap((tracker, t) =>
      line.auc[t] == null || values.hide.includes(tracker.name) ? []
        : [svg("circle", { cx: `${2 + 96 * line.auc[t]}%`, cy: 5, r: 3, fill: tracker.colour })]);
    const plot = svg("svg", { class: "dots", width: "100%", height: 10, "aria-hidden": "true" },
      svg("line", { x1: "2%", x2: "98%", y1: 5, y2: 5 }), ...dots);
    const name = html("span", { class: "name" }, line.name);
    return html("li", {}, html("button", { type: "button", "data-place": place, title: facts }, name,
      html("span", { class: gap == null ? "value" : `value ${gap < 0 ? "down" : "up"}` }, value), plot));
  }

  /** Mark the sequence that is looked at, and bring it into view. */
  mark() {
    const place = this.place();
    for (const button of byId("list").querySelectorAll("button")) {
      const own = Number(button.dataset.place) === place;
      if (own) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      if (own) reveal(button, byId("list"));
    }
  }

  place() { return this.lines.findIndex((line) => line.name === this.state.get("sequence")); }

  /** Go `by` places on in the list. */
  go(by) {
    if (!this.lines.length) return;
    const place = this.place();
    const next = place < 0 ? 0 : Math.min(Math.max(place + by, 0), this.lines.length - 1);
    this.state.set({ sequence: this.lines[next].name, frame: null, from: null, to: null, attempt: "", zoom: false });
  }
}

/** Scroll a list, and nothing around it, so that one of its entries is seen. */
function reveal(entry, list) {
  const [own, room] = [entry.getBoundingClientRect(), list.getBoundingClientRect()];
  if (own.top < room.top) list.scrollTop -= room.top - own.top;
  else if (own.bottom > room.bottom) list.scrollTop += own.bottom - room.bottom;
}
