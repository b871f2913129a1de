// The next copies are fetched before they are wanted, so that « Suivant » shows one at once.

const AHEAD = 6; // who grades by keys goes on faster than a busy server answers: these are the reserve
const MOST = 12;
const FRESH_MS = 120_000; // an older one would show what others have changed since
const NEXT = 2; // so many are kept fresh while a copy is read for long

/**
 * What goes into <main>, with the instant at which it was asked for.
 * @param {string} address
 * @returns {Promise<FetchedCopy>}
 */
async function fetchCopy(address) {
  const at = performance.now();
  const response = await fetch(address, { headers: { "X-Fragment": "1" }, cache: "no-store", redirect: "manual" });
  if (!response.ok) throw new Error(String(response.status));
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  if (!template.content.querySelector("[data-copy]")) throw new Error("another page");
  return { at, content: template.content };
}

/**
 * @param {ParentNode} root
 * @param {string} name
 */
const step = (root, name) => root.querySelector(`[data-step="${name}"]`)?.getAttribute("href");
/**
 * @template {{at: number}} Kept
 * @param {Kept | undefined} kept
 * @returns {kept is Kept}
 */
const isFresh = (kept) => /** @type {boolean} */ (kept && performance.now() - kept.at < FRESH_MS);

export class Copies {
  constructor() {
    /** @type {Map<string, {at: number, copy: Promise<FetchedCopy | null>}>} */
    this.kept = new Map(); // address → {at, copy: a promise of it}
    this.busy = false;
  }

  /**
   * The copy at this address: from memory once, so that it is fresh when it comes again.
   * @param {string} address
   */
  async take(address) {
    const kept = this.kept.get(address);
    this.kept.delete(address);
    return (isFresh(kept) && (await kept.copy)) || fetchCopy(address);
  }

  /**
   * Fetches the copies after what `root` shows, then the one before it: one at a time, marks come first.
   * @param {ParentNode} root
   */
  async prepare(root) {
    if (this.busy) return; // it goes on from what is shown then
    this.busy = true;
    for (let address; (address = await this.wanted(root)); ) await this.fetch(address);
    this.busy = false;
  }

  /**
   * The address of the nearest copy that is not there yet, or too old.
   * @param {ParentNode} root
   * @returns {Promise<string | null | undefined>}
   */
  async wanted(root) {
    /** @type {ParentNode | undefined} */
    let copy = root;
    for (let ahead = 0; copy && ahead < AHEAD; ahead += 1) {
      const address = step(copy, "next");
      if (!address) break;
      const kept = this.kept.get(address);
      if (!kept || (ahead < NEXT && !isFresh(kept))) return address;
      copy = (await kept.copy)?.content;
    }
    const before = step(root, "previous");
    return this.kept.has(/** @type {string} */ (before)) ? null : before;
  }

  /** @param {string} address */
  fetch(address) {
    const copy = fetchCopy(address).catch(() => null);
    this.kept.delete(address); // the newest stands last
    this.kept.set(address, { at: performance.now(), copy });
    for (const old of this.kept.keys()) {
      if (this.kept.size <= MOST) break;
      this.kept.delete(old);
    }
    return copy;
  }
}
