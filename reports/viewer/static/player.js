// Moving through a sequence: slider, buttons, playing, and from event to event.

import { byId } from "./dom.js";

const PACE = 25; // frames a second

export class Player {
  constructor(state, ready) {
    this.state = state;
    this.ready = ready; // resolves when the frame that was asked for is shown
    this.playing = false;
    this.sequence = null;
    this.direction = 1;
    this.typing = false;
    const on = (id, act) => byId(id).addEventListener("click", act);
    on("play", () => this.toggle());
    on("back", () => this.step(-1));
    on("forward", () => this.step(1));
    on("event-back", () => this.event(-1));
    on("event-on", () => this.event(1));
    on("mark-in", () => this.mark("from"));
    on("mark-out", () => this.mark("to"));
    on("zoom", () => this.zoom());
    on("whole", () => state.set({ from: null, to: null, zoom: false }));
    byId("slider").addEventListener("input", (event) => this.go(Number(event.target.value)));
    const number = byId("number");
    number.addEventListener("input", () => { this.typing = true; });  // what is drawn meanwhile leaves it as it is
    number.addEventListener("blur", () => { this.typing = false; });
    number.addEventListener("change", () => {
      this.typing = false;
      this.go(Number(number.value) - 1);
      if (this.sequence) this.show(this.frame);
    });
  }

  open(sequence) {
    this.stop();
    this.sequence = sequence;
    this.typing = false;
    byId("slider").max = sequence.frames - 1;
    byId("number").max = sequence.frames;
    byId("of").textContent = `of ${sequence.frames}`;
    const starts = sequence.tracks.flatMap((one) => one.segments.filter(([kind]) => kind !== "tracked").map(([, first]) => one.start + first));
    const ends = sequence.tracks.filter((one) => one.error).map((one) => Math.min(one.start + one.rows, sequence.frames - 1));
    this.events = [...new Set([...starts, ...ends, ...sequence.causes.map((one) => one.first)])].sort((a, b) => a - b);
  }

  get frame() { return this.state.get("frame") ?? this.sequence.start; }

  show(frame) {
    const slider = byId("slider");
    slider.value = frame;
    slider.setAttribute("aria-valuetext", `frame ${frame + 1} of ${this.sequence.frames}`);
    if (!this.typing) byId("number").value = frame + 1;
    byId("zoom").setAttribute("aria-pressed", String(this.state.get("zoom")));
  }

  go(frame) {
    if (!this.sequence || !Number.isFinite(frame)) return;
    const next = Math.min(Math.max(Math.round(frame), 0), this.sequence.frames - 1);
    this.direction = next < this.frame ? -1 : 1;
    this.state.set({ frame: next });
  }

  step(by) { this.stop(); if (this.sequence) this.go(this.frame + by); }
  end(last) { this.stop(); if (this.sequence) this.go(last * (this.sequence.frames - 1)); }

  event(by) {
    this.stop();
    if (!this.sequence) return;
    const ahead = by > 0 ? this.events.find((one) => one > this.frame) : this.events.findLast((one) => one < this.frame);
    if (ahead != null) this.go(ahead);
  }

  mark(end) {
    if (!this.sequence) return;
    const values = { [end]: this.frame };
    const other = this.state.get(end === "from" ? "to" : "from");
    if (other != null && (end === "from" ? other < this.frame : other > this.frame)) values[end === "from" ? "to" : "from"] = null;
    this.state.set(values);
  }

  zoom() {
    const { from, to, zoom } = this.state.values;
    if (from != null || to != null || zoom) this.state.set({ zoom: !zoom });
  }

  /** Return the marked part, or all: its first and last frame. */
  get part() {
    const { from, to } = this.state.values;
    const last = this.sequence.frames - 1;
    return [Math.min(from ?? 0, last), Math.min(to ?? last, last)];
  }

  toggle() { if (this.playing) this.stop(); else this.play(); }

  stop() {
    this.playing = false;
    byId("play").textContent = "Play";
  }

  /** Play the marked part, or from here to the end; a frame that is not there yet is waited for. */
  async play() {
    if (!this.sequence) return;
    const [first, last] = this.part;
    if (this.frame >= last || this.frame < first) this.go(first);
    this.playing = true;
    byId("play").textContent = "Stop";
    const own = this.sequence;
    while (this.playing && this.sequence === own && this.frame < last) {
      const due = performance.now() + 1000 / (PACE * Number(byId("speed").value));
      await this.ready();
      await new Promise((resolve) => setTimeout(resolve, Math.max(due - performance.now(), 0)));
      if (this.playing && this.sequence === own) this.go(this.frame + 1);
    }
    if (this.sequence === own) this.stop();
  }
}
