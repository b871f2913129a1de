// The links to the posters and the vote come and go with what the teacher opens; the page stays.

/**
 * Takes the run's state as the server tells it.
 * @param {Pick<State, "gallery" | "ballot">} state
 */
export function showGallery({ gallery, ballot }) {
  const links = document.querySelector("#vers-affiches");
  if (!links) return;
  const vote = /** @type {HTMLElement} */ (links.querySelector("[data-vote]"));
  links.hidden = !gallery;
  vote.hidden = !ballot;
  vote.textContent = ballot.endsWith("open") ? "Voter" : "Résultat du vote";
}
