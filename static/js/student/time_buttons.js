// The buttons beside the time: hide it, or hear it. They only make sense with scripts, so they are hidden without.

import { timeInWords } from "../lib/tide.js";

export function showHeaderButtons() {
  for (const button of document.querySelectorAll(".topline [data-action]")) button.hidden = false;
  drawHidden(document.body.hasAttribute("data-time-hidden"));
}

/**
 * @param {Time} time
 * @param {HTMLElement} announce
 */
export function setUpHeader(time, announce) {
  showHeaderButtons();
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".topline [data-action]");
    if (!button) return;
    if (button.dataset.action === "hide-time") drawHidden(document.body.toggleAttribute("data-time-hidden"));
    else say(announce, timeInWords(time));
  });
}

/**
 * The same sentence twice is said twice.
 * @param {HTMLElement} element
 * @param {string} text
 */
function say(element, text) {
  element.textContent = "";
  setTimeout(() => (element.textContent = text), 50);
}

/** @param {boolean} hidden */
function drawHidden(hidden) {
  const button = /** @type {HTMLElement} */ (document.querySelector('[data-action="hide-time"]'));
  button.setAttribute("aria-pressed", String(hidden));
  /** @type {Element} */ (button.firstElementChild).textContent = hidden ? "Montrer" : "Masquer";
}
