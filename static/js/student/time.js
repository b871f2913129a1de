// The time of a student's desk: their own deadline, drawn each second; the last of them is the bell.

import { number, timeMoved } from "../lib/clock.js";
import { announceTime, drawTide } from "../lib/tide.js";

export class DeskTime {
  /**
   * `direct`: what the page knows (its data attributes). `opened(open, paused)` at each second, `rang()` at
   * the bell, `slept()` where the device may have lost the time.
   * @param {DOMStringMap} direct
   * @param {HTMLElement} announce
   * @param {{opened: (open: boolean, paused: boolean) => void, rang: () => unknown, slept: () => unknown}} told
   */
  constructor(direct, announce, { opened, rang, slept }) {
    this.direct = direct;
    this.announce = announce;
    this.opened = opened;
    this.rang = rang;
    this.slept = slept;
    /** @type {number | null} */
    this.before = null;
    /** @type {number | null} */
    this.timer = null;
    /** @type {number | null} */
    this.deadline = null;
    /** @type {number | null} */
    this.remaining = null;
    this.total = 0;
    this.read();
  }

  /** From the page. */
  read() {
    this.status = this.direct.status;
    this.deadline = number(this.direct.deadline);
    this.remaining = number(this.direct.remaining);
    this.total = number(this.direct.total) ?? 0;
  }

  /**
   * From the server's state, with this student's `extra` milliseconds.
   * @param {State} state
   * @param {number} extra
   */
  follow(state, extra) {
    this.status = state.status;
    this.deadline = state.ends_at === null ? null : state.ends_at + extra;
    this.remaining = state.remaining === null ? null : state.remaining + extra;
    this.tick();
  }

  get over() {
    return this.before === 0 && this.status !== "paused";
  }

  /** Draws the time, now and at the next second. */
  tick() {
    clearTimeout(this.timer);
    if (timeMoved()) this.slept();
    const milliseconds = drawTide(document, this);
    announceTime(this.announce, this.before, milliseconds);
    const rings = /** @type {number} */ (this.before) > 0 && milliseconds === 0;
    this.before = milliseconds;
    this.opened(milliseconds !== null && milliseconds > 0, this.status === "paused");
    if (rings) this.rang();
    this.timer = setTimeout(() => this.tick(), /** @type {number} */ (milliseconds) % 1000 || 1000);
  }
}
