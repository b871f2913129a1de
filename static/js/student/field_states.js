// What each field says of itself: words, saved state, versions to choose from.

import { handOf } from "../lib/hand.js";
import { Conflict } from "./conflict.js";
import { Longer } from "./longer.js";
import { words } from "./words.js";

/** @type {Record<string, (detail: SaveDetail) => string>} */
const SENTENCES = {
  saving: () => "Enregistrement…",
  saved: ({ at }) => `Enregistré à ${at}`,
  unseen: () => "Deux textes\u00a0: à vous de choisir",
  late: ({ at }) => `Rendu en retard à ${at}, gardé à part\u00a0: votre enseignant décidera`,
  offline: () => "Hors ligne, gardé sur cette page",
  server: () => "Pas encore enregistré, nouvel essai…",
  gone: () => "Pas enregistré\u00a0: ce poste n’a plus cette place",
};
/** @type {Record<string, string>} */
const LOOKS = { unseen: "conflict", server: "error" };

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns show(name, state, detail). `settle(name, base)` is called when the student has chosen; `say(text)` tells
 * a screen reader.
 * @param {HTMLFormElement} form
 * @param {(name: string, settled: Settled) => unknown} settle
 * @param {Say} say
 * @returns {ShowField}
 */
export function setUpStates(form, settle, say) {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("#deux-textes"));
  const line = /** @type {HTMLTemplateElement} */ (document.querySelector("#texte-plus-long"));
  /** @type {Map<string, Conflict>} */
  const conflicts = new Map();
  /** @type {Map<string, Longer>} */
  const offers = new Map();
  for (const box of form.querySelectorAll("[data-field]")) {
    const name = /** @type {string} */ (box.dataset.field);
    conflicts.set(name, new Conflict(box, template, (base) => settle(name, base)));
    offers.set(name, new Longer(box, line, { decided: (versions) => settle(name, { versions }), say }));
  }

  return function show(name, state, detail = {}) {
    const conflict = /** @type {Conflict} */ (conflicts.get(name));
    const offer = /** @type {Longer} */ (offers.get(name));
    const { box, area } = conflict;
    if (state === "unseen") conflict.show(/** @type {string} */ (detail.other), /** @type {number} */ (detail.revision));
    else if (detail.settled) conflict.close();
    if (conflict.open) offer.close(); // one question at a time
    else if (detail.longer !== undefined) offer.show(detail.longer);
    offer.look();
    const said = conflict.open && state === "saving" ? "unseen" : state;
    const saved = /** @type {HTMLElement} */ (box.querySelector(".saved"));
    saved.dataset.state = LOOKS[said] || said;
    write(saved, SENTENCES[said](detail));
    write(/** @type {HTMLElement} */ (box.querySelector(".words")), words(handOf(area).value));
  };
}
