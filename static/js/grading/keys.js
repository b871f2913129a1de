// One key, one gesture. Off while something is typed, and when the teacher does not want them (WCAG 2.1.4).

import { isOpen } from "../lib/dialog.js";

const LEVELS = ["0", "1", "2", "3", "4"];

/** @param {HTMLElement} target */
const typing = (target) => target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

/**
 * The digit that is printed on a key of the upper row; "" on any other key, or where Shift or AltGr asks for another sign.
 * @param {KeyboardEvent} event
 */
function digitOn(event) {
  const plain = !event.shiftKey && !event.getModifierState("AltGraph");
  return plain && event.code.startsWith("Digit") ? event.code.slice(5) : "";
}

/**
 * @typedef {object} Gestures
 * @property {(value: string) => void} level of the row in hand: a digit, "" for none, « groupe »
 * @property {(by: number) => void} row
 * @property {(by: number) => void} copy
 * @property {() => void} words
 * @property {() => void} member
 * @property {() => void} zoom
 * @property {() => void} help
 * @property {() => boolean} wanted
 */

/**
 * Digits count without Shift too, as they are printed: on AZERTY and BÉPO the upper row gives other signs.
 * @param {HTMLDialogElement} dialog
 * @param {Gestures} on
 */
export function setUpKeys(dialog, on) {
  /** @type {Record<string, (() => void) | undefined>} */
  const gestures = {
    ArrowDown: () => on.row(1),
    ArrowUp: () => on.row(-1),
    j: () => on.copy(1),
    k: () => on.copy(-1),
    o: () => on.words(),
    m: () => on.member(),
    g: () => on.level("groupe"),
    z: () => on.zoom(),
    "?": () => on.help(),
  };
  /** @type {Record<string, number>} */
  const arrows = { ArrowRight: 1, ArrowLeft: -1 };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOpen(dialog)) return;
    if (typing(target)) {
      if (key === "Escape") on.row(0);
      return;
    }
    if (!on.wanted()) return;
    const gesture = gestures[key] ?? gestures[key.toLowerCase()];
    const level = LEVELS.includes(key) ? key : digitOn(event);
    if (key in arrows && /** @type {HTMLInputElement} */ (target).type !== "radio") on.copy(arrows[key]);
    else if (gesture) gesture();
    else if (LEVELS.includes(level)) on.level(level === "0" ? "" : level);
    else return;
    event.preventDefault();
  });
}
