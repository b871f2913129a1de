// Several texts for one field: the server keeps them all, all are shown, the student chooses.

import { handOf } from "../lib/hand.js";

/** Versions that waited on the server since an earlier visit: [{id, text}]; their block is taken away. */
function takeWaiting(box) {
  const block = box.querySelector(".conflict");
  if (!block) return [];
  block.remove();
  return [...block.querySelectorAll("[data-version]")].map((version) => ({
    id: Number(version.dataset.version),
    text: version.querySelector("blockquote").textContent,
  }));
}

/** One field's block. `chosen(base)` is called with {revision, versions} once the student has chosen. */
export class Conflict {
  constructor(box, template, chosen) {
    Object.assign(this, { box, template, chosen, area: box.querySelector("textarea") });
    this.hand = handOf(this.area);
    this.block = null;
    this.revision = undefined; // of the text that is stored, once the page has been shown it
    this.stored = null;
    this.waiting = takeWaiting(box);
    this.area.addEventListener("input", () => this.mirror());
    if (this.waiting.length) this.draw();
  }

  get open() {
    return this.block !== null;
  }

  /** The page wrote without having seen `stored`. */
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
    const block = this.template.content.firstElementChild.cloneNode(true);
    const [mine, other] = block.querySelectorAll(".version");
    mine.querySelector("button").onclick = () => this.choose(this.hand.value);
    for (const text of this.others()) {
      const version = other.cloneNode(true);
      version.querySelector("blockquote").textContent = text || "(rien d’écrit)";
      version.querySelector("button").onclick = () => this.choose(text);
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
    if (this.block) this.block.querySelector("blockquote").textContent = this.hand.value || "(rien d’écrit)";
  }

  choose(text) {
    const versions = this.waiting.map(({ id }) => id);
    const { revision } = this;
    this.hand.value = text;
    this.close();
    this.area.focus();
    this.chosen({ revision, versions });
  }
}
