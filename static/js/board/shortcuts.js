// One-key shortcuts of the board. They can be turned off (WCAG 2.1.4) and never fire while typing.

import { isOpen, openDialog } from "../lib/dialog.js";

const KEPT = "raccourcis"; // in this browser alone

/**
 * Presses the enabled button under `root` whose data-key names the pressed key; « ? » shows the help.
 * @param {HTMLElement} root
 * @param {HTMLDialogElement} dialog
 */
export function shortcuts(root, dialog) {
  const active = /** @type {HTMLInputElement} */ (dialog.querySelector("#raccourcis-actifs"));
  active.checked = localStorage.getItem(KEPT) !== "non";
  active.addEventListener("change", () => localStorage.setItem(KEPT, active.checked ? "oui" : "non"));
  document.addEventListener("click", (event) => event.target.closest("[data-help]") && openDialog(dialog));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isOpen(dialog)) return;
    if (!active.checked || isTyping(event.target)) return;
    if (event.key === "?") return openDialog(dialog);
    const button = buttonFor(root, event.key);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

/**
 * Buttons that are there for those who have a keyboard: shown once this script runs.
 * @param {HTMLElement} root
 */
export function showHelpButton(root) {
  for (const button of root.querySelectorAll("[data-help]")) button.hidden = false;
}

/**
 * @param {HTMLElement} root
 * @param {string} key
 */
function buttonFor(root, key) {
  const name = key.length === 1 ? key.toLowerCase() : key;
  return [...root.querySelectorAll("button[data-key]:not(:disabled)")].find((button) =>
    /** @type {string} */ (button.dataset.key).split(" ").includes(name),
  );
}

/** @param {HTMLElement} element */
function isTyping(element) {
  return Boolean(element.closest("input, textarea, select, [contenteditable]"));
}
