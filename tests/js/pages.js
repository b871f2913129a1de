// Pages without a browser, for the tests of what a hand has written: fields that are typed in and reset, a server that
// answers or does not, timers that run when the test says so.

/** A field: what `static/js/lib/hand.js`, the drafts and the poster's binding ask of a <textarea>. */
export class Area extends EventTarget {
  constructor(loaded, name = "q1") {
    super();
    Object.assign(this, { name, loaded, defaultValue: loaded, value: loaded, readOnly: false, scrollTop: 0 });
  }

  get selectionEnd() {
    return this.value.length;
  }

  setSelectionRange() {}

  setRangeText(text, start, end) {
    if (start > this.value.length || start > end) throw new RangeError("IndexSizeError");
    this.value = this.value.slice(0, start) + text + this.value.slice(end);
  }

  /** A hand writes this; `told`: the events that this browser and this keyboard give. */
  write(text, told = ["beforeinput", "input"]) {
    for (const name of told.filter((one) => BEFORE.includes(one))) this.dispatchEvent(new Event(name));
    this.value = text;
    for (const name of told.filter((one) => !BEFORE.includes(one))) this.dispatchEvent(new Event(name));
  }

  /** WebKit's reset: without a word. */
  reset() {
    this.value = this.loaded;
  }
}

const BEFORE = ["beforeinput", "paste", "cut", "drop", "compositionstart"];

/** Timers that wait for tick(). */
export class Timers {
  constructor() {
    this.due = new Map();
    this.last = 0;
    globalThis.setTimeout = (act, _, ...given) => (this.due.set((this.last += 1), () => act(...given)), this.last);
    globalThis.clearTimeout = (id) => this.due.delete(id);
  }

  run() {
    const now = [...this.due.values()];
    this.due.clear();
    for (const act of now) act();
  }

  /** Lets everything happen that waits by now. */
  async tick() {
    this.run();
    await new Promise(setImmediate);
  }

  /** Another page: nothing of the one before runs any more. */
  forget() {
    this.due.clear();
  }
}

/** sessionStorage, with nothing in it. */
export function freshStorage() {
  const kept = new Map();
  globalThis.sessionStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

/** The same figures for the same seed (mulberry32). */
export function chance(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count) => Math.floor(next() * count);
  return { below, pick: (list) => list[below(list.length)] };
}
