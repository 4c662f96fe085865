// What is looked at. It stands in the address behind "#", so that a link leads back to it.

const TEXTS = ["run", "sequence", "attempt", "text", "attribute", "cause", "kind", "whom", "a", "b", "least", "sort"];
const FRAMES = ["frame", "from", "to"]; // counted from 1 in the address, from 0 here
const PLACES = new Set(["run", "sequence"]); // "back" of the browser leads to these
const LATER = 200; // ms: a browser refuses an address that changes with every frame

export class State {
  constructor() {
    this.values = empty();
    this.listeners = [];
    this.timer = 0;
    addEventListener("hashchange", () => this.load());
    addEventListener("popstate", () => this.load());
    this.read();
  }

  get(name) { return this.values[name]; }

  /** Take new values, tell whoever listens which of them differ, and write the address. */
  set(changes) {
    const changed = Object.keys(changes).filter((name) => !same(this.values[name], changes[name]));
    if (!changed.length) return;
    const place = changed.some((name) => PLACES.has(name) && this.values[name] !== "");
    if (place) this.write(); // what is left has its own frame
    Object.assign(this.values, changes);
    clearTimeout(this.timer);
    if (place) this.write(true);
    else this.timer = setTimeout(() => this.write(), LATER);
    this.tell(new Set(changed));
  }

  on(listener) { this.listeners.push(listener); }
  tell(changed) { for (const listener of this.listeners) listener(changed); }

  /** Take what the address says, and tell of it. */
  load() {
    const before = this.values;
    this.read();
    const changed = Object.keys(this.values).filter((name) => !same(before[name], this.values[name]));
    if (changed.length) this.tell(new Set(changed));
  }

  read() {
    clearTimeout(this.timer);
    const given = new URLSearchParams(location.hash.slice(1));
    const values = empty();
    for (const name of TEXTS) values[name] = given.get(name) ?? values[name];
    for (const name of FRAMES) {
      const number = Number.parseInt(given.get(name), 10);
      if (number >= 1) values[name] = number - 1;
    }
    values.hide = given.getAll("hide");
    values.zoom = given.has("zoom");
    this.values = values;
  }

  write(push = false) {
    const link = this.link();
    if (link === location.hash) return;
    history[push ? "pushState" : "replaceState"](null, "", link || location.pathname);
  }

  /** Return the address's part that says what is looked at. */
  link() {
    const given = new URLSearchParams();
    const plain = empty();
    for (const name of TEXTS) if (this.values[name] !== plain[name]) given.set(name, this.values[name]);
    for (const name of FRAMES) if (this.values[name] != null) given.set(name, this.values[name] + 1);
    for (const name of this.values.hide) given.append("hide", name);
    if (this.values.zoom) given.set("zoom", "1");
    return `#${given}`;
  }
}

function empty() {
  const values = Object.fromEntries(TEXTS.map((name) => [name, ""]));
  return { ...values, sort: "hard", frame: null, from: null, to: null, hide: [], zoom: false };
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
