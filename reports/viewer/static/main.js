// The page: fetches what the state asks for and has every part show it.

import { ask, unpackSequence } from "./api.js";
import { Charts } from "./charts.js";
import { byId, html, options } from "./dom.js";
import { bindings, listen } from "./keys.js";
import { Legend } from "./legend.js";
import { List } from "./list.js";
import { drawPanels } from "./panels.js";
import { Player } from "./player.js";
import { copyLink, Slide } from "./slide.js";
import { Slots } from "./slots.js";
import { Stage } from "./stage.js";
import { State } from "./state.js";

const state = new State();
const list = new List(state), stage = new Stage(), legend = new Legend(state), slots = new Slots();
let runs = [], overview = null, sequence = null, titles = { failed: "did not finish" }, shown = Promise.resolve();
const player = new Player(state, () => shown);
const charts = new Charts((frame) => { player.stop(); player.go(frame); });
const slide = new Slide(state, () => ({ overview, sequence, part: sequence && player.part }));
const copy = async () => say(await copyLink(state));

const say = (text) => { byId("said").textContent = text; };
const fail = (text) => { byId("error").textContent = text; byId("error").hidden = !text; };
const phone = matchMedia("(max-width: 1099px)");

async function openRuns() {
  runs = await ask("runs");
  options(byId("run"), runs.map((one) => [one.id, one.title]), state.get("run"));
  await openRun();
}

async function openRun() {
  if (!runs.some((one) => one.id === state.get("run"))) {
    if (state.get("run")) fail(`The link names run ${state.get("run")}, which is not open here.`);
    state.values.run = runs[0].id;
  }
  const run = state.get("run");
  byId("run").value = run;
  document.documentElement.removeAttribute("data-ready");
  const found = await ask("overview", { run });
  if (state.get("run") !== run) return;
  overview = found;
  sequence = null;
  byId("coverage").textContent = overview.coverage;
  const warnings = byId("warnings");
  warnings.hidden = !overview.warnings.length;
  warnings.querySelector("summary").textContent = overview.warnings[0] ?? "";
  warnings.querySelector("ul").replaceChildren(...overview.warnings.slice(1).map((text) => html("li", {}, text)));
  list.open(overview);
  await openSequence();
  const kinds = await ask("kinds", { run });
  if (state.get("run") !== run) return;
  titles = kinds.titles;
  list.learn(kinds);
  showFrame();
  document.documentElement.dataset.kinds = run;
}

async function openSequence() {
  if (!overview.sequences.some((one) => one.name === state.get("sequence"))) {
    if (state.get("sequence")) {
      fail(`The run has no sequence ${state.get("sequence")}.`);
      Object.assign(state.values, { frame: null, attempt: "" });
    }
    state.values.sequence = (list.lines[0] ?? overview.sequences[0]).name;
  }
  const { run, sequence: name, attempt } = state.values;
  document.documentElement.removeAttribute("data-ready");
  list.mark();
  const found = unpackSequence(await ask("sequence", { run, sequence: name, attempt }));
  if (state.get("run") !== run || state.get("sequence") !== name || state.get("attempt") !== attempt) return;
  sequence = found;
  if (state.get("frame") == null || state.get("frame") >= sequence.frames) state.values.frame = sequence.start;
  const line = overview.sequences.find((one) => one.name === name);
  byId("name").textContent = name;
  document.title = `${name}, Engram viewer`;
  byId("facts").textContent = [`${sequence.frames} frames`, ...line.attributes.map((code) => (overview.attributes[code] === code ? code : `${code} ${overview.attributes[code]}`)), line.cause && `cause: ${line.cause}`].filter(Boolean).join(" · ");
  byId("attempt-label").hidden = sequence.attempts.length < 2;
  options(byId("attempt"), sequence.attempts.map((one) => [one, one]), sequence.attempt);
  byId("remarks").replaceChildren(...sequence.remarks.map((text) => html("li", {}, text)));
  stage.open(run, overview, sequence);
  player.open(sequence);
  legend.open(overview, sequence);
  panels();
  showFrame();
  await shown;
  document.documentElement.dataset.ready = name;
  state.write();
}

function panels() {
  placeCharts();
  drawPanels(byId("panels"), charts, overview, sequence, state.get("hide"), titles);
  placeCharts();
}

function placeCharts() {
  const { from, to, zoom } = state.values;
  const marked = from != null || to != null;
  const last = Math.max(sequence.frames - 1, 1);
  const close = marked && zoom && player.part[1] > player.part[0];
  charts.show(player.frame, marked && !close ? player.part : null, close ? player.part : [0, last]);
}

function showFrame() {
  if (!sequence) return;
  const frame = player.frame, hide = state.get("hide");
  player.show(frame);
  legend.show(frame, titles);
  placeCharts();
  shown = stage.show(frame, hide, player.direction);
  slots.show(state.get("run"), overview, sequence, frame);
}

async function update(changed) {
  const any = (...names) => names.some((name) => changed.has(name));
  fail("");
  say("");
  try {
    if (any("run")) await openRun();
    else if (any("sequence", "attempt")) await openSequence();
    else if (any("hide")) { panels(); showFrame(); }
    else if (any("frame", "from", "to", "zoom")) showFrame();
    if (any("text", "attribute", "cause", "kind", "whom", "a", "b", "least", "sort", "hide")) list.show();
  } catch (error) {
    fail(error.message);
  }
}

state.on(update);
byId("run").addEventListener("change", (event) => state.set({ run: event.target.value, sequence: "", frame: null, attempt: "", from: null, to: null, whom: "", a: "", b: "", attribute: "", cause: "", kind: "" }));
byId("attempt").addEventListener("change", (event) => state.set({ attempt: event.target.value }));
byId("previous").addEventListener("click", () => list.go(-1));
byId("next").addEventListener("click", () => list.go(1));
byId("copy").addEventListener("click", copy);
byId("export").addEventListener("click", () => slide.open());
byId("panels").addEventListener("toggle", () => slots.show(state.get("run"), overview, sequence, player.frame), true);
byId("help").addEventListener("click", () => byId("keys").showModal());
listen(bindings({ player, list, legend, state, copy, slide: () => slide.open(), trackers: () => overview?.trackers ?? [] }));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (sequence) panels(); });
byId("shelf").open = !phone.matches;
openRuns().catch((error) => fail(error.message));
