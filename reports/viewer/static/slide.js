// What leaves for a slide or a note: a strip or clip, drawn by the server, and a link.

import { download } from "./api.js";
import { byId, html } from "./dom.js";

export class Slide {
  constructor(state, about) {
    this.state = state;
    this.about = about; // returns the overview, the sequence and the marked part
    for (const button of byId("slide").querySelectorAll("[data-kind]")) {
      button.addEventListener("click", () => this.make(button.dataset.kind));
    }
  }

  open() {
    const { sequence, part } = this.about();
    if (!sequence) return;
    const { from, to } = this.state.values;
    const marked = from != null || to != null;
    byId("slide-what").textContent = `${sequence.name}, ${marked ? `frames ${part[0] + 1} to ${part[1] + 1}` : "all frames (i and o mark a part)"}, with the trackers that are shown. A strip of all frames takes the moments that matter.`;
    byId("slide-said").textContent = "";
    byId("slide").showModal();
  }

  async make(kind) {
    const { overview, sequence, part } = this.about();
    const { run, hide, from, to } = this.state.values;
    const tracker = overview.trackers.map((one) => one.name).filter((name) => !hide.includes(name));
    const values = { run, sequence: sequence.name, attempt: sequence.attempt, tracker };
    const said = byId("slide-said");
    const buttons = byId("slide").querySelectorAll("[data-kind]");
    for (const button of buttons) button.disabled = true;
    said.textContent = "Drawing …";
    try {
      const ends = { from: part[0], to: part[1] };
      const file = kind === "strip"
        ? await download("strip", from != null || to != null ? { ...values, ...ends } : values)
        : await download("clip", { ...values, ...ends, kind, width: byId("slide-width").value });
      save(file, `${sequence.name}.${file.type.split("/")[1]}`);
      said.textContent = "Saved where the browser keeps downloads.";
    } catch (error) {
      said.textContent = error.message;
    }
    for (const button of buttons) button.disabled = false;
  }
}

function save(file, name) {
  const link = html("a", { href: URL.createObjectURL(file), download: name.replace(/[^\w.+-]/g, "_") });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Put a link to what is looked at on the clipboard; where that is not allowed, into the address bar alone. */
export async function copyLink(state) {
  state.write();
  try {
    await navigator.clipboard.writeText(location.href);
    return "Link copied. It works while this viewer runs; later: run_bench view --at LINK.";
  } catch {
    return "The address bar has the link: the browser keeps the clipboard shut.";
  }
}
