// What the teacher has marked and the server has not acknowledged yet: kept for this tab (sessionStorage), sent
// at once, one request at a time, and again until it is stored. A value that another page has stored meanwhile
// is never replaced: both are kept until the teacher has chosen.

const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];
const SLOW_MS = 5000; // no answer yet: it is said, and the answer still waited for
const TIMEOUT_MS = 15_000;
const KEEPALIVE_BYTES = 60_000; // browsers refuse more in a request that outlives its page
const SESSION_OVER =
  "Votre session est terminée : reconnectez-vous dans un autre onglet, cette page garde votre saisie.";

class SignedOut extends Error {}

/**
 * @param {string | undefined} copy
 * @param {string} name
 */
export const keyOf = (copy, name) => `${copy} ${name}`;

export class Queue {
  /**
   * `address` takes the marks; `token()` gives the CSRF token, `renew(token)` is told a fresh one.
   * `tell(state, text)` says what is going on; `changed()` is called when clashes or stored values have changed.
   * @param {{address: string, run: string | undefined, token: () => string, renew: (token: string) => void, tell: (state: string, text: string) => void, changed: () => void}} options
   */
  constructor({ address, run, token, renew, tell, changed }) {
    this.address = address;
    this.token = token;
    this.renew = renew;
    this.tell = tell;
    this.changed = changed;
    this.key = `notation ${run}`;
    /** @type {Map<string, {value: string, at: number}>} */
    this.stored = new Map(); // key → {value, at}: what the server is known to hold
    this.waiting = this.read(); // key → {copy, name, value, seen, clash}
    this.failures = 0;
    /** @type {Mark[] | null} */
    this.underWay = null;
    /** @type {number | null} */
    this.timer = null;
  }

  /** One field as the teacher wants it; `shown` is what the page showed as stored when it was touched.
   * `label` and `address` are the copy's, to come back to it.
   * @param {Omit<Mark, "seen"> & {shown: string}} field
   */
  put({ copy, name, value, shown, label, address }) {
    const key = keyOf(copy, name);
    const entry = this.waiting.get(key) || /** @type {Mark} */ ({ copy, name, seen: [this.stored.get(key)?.value ?? shown] });
    this.waiting.set(key, Object.assign(entry, { value, label, address }));
    this.keep();
    if (entry.clash !== undefined) this.changed();
    this.send();
  }

  /**
   * The teacher has seen both values of a clash.
   * @param {string} key
   * @param {string} value
   */
  choose(key, value) {
    const entry = /** @type {Mark} */ (this.waiting.get(key));
    Object.assign(entry, { value, seen: [entry.clash], clash: undefined });
    this.keep();
    this.changed();
    this.send();
  }

  get clashes() {
    return [...this.waiting.values()].filter((entry) => entry.clash !== undefined);
  }

  /** True while something could still be lost with the page. */
  get pending() {
    return this.waiting.size > 0;
  }

  async send() {
    clearTimeout(this.timer);
    const entries = [...this.waiting.values()].filter((entry) => entry.clash === undefined);
    if (this.underWay || entries.length === 0) return;
    this.underWay = entries.map((entry) => ({ ...entry, seen: [...entry.seen] }));
    for (const entry of entries) entry.seen = [...new Set([...entry.seen, entry.value])];
    if (this.failures === 0) this.tell("saving", "Enregistrement…");
    try {
      const answer = await this.post(this.underWay);
      this.failures = 0;
      this.learn(this.underWay, answer);
    } catch (error) {
      this.fail(error);
    } finally {
      this.underWay = null;
    }
    if (this.failures === 0) this.send();
  }

