// Method cards, one click away: a closed one is kept out of the document, as the closed annexes are.

/** @param {ParentNode} root */
export function setUpCards(root) {
  for (const details of root.querySelectorAll("details.method")) {
    const card = /** @type {HTMLElement} */ (details.querySelector(".method-card"));
    card.remove();
    details.addEventListener("toggle", () => (details.open ? details.append(card) : card.remove()));
  }
}
