// Sends what changed, all fields in one request: after a pause of about a second while typing, five
// seconds at most, and once more when the page goes. Until the server has acknowledged a text it stays
// on the page and in sessionStorage, and is sent again.

import { Drafts } from "./drafts.js";

const PAUSE_MS = 1000;
const LONGEST_MS = 4000;
const SLOW_MS = 5000; // no answer yet: it is said, and the answer still waited for
const TIMEOUT_MS = 15_000;
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];
const KEEPALIVE_BYTES = 60_000; // browsers refuse more in a request that outlives its page

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} url
 * @param {object} body
 * @param {RequestInit} [more]
 */
function post(url, body, more) {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...more,
  });
}

/**
 * A field: `area` has the text (a Hand's `value`); `safe` is the last one that the server is known to hold, saved or apart.
 * @param {SavedField["area"]} area
 * @param {number} base
 * @param {string | null} safe
 * @returns {SavedField}
 */
export function newField(area, base, safe) {
  return { area, base, safe, settles: false, versions: [] };
}

export class Autosave {
  /**
   * `url` takes the saves of `place`, one student's. `fields`: Map of name to newField(). `show(name, state, detail)` tells what became of a field;
   * `link(reason)` whether saving works: "" or "network", "server", "gone".
   * @param {{url: string, place: string | undefined, part: number, fields: Map<string, SavedField>, show: ShowField, link: (reason: string) => void}} options
   */
  constructor({ url, place, part, fields, show, link }) {
    this.url = url;
    this.part = part;
    this.fields = fields;
    this.show = show;
    this.link = link;
    this.writer = randomId(); // in memory: a duplicated tab must have its own
    this.seq = 0;
    this.drafts = new Drafts(place, part);
    this.failures = 0;
    this.retryAt = 0;
    /** @type {number | null} */
    this.changedAt = null;
    /** @type {Promise<void> | null} */
    this.sending = null;
    /** @type {number | null} */
    this.timer = null;
  }

  /** @param {SavedField} field */
  unsafe(field) {
    return field.settles || field.area.value !== field.safe;
  }

  get unsent() {
    return [...this.fields.values()].some((field) => this.unsafe(field));
  }

  /** @param {string} name */
  changed(name) {
    this.keepDrafts();
    this.show(name, "saving");
    this.plan();
  }

  /**
   * The student has seen the versions of `revision`, those kept apart too, and chosen what stands in the area.
   * @param {string} name
   * @param {Settled} settled
   */
  settle(name, { revision, versions }) {
    const field = /** @type {SavedField} */ (this.fields.get(name));
    if (revision !== undefined) field.base = revision;
    Object.assign(field, { settles: true, versions });
    this.changed(name);
    return this.flush();
  }

  plan() {
    const now = performance.now();
    this.changedAt ??= now;
    if (this.sending) return; // its end plans again
    const calm = Math.min(now + PAUSE_MS, this.changedAt + LONGEST_MS);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sendOnce(), Math.max(0, (this.failures ? this.retryAt : calm) - now));
  }

  /** Sends until nothing is left or a request fails; resolves to true when the server holds everything. */
  async flush() {
    do await this.sendOnce();
    while (this.unsent && !this.failures);
    return !this.unsent;
  }

  sendOnce() {
    this.sending ??= this.send().finally(() => {
      this.sending = null;
      if (this.unsent) this.plan();
    });
    return this.sending;
  }

  body() {
    const fields = [];
    for (const [name, field] of this.fields) {
      if (!this.unsafe(field)) continue;
      this.seq += 1;
      const { base, settles, versions } = field;
      fields.push({ name, text: field.area.value, base, seq: this.seq, settles, versions });
      Object.assign(field, { safe: null, seq: this.seq }); // in doubt until its own answer: it may arrive although none does
    }
    return { part: this.part, writer: this.writer, fields };
  }

  async send() {
    clearTimeout(this.timer);
    const body = this.body();
    this.changedAt = null;
    if (!body.fields.length) return;
    const giveUp = new AbortController();
    const timers = [setTimeout(() => this.cut("network"), SLOW_MS), setTimeout(() => giveUp.abort(), TIMEOUT_MS)];
    try {
      const response = await post(this.url, body, { signal: giveUp.signal });
      if (!response.ok) return this.failed(response.status === 404 ? "gone" : "server");
      this.acknowledge(body, await response.json());
    } catch {
      this.failed("network"); // no answer, half an answer, or a proxy's page instead of ours
    } finally {
      timers.forEach(clearTimeout);
    }
  }

  /** @param {string} reason */
  failed(reason) {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.retryAt = performance.now() + wait * (0.8 + Math.random() * 0.4); // a class does not come back in step
    this.cut(reason);
  }

  /** @param {string} reason */
  cut(reason) {
    this.link(reason);
    for (const [name, field] of this.fields) {
      if (this.unsafe(field)) this.show(name, reason === "network" ? "offline" : reason);
    }
  }

  /**
   * @param {ReturnType<Autosave["body"]>} body
   * @param {{at: string, fields: SaveResult[]}} answer
   */
  acknowledge(body, answer) {
    const results = new Map(answer.fields.map((result) => [result.name, result]));
    if (body.fields.some(({ name }) => !results.has(name))) throw new TypeError("not our server's answer");
    this.failures = 0;
    this.link("");
    for (const sent of body.fields) this.learn(sent, /** @type {SaveResult} */ (results.get(sent.name)), answer.at);
    this.keepDrafts();
  }

  /**
   * @param {{name: string, text: string, seq: number, settles: boolean}} sent
   * @param {SaveResult} result
   * @param {string} at
   */
  learn(sent, result, at) {
    const field = /** @type {SavedField} */ (this.fields.get(sent.name));
    if (result.outcome === "gone") return this.failed("gone"); // nothing is kept there: the page still must
    if (field.seq === sent.seq) field.safe = sent.text; // else a later one went beside it as the page left
    if (sent.settles) field.settles = false;
    if (result.outcome === "saved") {
      field.base = result.revision;
      if (this.unsafe(field)) return this.show(sent.name, "saving", { settled: sent.settles, longer: result.longer });
    }
    const { outcome, stored: other, revision, longer } = result;
    this.show(sent.name, outcome, { at, other, revision, longer, settled: sent.settles });
  }

  keepDrafts() {
    /** @type {Record<string, Draft>} */
    const drafts = {};
    for (const [name, field] of this.fields) {
      const { base, settles, versions } = field;
      if (this.unsafe(field)) drafts[name] = { text: field.area.value, base, settles, versions };
    }
    this.drafts.keep(drafts);
  }

  /** After a reload: what had not been acknowledged comes back and is sent with the base it was written on. */
  recover() {
    for (const [name, draft] of Object.entries(this.drafts.read())) {
      const field = this.fields.get(name);
      if (!field) continue;
      const typed = field.area.value; // a slow script may find the student already writing
      const both = typed === field.safe || typed === draft.text ? draft.text : `${draft.text}\n\n${typed}`;
      field.area.value = both;
      if (this.unsafe(field)) Object.assign(field, draft);
    }
    for (const [name, field] of this.fields) if (this.unsafe(field)) this.show(name, "saving");
    this.keepDrafts();
    if (this.unsent) this.sendOnce();
  }

  /** The page goes: one last request that outlives it. */
  leave() {
    if (!this.unsent) return;
    const body = this.body();
    const keepalive = new Blob([JSON.stringify(body)]).size < KEEPALIVE_BYTES;
    post(this.url, body, { keepalive }).catch(() => {});
  }

  forget() {
    this.drafts.keep({});
  }
}
