// The gallery and the vote follow what the teacher opens and closes.

import { listen } from "../lib/live.js";

const { token, gallery, ballot } = document.querySelector("#direct").dataset;

listen(token, {
  etat(state) {
    // The vote is told by itself: nobody reads a poster twice because another thing changed.
    if (state.gallery !== (gallery === "1") || state.ballot !== ballot) location.reload();
  },
});
