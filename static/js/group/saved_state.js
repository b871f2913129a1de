// What has become of what the group writes, in the words of part 1.

import { serverNow } from "../lib/clock.js";

/** @type {Intl.DateTimeFormatOptions} */
const PARTS = { timeZone: "Europe/Paris", hour: "numeric", minute: "2-digit", second: "2-digit", hourCycle: "h23" };

/** @type {Record<string, (at: string) => string>} */
const SENTENCES = {
  empty: () => "Rien d’écrit pour l’instant",
  saving: () => "Enregistrement…",
  saved: (at) => `Enregistré à ${at}`,
  offline: () => "Hors ligne, gardé sur cette page",
  late: () => "Rendu en retard\u00a0: gardé à part, votre enseignant décidera",
  error: () => "Pas encore enregistré, nouvel essai…",
};

/** « 10 h 42 min 07 s », by the server's clock. */
function clockTime() {
  const parts = new Intl.DateTimeFormat("fr-FR", PARTS).formatToParts(new Date(serverNow()));
  const value = (/** @type {string} */ type) => /** @type {Intl.DateTimeFormatPart} */ (parts.find((part) => part.type === type)).value;
  return `${Number(value("hour"))}\u00a0h\u00a0${value("minute")}\u00a0min\u00a0${value("second")}\u00a0s`;
}

/**
 * `element` is a saved_state; returns show(state).
 * @param {HTMLElement} element
 */
export function setUpSaved(element) {
  return (/** @type {string} */ state) => {
    if (element.dataset.state === state && state !== "saved") return;
    element.dataset.state = state;
    element.textContent = SENTENCES[state](state === "saved" ? clockTime() : "");
  };
}
