const data = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;
root.classList.add("scripted");
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// ---- small builders -------------------------------------------------------------------------------------------
const svg = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const html = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const hidden = (t) => root.classList.contains(`hide-${t}`);
const three = (value) => value.toFixed(3).replace(/^-(0\.0+)$/, "$1");
const ticks = (low, high, count = 5) => {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((m) => m * power >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-6; value += step) found.push(+value.toFixed(10));
  return found;
};

// ---- a frame with axes; everything else is drawn into it -------------------------------------------------------
function frame(host, o) {
  const width = Math.max(host.clientWidth, 260), height = o.height || Math.min(Math.max(width * 0.6, 220), 360);
  const left = o.left || 44, right = o.right || 14, top = 10, bottom = o.xlabel ? 40 : 22;
  const sx = (v) => left + ((v - o.x0) / (o.x1 - o.x0 || 1)) * (width - left - right);
  const sy = (v) => height - bottom - ((v - o.y0) / (o.y1 - o.y0 || 1)) * (height - top - bottom);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": o.label });
  for (const v of o.yticks || ticks(o.y0, o.y1)) {
    picture.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: sy(v), y2: sy(v) }),
      svg("text", { x: left - 6, y: sy(v) + 4, "text-anchor": "end" }, String(v)));
  }
  for (const v of o.xticks || ticks(o.x0, o.x1, width < 420 ? 4 : 8)) {
    picture.append(svg("text", { x: sx(v), y: height - bottom + 16, "text-anchor": "middle" }, o.xname ? o.xname(v) : String(v)));
  }
  picture.append(svg("line", { class: "axis", x1: left, x2: width - right, y1: sy(o.y0), y2: sy(o.y0) }));
  if (o.xlabel) picture.append(svg("text", { x: Math.max((left + width - right) / 2, 3.4 * o.xlabel.length), y: height - 4, "text-anchor": "middle" }, o.xlabel));
  host.replaceChildren(picture);
  return { picture, sx, sy, width, height, left, right, top, bottom };
}
// Middles of lines of one size, in their order and as near to where they are wanted as there is room from 0 to the end.
function spread(wanted, size, end) {
  const places = [];
  for (const y of wanted) places.push(Math.max(y, (places.at(-1) ?? -size / 2) + size));
  let below = Math.max(end, wanted.length * size) + size / 2;
  for (let k = places.length - 1; k >= 0; k -= 1) below = places[k] = Math.min(places[k], below - size);
  return places;
}
function path(xs, ys, f) {
  let text = "", pen = false;
  ys.forEach((y, k) => {
    const known = y !== null && y !== undefined;
    if (known) text += `${pen ? "L" : "M"}${f.sx(xs[k]).toFixed(1)} ${f.sy(y).toFixed(1)}`;
    pen = known;
  });
  return text;
}
// Values under the pointer, or under a rule moved by the arrow keys.
function readout(host, f, count, position, lines) {
  const rule = svg("line", { class: "rule", y1: f.top, y2: f.height - f.bottom, visibility: "hidden" });
  f.picture.append(rule);
  const tip = html("div", { class: "tip", role: "status", hidden: "" });
  host.append(tip);
  host.tabIndex = 0;
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", "Chart; arrow keys read values");
  let at = 0;
  const show = (index) => {
    at = Math.min(Math.max(index, 0), count - 1);
    const x = position(at), share = f.picture.clientWidth / f.width;
    rule.setAttribute("x1", x); rule.setAttribute("x2", x); rule.setAttribute("visibility", "visible");
    tip.replaceChildren(...lines(at).map(([t, text]) => {
      const line = html("div", {}, text);
      if (t !== null) line.prepend(html("span", { class: "swatch", "data-t": t }));
      return line;
    }));
    tip.hidden = false;
    const right = x * share > host.clientWidth / 2;
    tip.style.left = right ? "auto" : `${x * share + 10}px`;
    tip.style.right = right ? `${host.clientWidth - x * share + 10}px` : "auto";
  };
  const hide = () => { tip.hidden = true; rule.setAttribute("visibility", "hidden"); };
  const nearest = (event) => {
    const x = ((event.clientX - f.picture.getBoundingClientRect().left) * f.width) / f.picture.clientWidth;
    const share = (x - f.left) / (f.width - f.left - f.right);
    return Math.round(share * (count - 1));
  };
  host.onpointermove = (event) => show(nearest(event));
  host.onpointerleave = hide;
  host.onfocus = () => { if (host.matches(":focus-visible")) show(at); };
  host.onblur = hide;
  host.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -Math.ceil(count / 20), PageUp: Math.ceil(count / 20), Home: -count, End: count }[event.key];
    if (event.key === "Escape") hide();
    if (step === undefined) return;
    event.preventDefault();
    show(at + step);
  };
}
function curves(host, x, series, o) {
  const f = frame(host, { x0: x[0], x1: x[x.length - 1], y0: 0, y1: 1, yticks: [0, 0.2, 0.4, 0.6, 0.8, 1], ...o });
  const bands = svg("g"), lines = svg("g");
  for (const one of series) {
    if (one.low) {
      const area = path(x, one.high, f) + path([...x].reverse(), [...one.low].reverse(), f).replace("M", "L") + "Z";
      bands.append(svg("g", { "data-t": one.t }, svg("path", { class: "band", d: area })));
    }
    lines.append(svg("g", { "data-t": one.t }, svg("path", { class: o.thin ? "curve thin" : "curve", d: path(x, one.y, f), ...(one.dash === undefined ? {} : { style: `stroke-dasharray:${["none", "6 3", "2 2"][one.dash % 3]}` }) })));
  }
  if (f.sy(0) < f.height - f.bottom - 1) f.picture.append(svg("line", { class: "axis", x1: f.left, x2: f.width - f.right, y1: f.sy(0), y2: f.sy(0) }));
  f.picture.append(bands, lines);
  readout(host, f, x.length, (k) => f.sx(x[k]), (k) => [[null, o.at(x[k], o.sign)],
    ...series.filter((one) => !hidden(one.t) && one.y[k] !== null && one.y[k] !== undefined).sort((a, b) => b.y[k] - a.y[k])
      .map((one) => [one.t, `${o.signed && Number(three(one.y[k])) > 0 ? "+" : ""}${three(one.y[k])} ${one.name || data.trackers[one.t]}`])]);
  return f;
}

