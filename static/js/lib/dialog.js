// A <dialog> over the page. Safari before 15.4 knows none: there it is a box that is shown and hidden.

import { listening } from "./listening.js";

/** @param {HTMLDialogElement} dialog */
export const isOpen = (dialog) => dialog.hasAttribute("open");

/**
 * Closes on Escape and on any button of the dialog, and gives the focus back.
 * @param {HTMLDialogElement} dialog
 */
function openBox(dialog) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const { on, stop } = listening();
  /** @param {Event} event */
  function close(event) {
    if (event.type === "keydown" && /** @type {KeyboardEvent} */ (event).key !== "Escape") return;
    event.preventDefault();
    dialog.removeAttribute("open");
    stop();
    if (before) before.focus();
  }
  dialog.setAttribute("open", "");
  dialog.setAttribute("role", "dialog");
  on(dialog, "submit", close);
  on(document, "keydown", close);
  const first = dialog.querySelector("button");
  if (first) first.focus();
}

/** @param {HTMLDialogElement} dialog */
export function openDialog(dialog) {
  if (isOpen(dialog)) return;
  // eslint-disable-next-line no-restricted-syntax -- this is where it is made up for
  if (dialog.showModal) dialog.showModal();
  else openBox(dialog);
}
