// Which sequences are listed, and in what order.

const mean = (values) => {
  const there = values.filter((value) => value != null);
  return there.length ? there.reduce((sum, value) => sum + value, 0) / there.length : null;
};

/** Return the difference of the two chosen trackers' AUC; null where one is not chosen or has none. */
export function difference(line, overview, values) {
  const index = (name) => overview.trackers.findIndex((one) => one.name === name);
  const [a, b] = [index(values.a), index(values.b)];
  if (a < 0 || b < 0 || line.auc[a] == null || line.auc[b] == null) return null;
  return line.auc[b] - line.auc[a];
}

export const meanAuc = (line) => mean(line.auc);

/** Return the lines that all filters let through, in the chosen order. `kinds` may still be on its way: null. */
export function chosen(overview, kinds, values) {
  const text = values.text.trim().toLowerCase();
  const whom = overview.trackers.findIndex((one) => one.name === values.whom);
  const least = Number.parseFloat(values.least) || 0;
  const happened = (line) => {
    if (!values.kind) return true;
    if (!kinds) return values.kind === "failed" ? line.failed.some((failed, t) => failed && (whom < 0 || whom === t)) : true;
    const own = kinds.sequences[line.name] ?? [];
    return (whom < 0 ? own : own.slice(whom, whom + 1)).some((one) => one.includes(values.kind));
  };
  const compared = values.a && values.b && values.a !== values.b;
  const lines = overview.sequences.filter((line) =>
    (!text || line.name.toLowerCase().includes(text))
    && (!values.attribute || line.attributes.includes(values.attribute))
    && (!values.cause || line.cause === values.cause)
    && (!compared || !least || Math.abs(difference(line, overview, values) ?? 0) >= least)
    && happened(line));
  return lines.sort(order(overview, values));
}

function order(overview, values) {
  const places = new Map(overview.sequences.map((line, place) => [line.name, place]));
  const by = {
    dataset: (line) => places.get(line.name),
    name: () => 0,
    hard: (line) => meanAuc(line) ?? -1,
    easy: (line) => -(meanAuc(line) ?? -1),
    difference: (line) => -Math.abs(difference(line, overview, values) ?? -1),
    better: (line) => -(difference(line, overview, values) ?? -9),
    worse: (line) => difference(line, overview, values) ?? 9,
  }[values.sort] ?? (() => 0);
  return (one, other) => by(one) - by(other) || one.name.localeCompare(other.name, "en", { numeric: true });
}

export const ORDERS = [
  ["hard", "hardest first"], ["easy", "easiest first"], ["difference", "differs most"],
  ["better", "most gained"], ["worse", "most lost"], ["name", "name"], ["dataset", "as in the dataset"],
];