// ---- the charts ------------------------------------------------------------------------------------------------
const kinds = {
  success: { xlabel: "overlap threshold", label: "Success curves", sign: data.curves?.success.sign, at: (v, sign) => `overlap ${sign} ${v}` },
  precision: { xlabel: "centre error threshold (pixels)", label: "Precision curves", at: (v) => `error ≤ ${v} px` },
  expected: { xlabel: "frames from a start on", label: "Expected overlap of a run of so many frames", at: (v) => `runs of ${v} frames` },
};
const attribute = () => document.getElementById("attribute").value;
// The curve that the score of the first screen is read off; shaded what it is the mean of.
function leading(host, kind, { x, series, span, sign }, height) {
  const f = curves(host, x, series, { ...kinds[kind], height, sign });
  if (!span) return;
  const [low, high] = span.map((length) => f.sx(Math.min(length, x[x.length - 1])));
  f.picture.prepend(svg("rect", { class: "acts", x: Math.min(low, high - 3), width: Math.max(high - low, 3), y: f.top, height: f.height - f.top - f.bottom }));
}
const draw = {
  overview: (host) => leading(host, data.overview, data.curves[data.overview], Math.min(Math.max(0.75 * host.clientWidth, 220), 400)),
  dataset(host) {
    const found = data.datasets[Number(host.dataset.index)];
    leading(host, found.kind, found, 200);
  },
  success: (host) => curves(host, data.curves.success.x, data.curves.success.series, kinds.success),
  precision: (host) => curves(host, data.curves.precision.x, data.curves.precision.series, kinds.precision),
  "attribute-success": (host) => curves(host, data.curves.success.x, data.attributes.curves[attribute()].success, { ...kinds.success, height: 220 }),
  "attribute-precision": (host) => curves(host, data.curves.precision.x, data.attributes.curves[attribute()].precision, { ...kinds.precision, height: 220 }),
  radar(host) {
    const { names, auc } = data.attributes, width = Math.max(host.clientWidth, 260), size = Math.min(width, 440);
    const reach = Math.min(size / 2 - 34, (width / 2 - 34) / 1.1), cx = width / 2, cy = size / 2;
    const point = (k, v) => [cx + reach * v * Math.sin((2 * Math.PI * k) / names.length), cy - reach * v * Math.cos((2 * Math.PI * k) / names.length)];
    const ring = (v) => names.map((_, k) => point(k, v).map((n) => n.toFixed(1)).join(" ")).join("L");
    const picture = svg("svg", { viewBox: `0 0 ${width} ${size}`, width, height: size, role: "img", "aria-label": "Radar of success AUC by attribute; the table has the values" });
    for (const v of [0.25, 0.5, 0.75, 1]) {
      picture.append(svg("path", { class: "grid", d: `M${ring(v)}Z`, style: "stroke:var(--grid);stroke-width:1" }),
        svg("text", { x: cx + 4, y: cy - reach * v + 4 }, String(v)));
    }
    names.forEach((name, k) => {
      const [x, y] = point(k, 1.1);
      picture.append(svg("text", { x, y: y + 4, "text-anchor": x < cx - 8 ? "end" : x > cx + 8 ? "start" : "middle" }, name));
    });
    data.trackers.forEach((_, t) => {
      const corners = names.map((_, k) => auc[k][t]);
      if (corners.some((v) => v === null)) return;
      picture.append(svg("g", { "data-t": t }, svg("path", { class: "curve", d: `M${corners.map((v, k) => point(k, v).map((n) => n.toFixed(1)).join(" ")).join("L")}Z` })));
    });
    host.replaceChildren(picture);
  },
  pareto(host) {
    const speeds = [...data.speeds].sort((a, b) => b.score - a.score), logs = speeds.map((one) => Math.log10(one.ms)), scores = speeds.map((one) => one.score);
    const x0 = Math.min(...logs) - 0.15, x1 = Math.max(...logs) + 0.15, y0 = Math.max(Math.min(...scores) - 0.05, 0), y1 = Math.min(Math.max(...scores) + 0.05, 1);
    // Names stand beside the axes, one below the other, each with a line to its point; long ones lose their middle.
    const room = Math.floor((0.4 * host.clientWidth) / 6.6);
    const names = speeds.map(({ t }) => data.trackers[t]).map((name) => (name.length > room ? `${name.slice(0, room / 2 - 1)}…${name.slice(-room / 2)}` : name));
    const within = (steps) => [0.1, 1, 10, 100, 1000].flatMap((power) => steps.map((step) => Math.log10(power * step))).filter((v) => v >= x0 && v <= x1);
    const rounds = within([1, 2, 5]), values = rounds.length > 1 ? rounds : within([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const f = frame(host, { x0, x1, y0, y1, xticks: values, xname: (v) => String(+(10 ** v).toPrecision(2)), xlabel: "median latency of a frame (ms), logarithmic", label: `${data.merit} against latency`, height: Math.max(260, 18 * speeds.length + 60), right: 26 + Math.max(...names.map((name) => name.length)) * 6.6 });
    const front = speeds.filter((one) => one.front).sort((a, b) => a.ms - b.ms);
    f.picture.append(svg("path", { class: "front", d: front.map((one, k) => `${k ? `H${f.sx(Math.log10(one.ms))}V` : `M${f.sx(Math.log10(one.ms))} `}${f.sy(one.score)}`).join("") }));
    const places = spread(speeds.map((one) => f.sy(one.score)), 16, f.height - f.bottom);
    speeds.forEach((one, k) => {
      const x = f.sx(Math.log10(one.ms)), y = f.sy(one.score), beside = f.width - f.right + 10;
      f.picture.append(svg("g", { "data-t": one.t }, svg("path", { class: "leader", d: `M${x + 6} ${y}L${beside - 3} ${places[k]}` }),
        svg("circle", { class: one.front ? "dot" : "dot behind", cx: x, cy: y, r: 5 }),
        svg("text", { x: beside, y: places[k] + 4 }, svg("title", {}, data.trackers[one.t]), names[k])));
    });
  },
  difference(host) {
    const found = data.differences[host.dataset.kind], reach = found.reach;
    curves(host, found.x, [found.series[Number(host.dataset.index)]], { ...kinds[host.dataset.kind], y0: -reach, y1: reach, yticks: ticks(-reach, reach, 4), height: 190, signed: true });
  },
  overlap: (host) => overlap(host, Number(host.dataset.sequence)),
};
function overlap(host, index, only = null) {
  const tracks = data.sequences[index].tracks.filter((one) => only === null || one.t === only)
    .map((one) => ({ ...one, y: [...bytes(one.o)].map((v) => (v === 255 ? null : v / 100)) }));
  if (!tracks.length) return;
  const first = Math.min(...tracks.map((one) => one.start)), last = Math.max(...tracks.map((one) => one.start + one.y.length));
  const x = Array.from({ length: last - first }, (_, k) => first + k + 1);
  const alone = only === null ? {} : { dash: 0 };
  const series = tracks.map((one) => ({ t: one.t, y: [...Array(one.start - first).fill(null), ...one.y], ...alone }));
  const f = curves(host, x, series, { xlabel: "frame", label: `Overlap over time on ${data.sequences[index].name}`, at: (v) => `frame ${v}`, thin: true, height: only === null ? 240 : 170, left: only === null ? 44 : 72 });
  for (const [begin, end] of data.sequences[index].acts) {
    f.picture.prepend(svg("rect", { class: "acts", x: f.sx(begin + 1), width: f.sx(end + 1) - f.sx(begin + 1), y: f.top, height: f.height - f.top - f.bottom }));
  }
  for (const one of tracks) {
    const group = svg("g", { "data-t": one.t });
    for (const k of one.lost) {
      const px = f.sx(one.start + k + 1), py = f.sy(one.y[k] ?? 0);
      group.append(svg("path", { class: "event", style: "stroke-dasharray:none", d: `M${px - 4} ${py - 4}l8 8m0 -8l-8 8` }));
    }
    for (const k of one.found) group.append(svg("circle", { class: "event", cx: f.sx(one.start + k + 1), cy: f.sy(one.y[k] ?? 0), r: 4 }));
    f.picture.append(group);
  }
}
