// The texts of the group's document on the page: written as a list or on the sheet, one source of truth.

import { words } from "../student/words.js";

/** The key of the text that an area holds. */
function keyOf(area) {
  return area.dataset.text || area.id;
}

/**
 * `work` holds the areas, `doc` is openDocument()'s. Returns {bind(areas), unbind(areas), open(typing), where(map)}.
 * Essentials are left to essentials.js: who may write them depends on who reads what.
 */
export function setUpWriting(work, doc) {
  const areas = new Set();
  const writers = new Map();
  let typing = false;

  function bind(more) {
    for (const area of more) {
      areas.add(area);
      doc.bind(area, keyOf(area));
      if (!area.closest(".essential")) area.readOnly = !typing;
      drawWriter(area);
    }
  }

  function unbind(fewer) {
    for (const area of fewer) {
      doc.unbind(area);
      areas.delete(area);
    }
  }

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
    const text = doc.text(figure.closest(".field").dataset.text);
    const draw = () => (figure.textContent = words(text.toString()));
    text.observe(draw);
    draw();
  }
  bind(work.querySelectorAll("textarea"));
  return {
    bind,
    unbind,
    open(now) {
      typing = now;
      for (const area of areas) if (!area.closest(".essential")) area.readOnly = !typing;
    },
    /** `map`: key of a text → names of the others who write there now. */
    where(map) {
      writers.clear();
      for (const [key, names] of map) writers.set(key, names);
      areas.forEach(drawWriter);
    },
  };
}
