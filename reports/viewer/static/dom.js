// Small builders. Texts of strangers only ever become text nodes and attribute values, never markup.

export const byId = (id) => document.getElementById(id);

export function html(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A text in parts: its lines may break after the signs of the names in it, before words are cut anywhere. */
export const foldable = (text) => text.split(/(?<=[:/,_={@+])(?=\w)/).flatMap((part, k) => (k ? [html("wbr"), part] : [part]));

/** Fill a select with [value, text] pairs, and choose one; the first where there is none of that value. */
export function options(select, pairs, chosen) {
  select.replaceChildren(...pairs.map(([value, text]) => html("option", { value }, text)));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

export const swatch = (colour) =>
  svg("svg", { class: "swatch", viewBox: "0 0 14 6", width: 14, height: 6, "aria-hidden": "true" },
    svg("rect", { width: 14, height: 6, rx: 2, fill: colour }));
/** A piece of a tracker's line; of the ground truth's without one. */
export const sample = (tracker) =>
  svg("svg", { class: "swatch", viewBox: "0 0 24 6", width: 24, height: 6, "aria-hidden": "true" },
    svg("line", tracker ? { x1: 0, x2: 24, y1: 3, y2: 3, stroke: tracker.colour, "stroke-width": 3, "stroke-dasharray": tracker.dash } : { x1: 0, x2: 24, y1: 3, y2: 3, class: "dashed" }));
/** A tracker's dash pattern as a canvas has it, in pixels of the screen. */
export const dashOf = (tracker) => tracker.dash.split(" ").filter(Boolean).map((length) => Number(length) * devicePixelRatio);

const fixed = (value, digits) => (value == null || !Number.isFinite(value) ? "–" : value.toFixed(digits).replace(/^-(0\.0+)$/, "$1"));
export const three = (value) => fixed(value, 3);
export const two = (value) => fixed(value, 2);
/** A difference with its sign, which one that rounds to nothing does not have. */
export const signed = (value) => {
  const text = three(value);
  return Number(text) > 0 ? `+${text}` : text.replace("-", "−");
};
export const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
