// A text that was taken away is kept by the server: one line below its field offers it.

import { handOf } from "../lib/hand.js";
import { countWords } from "./words.js";

const MAX_KEPT = 50_000; // characters that the server takes for a field (lessons.rules.texts)

/**
 * What stands in the field now is not lost: it follows, unless it is a part of what comes back. "" if too long.
 * @param {string} kept
 * @param {string} now
 */
export function together(kept, now) {
  if (kept.includes(now.trim())) return kept;
  const both = `${kept}\n\n${now}`;
  return both.length <= MAX_KEPT ? both : "";
}

/**
 * Whether it is worth a question beside what stands there now, as lessons.rules.forgiving.is_much_longer.
 * @param {string} kept
 * @param {string} now
 */
export const isMuchLonger = (kept, now) => 4 * countWords(kept) > 5 * countWords(now) && !now.includes(kept);

/** One field's line. `decided(versions)` is called once the student has taken the text back, or refused it. */
export class Longer {
  /**
   * @param {HTMLElement} box
   * @param {HTMLTemplateElement} template
   * @param {{decided: (versions: number[]) => unknown, say: Say}} told
   */
  constructor(box, template, { decided, say }) {
    this.box = box;
    this.template = template;
    this.decided = decided;
    this.say = say;
    this.area = /** @type {HTMLTextAreaElement} */ (box.querySelector("textarea"));
    this.hand = handOf(this.area);
    /** @type {HTMLElement | null} */
    this.line = null;
    this.kept = "";
    this.said = 0; // the number of the text that was told last
    const line = box.querySelector(".longer");
    if (line) this.listen(line, { id: Number(/** @type {HTMLButtonElement} */ (line.querySelector("button")).value), text: /** @type {HTMLElement} */ (line.querySelector(".longer-text")).textContent });
  }

  /**
   * As the server answered a save: {id, text, at}, or null where nothing is offered any more.
   * @param {Offer | null} offer
   */
  show(offer) {
    this.close();
    if (!offer) return;
    const line = /** @type {HTMLElement} */ (/** @type {Element} */ (this.template.content.firstElementChild).cloneNode(true));
    /** @type {HTMLElement} */ (line.querySelector(".longer-at")).textContent = offer.at;
    /** @type {HTMLElement} */ (this.box.querySelector(".question-foot")).after(line);
    this.listen(line, offer);
    if (this.said === offer.id) return;
    this.said = offer.id;
    this.say(`Un texte plus long était enregistré à ${offer.at}. Deux boutons sous le champ\u00a0: le reprendre, ou non.`);
  }

  /**
   * @param {HTMLElement} line
   * @param {Pick<Offer, "id" | "text">} offer
   */
  listen(line, { id, text }) {
    const [take, refuse] = line.querySelectorAll("button");
    for (const button of [take, refuse]) button.type = "button";
    take.onclick = () => this.choose(id, together(text, this.hand.value));
    refuse.onclick = () => this.choose(id, this.hand.value, { refused: true });
    this.line = line;
    this.kept = text;
  }

  /** The line says so only while it is true. */
  look() {
    if (this.line) this.line.hidden = !isMuchLonger(this.kept, this.hand.value);
  }

  /**
   * @param {number} id
   * @param {string} text
   * @param {{refused?: boolean}} [how]
   */
  choose(id, text, { refused = false } = {}) {
    if (this.area.readOnly) return;
    if (!text && !refused) {
      return this.say("Les deux textes ensemble sont trop longs\u00a0: raccourcissez celui du cadre, puis reprenez l’autre.");
    }
    if (this.hand.value !== text) {
      this.hand.value = text;
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.close();
    this.area.focus();
    this.decided([id]);
  }

  close() {
    this.line?.remove();
    this.line = null;
  }
}
