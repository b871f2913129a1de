// The next copies are fetched before they are wanted, so that « Suivant » shows one at once.

const MOST = 6;

/** What goes into <main>, with the instant at which it was asked for. */
async function fetchCopy(address) {
  const at = performance.now();
  const response = await fetch(address, { headers: { "X-Fragment": "1" }, cache: "no-store", redirect: "manual" });
  if (!response.ok) throw new Error(String(response.status));
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  if (!template.content.querySelector("[data-copy]")) throw new Error("another page");
  return { at, content: template.content };
}

const step = (root, name) => root.querySelector(`[data-step="${name}"]`)?.getAttribute("href");

export class Copies {
  constructor() {
    this.kept = new Map(); // address → promise of a copy
  }

  /** The copy at this address: from memory once, so that it is fresh when it comes again. */
  async take(address) {
    const kept = this.kept.get(address);
    this.kept.delete(address);
    return (kept && (await kept)) || fetchCopy(address);
  }

  /** Fetches the two copies after `root` and the one before it. */
  async prepare(root) {
    const [next, previous] = [step(root, "next"), step(root, "previous")];
    const after = await this.fetch(next);
    await this.fetch(after && step(after.content, "next"));
    await this.fetch(previous);
  }

  fetch(address) {
    if (!address) return null;
    if (!this.kept.has(address)) this.kept.set(address, fetchCopy(address).catch(() => null));
    for (const old of this.kept.keys()) {
      if (this.kept.size <= MOST) break;
      this.kept.delete(old);
    }
    return this.kept.get(address);
  }

  /** What was fetched shows another order or other names now. */
  forget() {
    this.kept.clear();
  }
}
