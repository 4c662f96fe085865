// The frame with everybody's boxes.

import { boxAt } from "./api.js";
import { byId, svg } from "./dom.js";
import { Frames } from "./frames.js";

export class Stage {
  constructor() {
    this.host = byId("stage");
    [this.canvas, this.boxes, this.gone] = this.host.children;
    this.wanted = 0;
  }

  open(run, overview, sequence) {
    this.overview = overview;
    // Outlines are whole, but for those of a colour that comes again.
    this.dashes = overview.trackers.map(({ colour, dash }, t, all) => (all.findIndex((one) => one.colour === colour) < t ? dash : ""));
    this.sequence = sequence;
    this.frames = sequence.missing ? null : new Frames(run, sequence.name, sequence.frames);
    this.size(...sequence.size);
    this.clear(sequence.missing);
  }

  size(width, height) {
    if (this.width === width && this.height === height) return;
    Object.assign(this, { width, height });
    this.host.style.setProperty("--shape", `${width} / ${height}`);
    this.host.style.setProperty("--ratio", width / height);
    this.boxes.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }

  /** Show grey, and why. */
  clear(why) {
    [this.canvas.width, this.canvas.height] = [1, 1];
    this.gone.textContent = why ? `No frames: ${why}` : "";
    this.gone.hidden = !why;
  }

  /** Show a frame; what is asked for meanwhile comes first. Resolves when it, or what came after it, is there. */
  async show(index, hidden, direction = 1) {
    this.wanted = index;
    const { frames } = this;
    this.paint(index, hidden);
    if (!frames) {
      this.host.dataset.frame = index + 1;
      return;
    }
    let picture = null, why = "";
    try {
      picture = await frames.get(index);
    } catch (error) {
      why = error.message;
    }
    if (this.wanted !== index || this.frames !== frames) return;
    if (picture) {
      this.size(picture.naturalWidth, picture.naturalHeight);
      [this.canvas.width, this.canvas.height] = [this.width, this.height];
      this.canvas.getContext("2d").drawImage(picture, 0, 0);
      this.gone.hidden = true;
    } else {
      this.clear(why);
    }
    this.host.dataset.frame = index + 1;
    frames.prepare(index, direction);
  }

  /** Draw the boxes of a frame; the ground truth, dashed, on top. */
  paint(index, hidden) {
    const { overview, sequence } = this;
    const shown = sequence.tracks
      .filter((one) => !hidden.includes(overview.trackers[one.tracker].name))
      .map((one) => [boxAt(one.boxes, index - one.start), overview.trackers[one.tracker].colour, one.tracker, this.dashes[one.tracker]]);
    if (!hidden.includes("")) shown.push([boxAt(sequence.truth, index), "#fff", "truth"]);
    const there = shown.filter(([box]) => box);
    const rect = ([x, y, width, height], more) => svg("rect", { x, y, width, height, ...more });
    this.boxes.replaceChildren(
      ...there.map(([box]) => rect(box, { class: "rim" })),
      ...there.map(([box, stroke, who, dash]) => rect(box, { class: who === "truth" ? "truth" : "box", stroke, "data-t": who, ...(dash ? { "stroke-dasharray": dash } : {}) })),
    );
  }
}
