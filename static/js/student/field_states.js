// What each field says of itself: words, saved state, versions to choose from.

import { handOf } from "../lib/hand.js";
import { Conflict } from "./conflict.js";
import { Longer } from "./longer.js";
import { words } from "./words.js";

const SENTENCES = {
  saving: () => "Enregistrement…",
  saved: ({ at }) => `Enregistré à ${at}`,
  unseen: () => "Deux textes\u00a0: à vous de choisir",
  late: ({ at }) => `Rendu en retard à ${at}, gardé à part\u00a0: votre enseignant décidera`,
  offline: () => "Hors ligne, gardé sur cette page",
  server: () => "Pas encore enregistré, nouvel essai…",
  gone: () => "Pas enregistré\u00a0: ce poste n’a plus cette place",
};
const LOOKS = { unseen: "conflict", server: "error" };

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns show(name, state, detail). `settle(name, base)` is called when the student has chosen; `say(text)` tells
 * a screen reader. */
export function setUpStates(form, settle, say) {
  const template = document.querySelector("#deux-textes");
  const line = document.querySelector("#texte-plus-long");
  const conflicts = new Map();
  const offers = new Map();
  for (const box of form.querySelectorAll("[data-field]")) {
    const name = box.dataset.field;
    conflicts.set(name, new Conflict(box, template, (base) => settle(name, base)));
    offers.set(name, new Longer(box, line, { decided: (versions) => settle(name, { versions }), say }));
  }

  return function show(name, state, detail = {}) {
    const conflict = conflicts.get(name);
    const { box, area } = conflict;
    if (state === "unseen") conflict.show(detail.other, detail.revision);
    else if (detail.settled) conflict.close();
    if (conflict.open) offers.get(name).close(); // one question at a time
    else if (detail.longer !== undefined) offers.get(name).show(detail.longer);
    const said = conflict.open && state === "saving" ? "unseen" : state;
    const saved = box.querySelector(".saved");
    saved.dataset.state = LOOKS[said] || said;
    write(saved, SENTENCES[said](detail));
    write(box.querySelector(".words"), words(handOf(area).value));
  };
}