  /**
   * @param {Mark[]} entries
   * @returns {Promise<{results: MarkResult[], saved_at: string}>}
   */
  async post(entries) {
    const changes = JSON.stringify(entries.map(({ copy, name, value, seen }) => ({ copy, name, value, seen })));
    const giveUp = new AbortController();
    const timers = [
      setTimeout(() => this.tell("offline", "Hors ligne, gardé sur cette page"), SLOW_MS),
      setTimeout(() => giveUp.abort(), TIMEOUT_MS),
    ];
    try {
      const response = await fetch(this.address, {
        method: "POST",
        body: new URLSearchParams({ changes }),
        headers: { "X-CSRFToken": this.token() },
        redirect: "manual",
        signal: giveUp.signal,
        keepalive: changes.length * 3 < KEEPALIVE_BYTES, // goes on when the page has already gone
      });
      if (response.type === "opaqueredirect") throw new SignedOut();
      if (response.status === 403) await this.freshToken();
      if (!response.ok) throw new Error(String(response.status));
      return await response.json();
    } finally {
      timers.forEach(clearTimeout);
    }
  }

  /** After signing in again in another tab, the page needs the new session's token. */
  async freshToken() {
    const response = await fetch(location.href, { cache: "no-store", redirect: "manual" });
    if (!response.ok) throw new SignedOut();
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    this.renew(/** @type {HTMLInputElement} */ (page.querySelector("[name=csrfmiddlewaretoken]")).value);
  }

  /**
   * @param {Mark[]} sent
   * @param {{results: MarkResult[], saved_at: string}} answer
   */
  learn(sent, answer) {
    const results = new Map(answer.results.map((result) => [keyOf(result.copy, result.name), result]));
    let refused = "";
    for (const was of sent) {
      const key = keyOf(was.copy, was.name);
      const { outcome, stored, error } = results.get(key) ?? /** @type {MarkResult} */ ({});
      const entry = /** @type {Mark} */ (this.waiting.get(key));
      if (outcome === "saved") {
        this.stored.set(key, { value: stored, at: performance.now() });
        const beside = entry.left !== was.left; // another value went as the page left: which came last is not known
        if (entry.value === was.value && !beside) this.waiting.delete(key);
        else entry.seen = beside ? [...entry.seen, stored] : [stored];
      } else if (outcome === "clash") {
        if (entry.value === stored) this.waiting.delete(key);
        else entry.clash = stored;
      } else {
        refused = error || "Réponse inattendue du serveur.";
        if (entry.value === was.value) this.waiting.delete(key);
      }
    }
    this.keep();
    if (refused) this.tell("error", `Pas enregistré. ${refused}`);
    else if (this.clashes.length) this.tell("conflict", "Deux valeurs : à vous de choisir");
    else this.tell("saved", `Enregistré à ${answer.saved_at}`);
    this.changed();
  }

  /** @param {unknown} error */
  fail(error) {
    const text = error instanceof SignedOut ? SESSION_OVER : "Pas encore enregistré, nouvel essai…";
    this.tell("error", text);
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.timer = setTimeout(() => this.send(), wait * (0.8 + Math.random() * 0.4));
    this.failures += 1;
  }

  /** The page goes: what is not under way is sent beside it, and stays kept until a later page knows. */
  leave() {
    const sending = new Map((this.underWay ?? []).map((entry) => [keyOf(entry.copy, entry.name), entry.value]));
    const rest = [...this.waiting.values()].filter(
      (entry) => entry.clash === undefined && sending.get(keyOf(entry.copy, entry.name)) !== entry.value,
    );
    if (!rest.length) return;
    for (const entry of rest) {
      entry.seen = [...new Set([...entry.seen, entry.value])];
      entry.left = (entry.left || 0) + 1;
    }
    this.keep();
    this.post(rest).catch(() => {});
  }

  /** @returns {Map<string, Mark>} */
  read() {
    try {
      return new Map(JSON.parse(/** @type {string} */ (sessionStorage.getItem(this.key))) || []);
    } catch {
      return new Map();
    }
  }

  keep() {
    try {
      if (this.waiting.size) sessionStorage.setItem(this.key, JSON.stringify([...this.waiting]));
      else sessionStorage.removeItem(this.key);
    } catch {
      // no storage: it is still on the page
    }
  }
}
