// What memories held at the frame that is shown: asked for when the frame stays for a moment, of those that are open.

import { ask } from "./api.js";
import { byId, html } from "./dom.js";

const STILL = 150; // ms

export class Slots {
  constructor() {
    this.timer = 0;
    this.asked = null;
  }

  /** Show the slots of every tracker whose panels are open and that reports some. */
  show(run, overview, sequence, frame) {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.timer = setTimeout(async () => {
      this.asked = new AbortController();
      const open = [...byId("panels").querySelectorAll("details[open]")];
      await Promise.all(open.map((one) => fill(one.querySelector(".slots"), {
        run, sequence: sequence.name, attempt: sequence.attempt, tracker: one.dataset.tracker, frame,
      }, this.asked.signal)));
    }, STILL);
  }
}

async function fill(place, about, signal) {
  try {
    const slots = await ask("slots", about, signal);
    place.replaceChildren(...slots.map((one) => html("figure", {},
      one.picture ? html("img", { src: `data:image/webp;base64,${one.picture}`, alt: "", width: 44, height: 44 }) : html("span", { class: "blank" }),
      html("figcaption", {}, `frame ${one.frame + 1}`, html("br"), one.weight == null ? "" : `${Math.round(100 * one.weight)} %`))));
    if (slots.length) place.prepend(html("p", { class: "soft" }, "Read from"));
  } catch (error) {
    if (error.name !== "AbortError") place.replaceChildren(html("p", { class: "soft" }, error.message));
  }
}
