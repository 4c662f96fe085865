// Charts over one time axis, by uPlot: all scroll, zoom and show the playhead together. Dragging over one moves the frame.

import { colourOf, html } from "./dom.js";

const LEFT = 46, RIGHT = 12, AXIS = 20;

export class Charts {
  constructor(go) {
    this.go = go;
    this.plots = new Set();
    this.frame = 0;
    this.part = null;
    this.view = [0, 1];
    this.resized = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const plot = [...this.plots].find((one) => one.host === target);
        if (plot && target.clientWidth && target.clientWidth !== plot.u.width) plot.u.setSize({ width: target.clientWidth, height: plot.u.height });
      }
    });
  }

  /** Forget all charts. */
  clear() {
    for (const plot of this.plots) this.remove(plot);
  }

  remove(plot) {
    this.resized.unobserve(plot.host);
    plot.u.destroy();
    this.plots.delete(plot);
  }

  /** Return uPlot's options of a chart `height` pixels high, with values from `low` to `high`. */
  options(host, { height, low, high, ticks, paint, series, label }) {
    const soft = colourOf("soft"), grid = colourOf("grid");
    const axis = { stroke: soft, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    return {
      width: host.clientWidth || 300,
      height,
      legend: { show: false },
      padding: [8, RIGHT, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false }, sync: { key: "frames", setSeries: false, scales: ["x", null] } },
      select: { show: false },
      scales: { x: { time: false, range: () => this.view.map((end, k) => end + (k ? 0.5 : -0.5)) }, y: { range: [low, high] } },
      axes: [
        { ...axis, size: AXIS, space: 60, grid: { show: false }, values: (u, splits) => splits.map((at) => (Number.isInteger(at) ? at + 1 : "")), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] },
        { ...axis, size: LEFT, splits: () => ticks ?? [low, (low + high) / 2, high], values: (u, splits) => splits.map((at) => (ticks && !ticks.length ? "" : String(+at.toPrecision(3)))) },
      ],
      series: [{}, ...series],
      hooks: {
        drawClear: paint ? [paint] : [],
        draw: [() => this.place()],
        ready: [(u) => { u.root.setAttribute("role", "img"); u.root.setAttribute("aria-label", label); }],
      },
    };
  }

  /** Add a chart to a host and return it; `data` is uPlot's: x, then a list of values a series. */
  add(host, data, how) {
    const head = html("div", { class: "playhead" });
    const part = html("div", { class: "part" });
    const plot = { host, head, part };
    plot.u = new globalThis.uPlot(this.options(host, how), data, host);
    plot.u.over.append(part, head);
    this.listen(plot);
    this.plots.add(plot);
    this.resized.observe(host);
    this.place();
    return plot;
  }

  listen({ u }) {
    const seek = (event) => this.go(u.posToVal(event.clientX - u.over.getBoundingClientRect().left, "x"));
    u.over.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      u.over.setPointerCapture(event.pointerId);
      seek(event);
    });
    u.over.addEventListener("pointermove", (event) => { if (event.buttons & 1) seek(event); });
  }

  /** Show a frame, the marked part (null for none), and the frames that all charts span. */
  show(frame, part, view) {
    const moved = view[0] !== this.view[0] || view[1] !== this.view[1];
    Object.assign(this, { frame, part, view });
    if (moved) for (const { u } of this.plots) u.setScale("x", { min: view[0] - 0.5, max: view[1] + 0.5 });
    this.place();
  }

  place() {
    for (const { u, head, part } of this.plots) {
      if (!u) continue;
      head.style.transform = `translateX(${u.valToPos(this.frame, "x")}px)`;
      part.hidden = !this.part;
      if (!this.part) continue;
      const [left, right] = [u.valToPos(this.part[0] - 0.5, "x"), u.valToPos(this.part[1] + 0.5, "x")];
      part.style.transform = `translateX(${left}px)`;
      part.style.width = `${Math.max(right - left, 1)}px`;
    }
  }
}

/** Return a painter that shades spans of frames, [first, last] each. */
export const shade = (spans) => (u) => {
  u.ctx.save();
  u.ctx.fillStyle = colourOf("cause");
  for (const [first, last] of spans) fill(u, first - 0.5, last + 0.5, u.scales.y.min, u.scales.y.max);
  u.ctx.restore();
};

/** Fill what lies between two frames and two values, within the chart. */
export function fill(u, from, to, low, high) {
  const { left, width } = u.bbox;
  const a = Math.max(u.valToPos(from, "x", true), left), b = Math.min(u.valToPos(to, "x", true), left + width);
  const top = u.valToPos(high, "y", true), bottom = u.valToPos(low, "y", true);
  const begin = Math.round(a); // whole pixels: neighbours touch without a seam
  if (b > a) u.ctx.fillRect(begin, top, Math.max(Math.round(b) - begin, 1), bottom - top);
}

/** Yield what a chart's pixels stand for, [value, first frame, last frame]; pixels of equal value together. */
export function* stretches(u, valueAt) {
  const { min, max } = u.scales.x, step = (max - min) / u.bbox.width;
  let begin = 0, value = valueAt(min + step / 2);
  for (let pixel = 1; pixel <= u.bbox.width; pixel += 1) {
    const next = pixel < u.bbox.width ? valueAt(min + (pixel + 0.5) * step) : null;
    if (next === value) continue;
    yield [value, min + begin * step, min + pixel * step];
    [begin, value] = [pixel, next];
  }
}
