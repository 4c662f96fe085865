// What is drawn over time: what happened, IoU, score, and what each memory reported.

import { bytes } from "./api.js";
import { fill, shade, stretches } from "./charts.js";
import { colourOf, dashOf, html, sample, swatch } from "./dom.js";

const KINDS = ["tracked", "recovered", "drift", "scale", "lost", "jumped"]; // colours are called so too
const UNKNOWN = 255, STEPS = 200;
const ROW = 12;

/** Draw all charts of a sequence into a host; those of hidden trackers are left out. */
export function drawPanels(host, charts, overview, sequence, hidden, titles) {
  const open = new Map([...host.querySelectorAll("details")].map((one) => [one.dataset.tracker, one.open]));
  charts.clear();
  host.replaceChildren();
  const tracks = sequence.tracks.filter((one) => !hidden.includes(overview.trackers[one.tracker].name));
  const x = Array.from({ length: sequence.frames }, (_, index) => index);
  if (tracks.some((one) => one.segments.length)) happened(host, charts, overview, tracks, x, titles);
  const spans = sequence.causes.map((one) => [one.first, one.last]);
  const note = spans.length ? `; shaded: ${sequence.causes[0].name} acts` : "";
  const curve = (track, values) => [values, { stroke: overview.trackers[track.tracker].colour, dash: dashOf(overview.trackers[track.tracker]), width: 1.6, points: { show: false }, spanGaps: false }];
  for (const [title, name] of [["IoU with the ground truth", "overlap"], ["Score that each tracker gives itself", "scores"]]) {
    const curves = tracks.filter((one) => one[name]).map((one) => curve(one, one[name]));
    if (!curves.length) continue;
    const place = figure(host, title + note, name);
    charts.add(place, [x, ...curves.map(([values]) => values)], {
      height: 130, low: 0, high: 1, ticks: [0, 0.5, 1], paint: shade(spans), series: curves.map(([, how]) => how), label: title,
    });
  }
  const told = tracks.filter((one) => one.panels.length);
  const first = told.find((one) => one.panels.length > 1) ?? told[0]; // one that has a memory to show
  for (const track of told) memory(host, charts, overview, track, open.get(overview.trackers[track.tracker].name) ?? track === first);
  if (!host.children.length) host.append(html("p", { class: "soft" }, "Nothing over time: neither ground truth nor scores are kept of what is shown."));
}

function figure(host, title, name, ...more) {
  const place = html("div", { class: "plot" });
  host.append(html("figure", { "data-panel": name }, html("figcaption", {}, title, ...more), place));
  return place;
}

const key = (entries) => html("span", { class: "key" }, ...entries.map(([text, drawn]) => html("span", {}, drawn, ` ${text}`)));

/** A row a tracker, coloured by what happened. */
function happened(host, charts, overview, tracks, x, titles) {
  const there = new Set(tracks.flatMap((one) => one.segments.map(([kind]) => kind)));
  const entries = KINDS.filter((kind) => there.has(kind)).map((kind) => [titles[kind] ?? kind, swatch(colourOf(kind))]);
  const place = figure(host, "What happened", "happened", " ", key(entries));
  const paint = (u) => {
    tracks.forEach((track, row) => {
      const top = tracks.length - row;
      for (const [kind, first, end] of track.segments) {
        u.ctx.fillStyle = colourOf(kind);
        fill(u, track.start + first - 0.5, track.start + end - 0.5, top - 0.85, top - 0.15);
      }
      const y = u.valToPos(top - 0.5, "y", true), unit = devicePixelRatio, who = overview.trackers[track.tracker]; // whose row it is
      u.ctx.save();
      u.ctx.strokeStyle = who.colour;
      u.ctx.lineWidth = 3 * unit;
      u.ctx.setLineDash(dashOf(who));
      u.ctx.beginPath();
      u.ctx.moveTo(u.bbox.left - 30 * unit, y);
      u.ctx.lineTo(u.bbox.left - 6 * unit, y);
      u.ctx.stroke();
      u.ctx.restore();
    });
  };
  charts.add(place, [x, x.map(() => null)], {
    height: 24 + 15 * tracks.length, low: 0, high: tracks.length, ticks: [], paint, series: [{ show: true, paths: () => null, points: { show: false } }],
    label: "What happened, a row a tracker",
  });
}

/** What one memory reported; drawn when it is opened. */
function memory(host, charts, overview, track, open) {
  const who = overview.trackers[track.tracker], { name, colour } = who;
  const body = html("div", {});
  const details = html("details", { "data-tracker": name, open }, 
    html("summary", {}, sample(who), ` What ${name} reported`), html("div", { class: "slots" }), body);
  const draw = () => {
    if (!details.open || body.children.length) return;
    for (const panel of track.panels) one(body, charts, track, panel, colour);
  };
  details.addEventListener("toggle", draw);
  host.append(details);
  draw();
}

const PATTERNS = ["", "6 3", "2 2"]; // of the first, second, third line of one tracker

function one(body, charts, track, panel, colour) {
  const rows = panel.data.map(bytes);
  const value = (byte) => panel.low + (byte / STEPS) * (panel.high - panel.low);
  const start = track.start + 1;
  const edge = (column) => start + (column * track.told) / panel.columns - 0.5;
  const x = Array.from({ length: panel.columns }, (_, column) => (edge(column) + edge(column + 1)) / 2);
  const lines = panel.kind === "lines";
  const drawn = panel.rows.map((_, row) => ({ colour, dash: PATTERNS[row % PATTERNS.length] }));
  const named = panel.rows.map((text, row) => [text, lines ? sample(drawn[row]) : swatch(panel.shades[row])]);
  const place = figure(body, panel.title, panel.title, " ", ...(panel.kind === "heat" || named.length < 2 ? [] : [key(named)]));
  const how = { low: panel.low, high: panel.high, label: panel.title };
  if (lines) {
    const values = rows.map((row) => Array.from(row, (byte) => (byte === UNKNOWN ? null : value(byte))));
    const series = drawn.slice(0, rows.length).map((how_) => ({ stroke: colour, dash: dashOf(how_), width: 1.5, points: { show: false } }));
    charts.add(place, [x, ...values], { ...how, height: 84, series });
    return;
  }
  const states = panel.kind === "states";
  const paint = (u) => rows.forEach((row, place_) => {
    const top = rows.length - place_;
    const at = (frame) => row[Math.floor(((frame + 0.5 - start) * panel.columns) / track.told)] ?? UNKNOWN;
    for (const [byte, from, to] of stretches(u, at)) {
      if (byte === UNKNOWN) continue;
      u.ctx.globalAlpha = states ? 1 : 0.04 + 0.96 * Math.sqrt(byte / STEPS);
      u.ctx.fillStyle = states ? panel.shades[byte % panel.shades.length] : colour;
      fill(u, from, to, top - (rows.length > 1 ? 0.95 : 1), top);
    }
    u.ctx.globalAlpha = 1;
  });
  charts.add(place, [x, x.map(() => null)], {
    ...how, low: 0, high: rows.length, ticks: [], paint, height: 24 + (states ? 16 : Math.max(ROW * rows.length, 24)), series: [{ paths: () => null, points: { show: false } }],
  });
  if (!states) place.previousElementSibling.append(html("span", { class: "soft" }, ` a row each: ${named.length > 6 ? `${named.length}, the first on top` : panel.rows.join(", ")}`));
}
