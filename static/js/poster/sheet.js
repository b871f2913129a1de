// The sheet as it will be printed: the same type, the same breaks of lines and, where the text is too long for one
// page, the same smaller size. lessons/exports/posters.py tries the same steps on paper.

import { listening } from "../lib/listening.js";

const FITS = ["66", "61", "57", "53", "49", "45", "42"]; // tenths of a unit, as in lessons/exports/posters.py
/** @type {Record<string, string>} */
const CHOSEN = { grand: "66", moyen: "57", petit: "49" };
const SLACK = 1.5; // px: what rounding adds
const hasContainerUnits = window.CSS && CSS.supports("width", "1cqw");
const growsByItself = window.CSS && CSS.supports("field-sizing", "content");

/**
 * @param {string} chosen
 * @param {string} fit
 * @param {boolean} over
 */
function sentence(chosen, fit, over) {
  if (over) {
    return "Le texte ne tient pas sur une page, même en très petit\u00a0: il continuera sur une deuxième page. Rien n’est perdu, mais une affiche se lit mieux en peu de mots.";
  }
  if (fit === chosen) return "";
  const less = Math.round(100 - (100 * /** @type {any} */ (fit)) / /** @type {any} */ (chosen));
  return `À cette taille, le texte dépasse de la page\u00a0: il est montré, et sera imprimé, ${less}\u00a0% plus petit. Pour une affiche qui se lit de loin, raccourcissez-le.`;
}

/**
 * Follows a sheet (`<article class="poster">`). Returns {refresh(), look({layout, palette, size}), close()}.
 * `note`: where to say that the text is too long; made below the sheet if there is none, false to say nothing.
 * @param {HTMLElement} sheet
 * @param {HTMLElement | false | null} [note]
 */
export function followSheet(sheet, note = null) {
  const place = sheet.closest(".poster-place") || sheet;
  const said = note || document.createElement("p");
  if (note === null) {
    said.className = "note poster-note";
    said.setAttribute("role", "status");
    said.hidden = true;
    place.after(said);
  }
  let waiting = 0;

  /** @param {string} name */
  const figure = (name) => Number(getComputedStyle(sheet).getPropertyValue(name));

  function unit() {
    if (hasContainerUnits) return;
    sheet.style.setProperty("--u", `${place.clientWidth / figure("--w")}px`);
  }

  function grow() {
    if (growsByItself) return;
    for (const area of sheet.querySelectorAll("textarea")) {
      area.style.height = "0";
      area.style.height = `${area.scrollHeight}px`;
    }
  }

  function isTooLong() {
    grow();
    const height = (sheet.clientWidth * figure("--h")) / figure("--w");
    return sheet.scrollHeight > height + SLACK || sheet.offsetHeight > height + SLACK;
  }

  function measure() {
    waiting = 0;
    if (!sheet.clientWidth) return; // not on screen
    unit();
    sheet.removeAttribute("data-over"); // its mark would count as text
    const chosen = CHOSEN[/** @type {string} */ (sheet.dataset.size)];
    let over = true;
    let fit = chosen;
    for (const step of FITS.slice(FITS.indexOf(chosen))) {
      fit = step;
      sheet.dataset.fit = step;
      over = isTooLong();
      if (!over) break;
    }
    sheet.toggleAttribute("data-over", over);
    const text = sentence(chosen, fit, over);
    if (said.textContent !== text) said.textContent = text;
    said.hidden = !text;
    said.dataset.kind = "attention";
  }

  function refresh() {
    if (!waiting) waiting = requestAnimationFrame(measure);
  }

  /** @param {Record<string, string>} wanted */
  function look(wanted) {
    for (const name of ["layout", "palette", "size"]) {
      if (wanted[name]) sheet.dataset[name] = wanted[name];
    }
    refresh();
  }

  const { on, stop } = listening();
  for (const event of ["input", "ecrit", "load"]) on(sheet, event, refresh, true);
  const watching = new ResizeObserver(refresh);
  watching.observe(place);
  // Not `ready`: it may come before the first face is asked for.
  if (document.fonts) on(document.fonts, "loadingdone", refresh);
  refresh();

  function close() {
    stop();
    watching.disconnect();
    if (note === null) said.remove();
  }

  return { refresh, look, close };
}
