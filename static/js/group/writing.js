// The texts of the group's document on the page: written as a list or on the sheet, one source of truth.

import { words } from "../student/words.js";

/** The sheet as it is read becomes the sheet that is written on. */
function unfoldSheet() {
  const template = document.querySelector("#feuille-a-ecrire");
  if (!template) return;
  document.querySelector("#feuille-place").replaceChildren(template.content);
  template.remove();
}

/** The key of the text that an area holds. */
function keyOf(area) {
  return area.dataset.text || area.id;
}

/**
 * `work` holds every area, `doc` is openDocument()'s. Returns {areas, open(typing), where(map)}.
 * Essentials are left to essentials.js: who may write them depends on who reads what.
 */
export function setUpWriting(work, doc) {
  unfoldSheet();
  const areas = [...work.querySelectorAll("textarea")];
  for (const area of areas) {
    doc.bind(area, keyOf(area));
    const figure = area.closest(".field") && area.closest(".field").querySelector(".words");
    if (figure) doc.text(keyOf(area)).observe(() => (figure.textContent = words(doc.text(keyOf(area)).toString())));
  }

  function drawWriter(area, name) {
    const box = area.closest(".field");
    const target = box || area;
    if (name) target.dataset.writer = name;
    else delete target.dataset.writer;
    const line = box && box.querySelector(".where");
    const said = name ? `${name} écrit ici` : "";
    if (line && line.textContent !== said) line.textContent = said;
    if (!box) area.title = said;
  }

  return {
    areas,
    open(typing) {
      for (const area of areas) if (!area.closest(".essential")) area.readOnly = !typing;
    },
    /** `map`: names of the others who write in a text, by its key. */
    where(map) {
      for (const area of areas) drawWriter(area, (map.get(keyOf(area)) || []).join(", "));
    },
  };
}
