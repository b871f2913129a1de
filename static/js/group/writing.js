// The texts of the group's document on the page: written as a list or on the sheet, one source of truth.

import { words } from "../student/words.js";

/**
 * The key of the text that an area holds.
 * @param {HTMLTextAreaElement} area
 */
function keyOf(area) {
  return area.dataset.text || area.id;
}

/**
 * `work` holds the areas, `doc` is openDocument()'s. Returns {bind(areas), unbind(areas), open(typing), where(map)}.
 * Essentials are left to essentials.js: who may write them depends on who reads what.
 * @param {HTMLElement} work
 * @param {SharedDocument} doc
 */
export function setUpWriting(work, doc) {
  /** @type {Set<HTMLTextAreaElement>} */
  const areas = new Set();
  /** @type {Map<string, string[]>} */
  const writers = new Map();
  /** @type {boolean | null} */
  let typing = false;

  /** @param {Iterable<HTMLTextAreaElement>} more */
  function bind(more) {
    for (const area of more) {
      areas.add(area);
      doc.bind(area, keyOf(area));
      if (!area.closest(".essential")) area.readOnly = !typing;
      drawWriter(area);
    }
  }

  /** @param {Iterable<HTMLTextAreaElement>} fewer */
  function unbind(fewer) {
    for (const area of fewer) {
      doc.unbind(area);
      areas.delete(area);
    }
  }

  /** @param {HTMLTextAreaElement} area */
  function drawWriter(area) {
    const name = (writers.get(keyOf(area)) || []).join(", ");
    const box = area.closest(".field");
    const target = box || area;
    if (name) target.dataset.writer = name;
    else delete target.dataset.writer;
    const line = box && box.querySelector(".where");
    const said = name ? `${name} écrit ici` : "";
    if (line && line.textContent !== said) line.textContent = said;
    if (!box) area.title = said;
  }

  for (const figure of work.querySelectorAll(".words")) {
    const text = doc.text(/** @type {string} */ (/** @type {HTMLElement} */ (figure.closest(".field")).dataset.text));
    const draw = () => (figure.textContent = words(text.toString()));
    text.observe(draw);
    draw();
  }
  bind(work.querySelectorAll("textarea"));
  return {
    bind,
    unbind,
    /** @param {boolean | null} now */
    open(now) {
      typing = now;
      for (const area of areas) if (!area.closest(".essential")) area.readOnly = !typing;
    },
    /**
     * `map`: key of a text → names of the others who write there now.
     * @param {Map<string, string[]>} map
     */
    where(map) {
      writers.clear();
      for (const [key, names] of map) writers.set(key, names);
      areas.forEach(drawWriter);
    },
  };
}
