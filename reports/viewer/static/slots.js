// What a memory held at the frame that is shown: asked for when the frame stays for a moment.

import { ask } from "./api.js";
import { byId, html, swatch } from "./dom.js";

const STILL = 150; // ms

export class Slots {
  constructor() {
    this.timer = 0;
    this.asked = null;
  }

  clear() {
    clearTimeout(this.timer);
    this.asked?.abort();
    byId("slots").replaceChildren();
  }

  /** Show the slots of every tracker that reports some. */
  show(run, overview, sequence, hidden, frame) {
    clearTimeout(this.timer);
    this.asked?.abort();
    const tracks = sequence.tracks.filter((one) => one.panels.length && !hidden.includes(overview.trackers[one.tracker].name));
    if (!tracks.length) {
      byId("slots").replaceChildren();
      return;
    }
    this.timer = setTimeout(async () => {
      this.asked = new AbortController();
      try {
        const found = await Promise.all(tracks.map((one) => ask("slots", {
          run, sequence: sequence.name, attempt: sequence.attempt, tracker: overview.trackers[one.tracker].name, frame,
        }, this.asked.signal)));
        byId("slots").replaceChildren(...tracks.flatMap((one, place) => (found[place].length ? [row(overview.trackers[one.tracker], found[place])] : [])));
      } catch (error) {
        if (error.name !== "AbortError") byId("slots").replaceChildren(html("p", { class: "soft" }, error.message));
      }
    }, STILL);
  }
}

function row(tracker, slots) {
  const pictures = slots.map((one) => html("figure", {},
    one.picture ? html("img", { src: `data:image/jpeg;base64,${one.picture}`, alt: "", width: 44, height: 44 }) : html("span", { class: "blank" }),
    html("figcaption", {}, `frame ${one.frame + 1}`, html("br"), one.weight == null ? "" : `${Math.round(100 * one.weight)} %`)));
  return html("section", {}, html("h3", {}, swatch(tracker.colour), ` What ${tracker.name} reads from`), html("div", { class: "row" }, ...pictures));
}
