// The keyboard: every key with what it does, as the help shows it.

import { byId, html } from "./dom.js";

/** Return what keys do, in the help's order: keys, what it says, and the act. */
export function bindings({ player, list, legend, state, copy, slide, trackers }) {
  return [
    [["ArrowRight"], "→", "next frame; with Shift ten", (event) => player.step(event.shiftKey ? 10 : 1)],
    [["ArrowLeft"], "←", "previous frame; with Shift ten", (event) => player.step(event.shiftKey ? -10 : -1)],
    [["Home"], "Home", "first frame", () => player.end(0)],
    [["End"], "End", "last frame", () => player.end(1)],
    [[" "], "Space", "play or stop", () => player.toggle()],
    [["n"], "n", "next event: a tracker lost or found its target, or a cause begins", () => player.event(1)],
    [["p"], "p", "previous event", () => player.event(-1)],
    [["j"], "j", "next sequence of the list", () => list.go(1)],
    [["k"], "k", "previous sequence of the list", () => list.go(-1)],
    [["1", "2", "3", "4", "5", "6", "7", "8", "9"], "1–9", "show or hide a tracker", (event) => {
      const one = trackers()[Number(event.key) - 1];
      if (one) legend.toggle(one.name);
    }],
    [["t"], "t", "show or hide the ground truth", () => legend.toggle("")],
    [["i"], "i", "the part begins at this frame", () => player.mark("from")],
    [["o"], "o", "the part ends at this frame", () => player.mark("to")],
    [["x"], "x", "forget the part", () => state.set({ from: null, to: null, zoom: false })],
    [["z"], "z", "show the part alone over time, or all", () => player.zoom()],
    [["/"], "/", "search a sequence by name", () => { byId("shelf").open = true; byId("text").focus(); }],
    [["c"], "c", "copy a link to this view", copy],
    [["e"], "e", "a strip or clip for a slide", slide],
    [["?"], "?", "these keys", () => byId("keys").showModal()],
  ];
}

/** Listen to the keyboard, and fill the help. */
export function listen(bound) {
  byId("keys").querySelector("dl").replaceChildren(...bound.map(([, shown, text]) =>
    html("div", {}, html("dt", {}, html("kbd", {}, shown)), html("dd", {}, text))));
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const { target } = event;
    if (target.matches("select, input:not([type=range]), textarea")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (event.key === " " && target.matches("button, summary")) return; // which it presses
    const found = bound.find(([keys]) => keys.includes(event.key));
    if (!found) return;
    event.preventDefault();
    found[3](event);
  });
}
