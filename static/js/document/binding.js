// Ties a <textarea> to a text of the document. What is typed goes into the document at once; what others
// write comes into the area around the caret. An area that changed by itself says « ecrit ».

import { UndoManager } from "yjs";

import { handOf } from "../lib/hand.js";
import { listening } from "../lib/listening.js";
import { diff } from "./diff.js";

const LINE_ENDS = /\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]/g; // of every program, as kit/lines.py
const CONTROLS = /[\x00-\x08\x0e-\x1f\x7f]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;

/**
 * Line ends as line feeds; without control characters and halves of emojis, which nothing else takes.
 * @param {string} text
 */
export const clean = (text) =>
  text.replace(LINE_ENDS, "\n").replace(CONTROLS, (found) => (found.length === 2 ? found : ""));

/**
 * Writes into `text` what turns `before` into `after`.
 * @param {import("yjs").Text} text
 * @param {string} before
 * @param {string} after
 * @param {number | undefined} caret
 * @param {unknown} origin
 */
function write(text, before, after, caret, origin) {
  const change = diff(before, after, caret);
  if (!change) return;
  /** @type {import("yjs").Doc} */ (text.doc).transact(() => {
    if (change.removed) text.delete(change.at, change.removed);
    if (change.inserted) text.insert(change.at, change.inserted);
  }, origin);
}

/**
 * @param {HTMLTextAreaElement} area
 * @param {import("yjs").YTextEvent["delta"]} delta
 */
function replay(area, delta) {
  let at = 0;
  for (const { retain, insert, delete: gone } of delta) {
    if (retain) at += retain;
    if (gone) area.setRangeText("", at, at + gone, "preserve");
    if (typeof insert === "string") {
      area.setRangeText(insert, at, at, "preserve");
      at += insert.length;
    }
  }
}

/**
 * Returns {release}, which unties them. `typed()` is told of each change that the area's writer makes.
 * @param {HTMLTextAreaElement} area
 * @param {import("yjs").Text} text
 * @param {() => void} typed
 */
export function bindArea(area, text, typed) {
  const origin = { area };
  const hand = handOf(area);
  const undo = new UndoManager(text, { trackedOrigins: new Set([origin]) });
  const { on, stop } = listening();

  function read() {
    const { value } = hand;
    const { selectionEnd } = area;
    const kept = clean(value);
    if (kept !== value) {
      const caret = clean(value.slice(0, selectionEnd)).length;
      hand.value = kept;
      area.setSelectionRange(caret, caret);
    }
    if (kept === text.toString()) return;
    write(text, text.toString(), kept, area.selectionEnd, origin);
    typed();
  }

  /**
   * @param {import("yjs").YTextEvent} event
   * @param {import("yjs").Transaction} transaction
   */
  function show(event, { origin: from }) {
    if (from === origin) return;
    const { scrollTop } = area;
    hand.putBack(); // the others' changes are told from there
    replay(area, event.delta);
    hand.value = text.toString();
    area.scrollTop = scrollTop;
    area.dispatchEvent(new CustomEvent("ecrit", { bubbles: true }));
  }

  /**
   * @param {Event} event
   * @param {boolean} redo
   */
  function again(event, redo) {
    event.preventDefault(); // the browser's own history knows nothing of the others' changes
    if (area.readOnly) return;
    read();
    if (redo) undo.redo();
    else undo.undo();
    typed();
  }

  /** @param {KeyboardEvent} event */
  function keys(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "z" || key === "y") again(event, key === "y" || event.shiftKey);
  }

  /** @param {InputEvent} event */
  function history(event) {
    const { inputType } = event;
    if (inputType === "historyUndo" || inputType === "historyRedo") again(event, inputType === "historyRedo");
  }

  // What a slow page's writer typed before this came is not lost, wherever the text stands by now.
  const [shown, had] = [clean(hand.value), clean(area.defaultValue)];
  if (shown !== had && shown !== text.toString()) {
    const change = /** @type {NonNullable<ReturnType<typeof diff>>} */ (diff(had, shown));
    if (text.toString() === had) write(text, had, shown, undefined, origin);
    else if (change.inserted) /** @type {import("yjs").Doc} */ (text.doc).transact(() => text.insert(text.length, change.inserted), origin);
  }
  hand.value = text.toString();
  hand.changed = read;
  text.observe(show);
  on(area, "blur", read);
  on(area, "keydown", keys);
  on(area, "beforeinput", history);
  return {
    read,
    look: () => hand.look(),
    release() {
      stop();
      hand.changed = () => {};
      text.unobserve(show);
      undo.destroy();
    },
  };
}
