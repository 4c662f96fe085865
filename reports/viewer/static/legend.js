// Who is who, and what each reaches in the frame that is shown.

import { kindAt } from "./api.js";
import { byId, foldable, html, sample, three, two } from "./dom.js";

export class Legend {
  constructor(state) {
    this.state = state;
    byId("legend").tBodies[0].addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button && event.shiftKey) this.only(button.dataset.name);
      else if (button) this.toggle(button.dataset.name);
    });
  }

  /** Show or hide a tracker; "" is the ground truth. */
  toggle(name) {
    const hide = this.state.get("hide");
    this.state.set({ hide: hide.includes(name) ? hide.filter((one) => one !== name) : [...hide, name] });
  }

  /** Show one tracker alone, beside the ground truth; all where it is alone already. */
  only(name) {
    const others = this.rows.map((one) => one.name).filter((one) => one !== name);
    const alone = others.every((one) => this.state.get("hide").includes(one));
    this.state.set({ hide: alone ? [] : others });
  }

  open(overview, sequence) {
    const line = overview.sequences.find((one) => one.name === sequence.name);
    this.rows = overview.trackers.map((tracker, t) => {
      const track = sequence.tracks.find((one) => one.tracker === t);
      const cells = { iou: number(), score: number(), now: html("td") };
      const button = html("button", { type: "button", "data-name": tracker.name, title: `Show or hide${t < 9 ? ` (${t + 1})` : ""}; with Shift, alone` }, sample(tracker), html("span", {}, ...foldable(tracker.legend)));
      const row = html("tr", { "data-t": t }, html("th", { scope: "row" }, button), cells.iou, cells.score, cells.now, number(line ? three(line.auc[t]) : ""));
      return { name: tracker.name, track, button, row, ...cells };
    });
    const button = html("button", { type: "button", "data-name": "", title: "Show or hide (t)" }, sample(null), html("span", {}, "ground truth"));
    this.truth = { name: "", button, row: html("tr", {}, html("th", { scope: "row" }, button), html("td", { colspan: 4 })) };
    byId("legend").tBodies[0].replaceChildren(...this.rows.map((one) => one.row), this.truth.row);
  }

  show(frame, titles) {
    const hide = this.state.get("hide");
    for (const one of [...this.rows, this.truth]) one.button.setAttribute("aria-pressed", String(!hide.includes(one.name)));
    for (const { track, iou, score, now } of this.rows) {
      const kind = track ? kindAt(track, frame) : "";
      iou.textContent = track ? two(track.overlap?.[frame]) : "–";
      score.textContent = track ? two(track.scores?.[frame]) : "–";
      now.textContent = track ? titles[kind] ?? kind : "no boxes";
      now.className = kind;
    }
  }
}

const number = (text = "") => html("td", { class: "number" }, text);
