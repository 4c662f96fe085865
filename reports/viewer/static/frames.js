// Frames as they are needed: the one that is wanted first, then those that come next.

import { address, ask, ServerError } from "./api.js";

const KEPT = 90;
const AHEAD = 12;

export class Frames {
  constructor(run, sequence, count) {
    this.about = { run, sequence };
    this.count = count;
    this.kept = new Map(); // by index, the least lately used first
  }

  /** Return a promise of a frame's picture; it fails with what the server says of it. */
  get(index) {
    const own = this.kept.get(index) ?? this.load(index);
    this.kept.delete(index);
    this.kept.set(index, own);
    while (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return own;
  }

  async load(index) {
    const picture = new Image();
    picture.src = address("frame", { ...this.about, frame: index });
    try {
      await picture.decode();
    } catch {
      await ask("frame", { ...this.about, frame: index }).catch((error) => { // which says why, where it knows
        if (error instanceof ServerError) throw error;
      });
      throw new Error(`frame ${index + 1} cannot be shown by this browser`);
    }
    return picture;
  }

  /** Begin to load what comes after a frame, in the direction of travel. */
  prepare(index, direction) {
    for (let step = 1; step <= AHEAD; step += 1) {
      const next = index + step * direction;
      if (next >= 0 && next < this.count && !this.kept.has(next)) this.get(next).catch(() => {});
    }
  }
}
