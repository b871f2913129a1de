// Sends what was written here: at once when nothing is under way, else what has gathered. Until the server
// has acknowledged it, it stays in sessionStorage and is sent again.

import { mergeUpdates } from "yjs";

import { toBytes, toText } from "./bytes.js";

const SHORTEST_MS = 120; // between two requests
const LONGEST_MS = 2000; // the same on a slow link, or with a server that has much to do
const SLOW_MS = 5000; // no answer yet: it is said, and the answer still waited for
const TIMEOUT_MS = 15_000;
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];
const KEEP_MS = 500; // between two writes into sessionStorage: an outage makes them long
const KEEPALIVE_BYTES = 60_000; // browsers refuse more in a request that outlives its page

/**
 * `batches`: [{client, seat, updates: [Uint8Array]}], those of earlier loads of the page first. `seat` says for
 * which group they were written: their student may have been moved since.
 */
export class Sender {
  /**
   * `whole(vector)`: the difference to a server that has so much. `tell(state)`; `acknowledged(number)`;
   * `hopeless()`: the server will never take what this page has.
   * @param {{token: string, seat: string, client: number, kept: KeptStore, whole: (vector: Uint8Array) => Uint8Array, tell: (state: string) => void, acknowledged: (number: number) => void, hopeless: () => void}} options
   */
  constructor({ token, seat, client, kept, whole, tell, acknowledged, hopeless }) {
    this.token = token;
    this.seat = seat;
    this.client = client;
    this.kept = kept;
    this.whole = whole;
    this.tell = tell;
    this.acknowledged = acknowledged;
    this.hopeless = hopeless;
    this.text = ""; // the one that is being written in
    /** @type {Batch[]} */
    this.batches = [];
    /** @type {Batch | null} */
    this.sending = null;
    /** @type {Promise<void> | null} */
    this.under = null;
    this.failures = 0;
    this.retryAt = 0;
    this.sentAt = -LONGEST_MS;
    this.gap = SHORTEST_MS;
    /** @type {number | null} */
    this.timer = null;
    /** @type {number | null} */
    this.keeping = null;
    this.stopped = false;
  }

  get unsent() {
    return this.batches.length > 0;
  }

  /**
   * What an earlier load of this page could not send; returns the updates, for the document.
   * @param {KeptEdits["batches"]} batches
   */
  recover(batches) {
    this.batches = (batches || []).map(({ client, seat, data }) => ({ client, seat, updates: [toBytes(data)] }));
    if (this.unsent) this.plan();
    return this.batches.filter(({ seat }) => seat === this.seat).flatMap(({ updates }) => updates);
  }

  /** @param {Uint8Array} update */
  add(update) {
    const last = this.batches[this.batches.length - 1];
    if (last && last.client === this.client && last.seat === this.seat && last !== this.sending) last.updates.push(update);
    else this.batches.push({ client: this.client, seat: this.seat, updates: [update] });
    this.keeping ??= setTimeout(() => this.keep(), this.failures ? KEEP_MS : 0);
    if (!this.failures) this.tell("sending");
    this.plan();
  }

  keep() {
    clearTimeout(this.keeping);
    this.keeping = null;
    if (this.stopped) return;
    for (const batch of this.batches) batch.updates = [mergeUpdates(batch.updates)];
    const batches = this.batches.map(({ client, seat, updates: [data] }) => ({ client, seat, data: toText(data) }));
    this.kept.keep(batches.length ? { batches } : null);
  }

  /** The page is about to be loaded anew: nothing more is sent from here, nor kept over what it leaves. */
  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.keeping);
  }

  plan() {
    if (this.sending || this.stopped) return; // its end plans again
    const now = performance.now();
    const at = this.failures ? this.retryAt : this.sentAt + this.gap;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sendOnce(), Math.max(0, at - now));
  }

  /** Sends until nothing is left or a request fails; resolves to true when the server holds everything. */
  async flush() {
    do await this.sendOnce();
    while (this.unsent && !this.failures && !this.stopped);
    return !this.unsent;
  }

  sendOnce() {
    this.under ??= this.send().finally(() => {
      this.under = this.sending = null;
      if (this.unsent) this.plan();
    });
    return this.under;
  }

  /**
   * @param {Batch} batch
   * @param {Uint8Array} body
   * @param {RequestInit} more
   */
  post({ client, seat }, body, more) {
    const asked = new URLSearchParams({ client: /** @type {any} */ (client), bloc: this.text, groupe: seat });
    const where = `/live/${this.token}/affiche?${asked}`;
    const headers = { "Content-Type": "application/octet-stream" };
    return fetch(where, { method: "POST", headers, body: /** @type {BodyInit} */ (body), ...more });
  }

  async send() {
    clearTimeout(this.timer);
    const batch = this.batches[0];
    if (!batch || this.stopped) return;
    this.sending = batch;
    this.sentAt = performance.now();
    const giveUp = new AbortController();
    const timers = [setTimeout(() => this.tell("offline"), SLOW_MS), setTimeout(() => giveUp.abort(), TIMEOUT_MS)];
    try {
      const response = await this.post(batch, mergeUpdates(batch.updates), { signal: giveUp.signal });
      await this.learn(batch, response.status, await response.json());
    } catch {
      this.failed("offline"); // no answer, half an answer, or a proxy's page instead of ours
    } finally {
      timers.forEach(clearTimeout);
    }
  }

  /**
   * @param {Batch} batch
   * @param {number} status
   * @param {{reason?: string, vector: string, number?: number, again?: boolean}} answer
   */
  async learn(batch, status, answer) {
    if (status === 200) return this.done(batch, answer);
    const { reason } = answer;
    if (reason === "closed" || reason === "left") return this.done(batch, answer, "closed"); // it is kept apart
    if (reason === "behind" && !batch.whole) {
      batch.whole = true;
      batch.client = this.client;
      batch.updates = [this.whole(toBytes(answer.vector))];
      return this.keep();
    }
    if (status === 409 || status === 422) return this.hopeless();
    this.failed(reason === "pages" ? "pages" : status === 404 ? "gone" : status === 413 ? "long" : "offline");
  }

  /**
   * @param {Batch} batch
   * @param {{number?: number, again?: boolean}} answer
   * @param {string} [state]
   */
  done(batch, answer, state = "saved") {
    const { number, again } = answer;
    this.gap = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, 1.5 * (performance.now() - this.sentAt)));
    this.failures = 0;
    this.batches = this.batches.filter((other) => other !== batch);
    this.keep();
    if (number && !again) this.acknowledged(number);
    this.tell(this.unsent ? "sending" : state);
  }

  /** @param {string} state */
  failed(state) {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.retryAt = performance.now() + wait * (0.8 + Math.random() * 0.4); // a class does not come back in step
    this.tell(state);
  }

  /** The page goes: one last request for each load of it that outlives it. */
  leave() {
    if (this.keeping) this.keep();
    for (const batch of this.batches) {
      const body = mergeUpdates(batch.updates);
      this.post(batch, body, { keepalive: body.length < KEEPALIVE_BYTES }).catch(() => {});
    }
  }
}
