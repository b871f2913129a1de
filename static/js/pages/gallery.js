// The gallery and the vote follow what the teacher opens and closes.

import { choicesOf, onReturn } from "../lib/hand.js";
import { listen } from "../lib/live.js";
import { reloadAtTop } from "../lib/reload.js";

const { token, gallery, ballot } = /** @type {HTMLElement} */ (document.querySelector("#direct")).dataset;

/**
 * A choice that is not cast survives « Retour »; of one that is cast, nothing is shown to whoever votes next.
 * @param {HTMLFormElement} form
 */
function keepChoice(form) {
  const choices = choicesOf(form);
  let cast = false;
  form.addEventListener("submit", () => (cast = true));
  window.addEventListener("pagehide", () => cast && form.reset());
  window.addEventListener("pageshow", ({ persisted }) => persisted && cast && location.reload());
  onReturn(() => cast || choices.look());
}

document.querySelectorAll("form.vote").forEach(keepChoice);
listen(token, {
  etat(state) {
    // The vote is told by itself: nobody reads a poster twice because another thing changed.
    if (state.gallery !== (gallery === "1") || state.ballot !== ballot) reloadAtTop();
  },
});
