// Sends what changed, all fields in one request: after a pause of about a second while typing, five
// seconds at most, and once more when the page goes. Until the server has acknowledged a text it stays
// on the page and in sessionStorage (this tab alone), and is sent again.

const PAUSE_MS = 1000;
const LONGEST_MS = 4500;
const TIMEOUT_MS = 8000;
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];
const KEEPALIVE_BYTES = 60_000; // browsers refuse more in a request that outlives its page

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Autosave {
  /** `form`: the desk. `show(field, state, detail)` tells what became of a field; `offline(reason)`. */
  constructor(form, { show, offline }) {
    this.url = form.action;
    this.part = Number(form.elements.part.value);
    this.writer = randomId(); // in memory: a duplicated tab must have its own
    this.seq = 0;
    this.show = show;
    this.offline = offline;
    this.fields = new Map();
    this.failures = 0;
    this.sending = null;
    this.timer = null;
    this.changedSince = null;
    this.storageKey = `brouillon:${form.action}:${this.part}`;
    for (const area of form.querySelectorAll("textarea.answer")) this.adopt(form, area);
    this.recover();
  }

  adopt(form, area) {
    const base = Number(form.elements[`base-${area.name}`].value);
    this.fields.set(area.name, {
      area,
      base,
      saved: area.value,
      dirty: false,
      settles: false,
      blocked: false,
    });
    area.addEventListener("input", () => this.changed(area.name));
  }

  get unsent() {
    return [...this.fields.values()].some((field) => field.dirty);
  }

  changed(name) {
    const field = this.fields.get(name);
    field.dirty = true;
    this.keepDraft();
    this.show(name, "saving");
    this.plan();
  }

  /** The student has seen both texts and chosen what stands in the area. */
  settle(name, revision) {
    const field = this.fields.get(name);
    if (revision !== undefined) field.base = revision;
    Object.assign(field, { settles: true, blocked: false, dirty: true });
    this.changed(name);
  }

  plan() {
    const now = performance.now();
    this.changedSince ??= now;
    const wait = Math.min(PAUSE_MS, Math.max(0, LONGEST_MS - (now - this.changedSince)));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.failures ? RETRY_MS[Math.min(this.failures, 5) - 1] : wait);
  }

  body() {
    const fields = [];
    for (const [name, field] of this.fields) {
      if (!field.dirty) continue;
      this.seq += 1;
      fields.push({ name, text: field.area.value, base: field.base, seq: this.seq, settles: field.settles });
    }
    return { part: this.part, writer: this.writer, fields };
  }

  /** Sends now; resolves to true when everything is acknowledged. */
  async flush() {
    if (this.sending) {
      await this.sending;
      if (!this.unsent) return true;
    }
    clearTimeout(this.timer);
    const body = this.body();
    if (!body.fields.length) return true;
    this.changedSince = null;
    this.sending = this.send(body);
    const sent = await this.sending;
    this.sending = null;
    if (sent && this.unsent) this.plan();
    return sent && !this.unsent;
  }

  async send(body) {
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout ? AbortSignal.timeout(TIMEOUT_MS) : undefined,
      });
      if (response.status === 404) return this.lostPlace();
      if (!response.ok) throw new Error(String(response.status));
      this.acknowledge(body, await response.json());
      this.failures = 0;
      this.offline("");
      return true;
    } catch {
      this.failures += 1;
      this.offline("network");
      this.plan();
      return false;
    }
  }

  /** The place is no longer this device's (new personal code, removed): sending again cannot help. */
  lostPlace() {
    this.offline("gone");
    return false;
  }

  acknowledge(body, answer) {
    const sent = new Map(body.fields.map((field) => [field.name, field]));
    for (const result of answer.fields) {
      const field = this.fields.get(result.name);
      const text = sent.get(result.name).text;
      if (result.outcome === "saved") {
        Object.assign(field, { base: result.revision, saved: text, settles: false, blocked: false });
        field.dirty = field.area.value !== text;
        this.show(result.name, field.dirty ? "saving" : "saved", { at: answer.at, words: result.words });
      } else {
        // The server keeps the text apart, so it is safe; it is sent again only once it changes.
        field.dirty = field.area.value !== text;
        field.blocked = true;
        this.show(result.name, result.outcome, { at: answer.at, other: result.stored, revision: result.revision });
      }
    }
    this.keepDraft();
  }

  /** Kept for this tab alone, deleted on acknowledgement: the next student finds nothing. */
  keepDraft() {
    try {
      const drafts = {};
      for (const [name, field] of this.fields) {
        if (field.dirty) drafts[name] = { text: field.area.value, base: field.base };
      }
      if (Object.keys(drafts).length) sessionStorage.setItem(this.storageKey, JSON.stringify(drafts));
      else sessionStorage.removeItem(this.storageKey);
    } catch {
      // No storage on this device: the text is still on the page.
    }
  }

  /** After a reload: what had not been acknowledged comes back and is sent with the base it was written on. */
  recover() {
    let drafts = {};
    try {
      drafts = JSON.parse(sessionStorage.getItem(this.storageKey) || "{}");
    } catch {
      return;
    }
    for (const [name, draft] of Object.entries(drafts)) {
      const field = this.fields.get(name);
      if (!field || draft.text === field.area.value) continue;
      field.area.value = draft.text;
      field.base = draft.base;
      this.changed(name);
    }
    this.keepDraft();
  }

  /** The page goes: one last request that outlives it. */
  leave() {
    if (!this.unsent) return;
    const text = JSON.stringify(this.body());
    const keepalive = new Blob([text]).size < KEEPALIVE_BYTES;
    fetch(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: text,
      keepalive,
    }).catch(() => {});
  }

  forget() {
    try {
      sessionStorage.removeItem(this.storageKey);
    } catch {
      // nothing was kept
    }
  }
}
