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

/** sessionStorage, with nothing in it: its own names are its keys. */
export function freshStorage() {
  globalThis.sessionStorage = Object.create({
    getItem(key) {
      return this[key] ?? null;
    },
    setItem(key, value) {
      this[key] = value;
    },
    removeItem(key) {
      delete this[key];
    },
  });
}

/** sessionStorage of a device that refuses it. */
export function noStorage() {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  globalThis.sessionStorage = new Proxy({ getItem: refuse, setItem: refuse, removeItem: refuse }, { ownKeys: refuse });
}

/** Time that passes when the test says so, in steps: timers, performance.now(), and what waits for an answer. */
export class Clock {
  constructor(mock) {
    this.mock = mock;
    this.now = 1_000_000;
    mock.timers.enable({ apis: ["setTimeout"] });
    mock.method(performance, "now", () => this.now);
    mock.method(Math, "random", () => 0.5);
  }

  async pass(milliseconds, step = 100) {
    for (let done = 0; done < milliseconds; done += step) {
      this.now += step;
      this.mock.timers.tick(step);
      await settled();
    }
  }
}

/** Whatever can go on without time passing has gone on. */
export const settled = () => new Promise(setImmediate);

/** fetch() that answers when the test says so: `asked` holds {url, options, answer(status, json), fail()}. */
export class Net {
  constructor(mock) {
    this.asked = [];
    mock.method(globalThis, "fetch", (url, options = {}) =>
      new Promise((resolve, reject) => {
        const answer = (status, json, more) => (resolve({ ok: status < 300, status, json: async () => json, ...more }), settled());
        const fail = () => (reject(new TypeError("network")), settled());
        options.signal?.addEventListener("abort", fail);
        this.asked.push({ url, options, answer, fail });
      }),
    );
  }

  get last() {
    return this.asked[this.asked.length - 1];
  }
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
