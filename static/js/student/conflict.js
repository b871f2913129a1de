// Several texts for one field: the server keeps them all, all are shown, the student chooses.

import { handOf } from "../lib/hand.js";

/**
 * Versions that waited on the server since an earlier visit: [{id, text}]; their block is taken away.
 * @param {HTMLElement} box
 */
function takeWaiting(box) {
  const block = box.querySelector(".conflict");
  if (!block) return [];
  block.remove();
  return [...block.querySelectorAll("[data-version]")].map((version) => ({
    id: Number(version.dataset.version),
    text: /** @type {HTMLElement} */ (version.querySelector("blockquote")).textContent,
  }));
}

/** One field's block. `chosen(base)` is called with {revision, versions} once the student has chosen. */
export class Conflict {
  /**
   * @param {HTMLElement} box
   * @param {HTMLTemplateElement} template
   * @param {(settled: Settled) => unknown} chosen
   */
  constructor(box, template, chosen) {
    this.box = box;
    this.template = template;
    this.chosen = chosen;
    this.area = /** @type {HTMLTextAreaElement} */ (box.querySelector("textarea"));
    this.hand = handOf(this.area);
    /** @type {HTMLElement | null} */
    this.block = null;
    /** @type {number | undefined} */
    this.revision = undefined; // of the text that is stored, once the page has been shown it
    /** @type {string | null} */
    this.stored = null;
    this.waiting = takeWaiting(box);
    this.area.addEventListener("input", () => this.mirror());
    if (this.waiting.length) this.draw();
  }

  get open() {
    return this.block !== null;
  }

  /**
   * The page wrote without having seen `stored`.
   * @param {string} stored
   * @param {number} revision
   */
  show(stored, revision) {
    const known = this.open && this.stored === stored;
    Object.assign(this, { stored, revision });
    if (!known) this.draw();
  }

  close() {
    if (this.block) this.block.remove();
    this.block = null;
    this.stored = null;
    this.waiting = [];
  }

  draw() {
    const block = /** @type {HTMLElement} */ (/** @type {Element} */ (this.template.content.firstElementChild).cloneNode(true));
    const [mine, other] = block.querySelectorAll(".version");
    /** @type {HTMLElement} */ (mine.querySelector("button")).onclick = () => this.choose(this.hand.value);
    for (const text of this.others()) {
      const version = /** @type {HTMLElement} */ (other.cloneNode(true));
      /** @type {HTMLElement} */ (version.querySelector("blockquote")).textContent = text || "(rien d’écrit)";
      /** @type {HTMLElement} */ (version.querySelector("button")).onclick = () => this.choose(text);
      other.before(version);
    }
    other.remove();
    if (this.block) this.block.replaceWith(block);
    else this.box.append(block);
    this.block = block;
    this.mirror();
  }

  others() {
    const stored = this.stored === null ? [] : [this.stored];
    return [...stored, ...this.waiting.map(({ text }) => text)];
  }

  mirror() {
    if (this.block) /** @type {HTMLElement} */ (this.block.querySelector("blockquote")).textContent = this.hand.value || "(rien d’écrit)";
  }

  /** @param {string} text */
  choose(text) {
    const versions = this.waiting.map(({ id }) => id);
    const { revision } = this;
    this.hand.value = text;
    this.close();
    this.area.focus();
    this.chosen({ revision, versions });
  }
}
