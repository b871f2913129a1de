// « Galerie et vote »: the turnout follows the class.

import { follow } from "../lib/fragment.js";
import { listen } from "../lib/live.js";

const root = /** @type {HTMLElement} */ (document.querySelector("#votes"));
const { ask } = follow(root, () => {});
let revision = Number(root.dataset.revision); // of the page: what changed before its stream opened is asked for too

listen(root.dataset.token, {
  etat(state, polled) {
    if (polled || state.revision !== revision) ask();
    revision = state.revision;
  },
  tuiles: () => ask(),
});
