// ---- memory ----------------------------------------------------------------------------------------------------
function memory() {
  const where = document.getElementById("memory-sequence"), who = document.getElementById("memory-tracker");
  const index = Number(where?.value), there = where && data.memory[index];
  if (!there) return;
  const before = who.value, one = there.find((m) => String(m.t) === before) || there[0];
  who.replaceChildren(...there.map((m) => html("option", { value: m.t }, data.trackers[m.t])));
  who.value = one.t;
  const view = document.getElementById("memory-view");
  view.replaceChildren();
  if (one.moments.length) view.append(html("h3", {}, "What was read"), moments(one), html("p", { class: "caption" }, "The target as the tracker boxed it when the slot was written; its share in what was read, and the frame it is from."));
  view.append(html("h3", {}, "Over time"));
  for (const panel of one.panels) view.append(drawn(panel, one));
  const chart = html("div", { class: "chart" });
  view.append(html("h3", {}, "Overlap with the ground truth"), chart);
  chart.redraw = () => overlap(chart, index, one.t);
  redraw(view);
}
const moments = (one) => html("div", { class: "moments" }, ...one.moments.map((moment) => html("div", {}, html("h4", {}, `frame ${moment.frame + 1}`),
  html("div", { class: "slots" }, ...moment.slots.map((slot) => {
    const picture = slot.picture === null ? html("img", { alt: "", width: 40, height: 40 }) : html("img", { alt: `the target at frame ${slot.frame + 1}`, src: `data:image/webp;base64,${data.pictures[slot.picture]}` });
    return html("figure", {}, picture, slot.weight === null ? "" : `${Math.round(100 * slot.weight)} %`, html("br"), `at ${slot.frame + 1}`);
  })), ...(moment.attention ? [attention(moment)] : []))));
function attention(moment) {
  const rows = moment.attention.map(bytes), canvas = html("canvas", { width: rows[0].length, height: rows.length, class: "attention", role: "img", "aria-label": `attention over the search region at frame ${moment.frame + 1}` });
  shade(canvas, rows);
  return html("figure", { class: "attention" }, canvas, html("figcaption", {}, "attention over the search region"));
}
function shade(canvas, rows, colour = (v) => `rgba(47, 134, 196, ${0.06 + 0.94 * Math.min(v / 200, 1)})`) {
  const pen = canvas.getContext("2d");
  rows.forEach((row, r) => row.forEach((v, k) => {
    pen.fillStyle = v === 255 ? "transparent" : colour(v);
    pen.fillRect(k, r, 1, 1);
  }));
}
function drawn(panel, one) {
  const block = html("div", { class: "panel" }, html("h4", {}, panel.title));
  const rows = panel.data.map(bytes), x = (k) => one.first + 1 + Math.round((k * (one.frames - 1)) / Math.max(panel.columns - 1, 1));
  const value = (v) => panel.low + ((panel.high - panel.low) * v) / 200;
  if (panel.kind === "lines") {
    const host = html("div", { class: "chart", "data-panel": "", style: "grid-column:1/-1" });
    const xs = Array.from({ length: panel.columns }, (_, k) => x(k));
    host.redraw = () => curves(host, xs, rows.map((row, r) => ({ t: one.t, name: panel.rows[r] || "", dash: r, y: [...row].map((v) => (v === 255 ? null : value(v))) })),
      { left: 72, y0: panel.low, y1: panel.high, yticks: ticks(panel.low, panel.high, 3), height: 120, label: panel.title, at: (v) => `frame ${v}`, thin: true });
    block.append(host);
    if (panel.rows.length > 1) block.append(html("p", {}, `${panel.rows.map((row, r) => `${["Solid", "dashed", "dotted"][r % 3]}: ${row}`).join("; ")}.`));
    return block;
  }
  const states = panel.kind === "states", tall = states ? 14 : Math.min(16, Math.max(6, Math.floor(160 / rows.length)));
  const canvas = html("canvas", { width: panel.columns, height: rows.length, role: "img", "aria-label": panel.title, style: `height:${tall * rows.length}px` });
  shade(canvas, rows, states ? (v) => panel.shades[v % panel.shades.length] : undefined);
  canvas.onpointermove = (event) => {
    const k = Math.floor((event.offsetX / canvas.clientWidth) * panel.columns), r = Math.floor((event.offsetY / canvas.clientHeight) * rows.length);
    const v = rows[r]?.[k];
    if (v === undefined) return;
    canvas.title = states ? `frame ${x(k)}: ${panel.rows[v] ?? v}` : `frame ${x(k)}, ${panel.rows[r]}: ${v === 255 ? "empty" : value(v).toFixed(2)}`;
  };
  const labels = states || tall < 10 ? [] : panel.rows.map((row) => html("span", {}, row));
  block.append(html("div", { class: "labels" }, ...labels), canvas);
  if (states) block.append(html("p", { class: "key" }, ...panel.rows.map((row, r) => html("span", {}, html("i", { style: `background:${panel.shades[r]}` }), row))));
  else block.append(html("p", {}, `Faint ${+panel.low.toFixed(1)}, strong ${+panel.high.toFixed(1)}${rows.length > 1 ? `; from the top: ${panel.rows[0] === "1" ? `1 to ${rows.length}` : panel.rows.join(", ")}` : ""}.`));
  return block;
}
