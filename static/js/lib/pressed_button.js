// Which button sent a form: Safari before 15.4 does not tell.

/** @type {HTMLButtonElement | null} */
let clicked = null;

// A click sends the form before anything else runs, so what is remembered longer would be another form's.
/** @param {Clicked} event */
function remember(event) {
  clicked = event.target.closest("button");
  setTimeout(() => (clicked = null));
}

if (!("SubmitEvent" in window)) document.addEventListener("click", remember, true);

/**
 * The button that sent the form of this `submit` event; null where a script did.
 * @param {SubmitEvent} event
 * @returns {HTMLButtonElement | null}
 */
export function pressed(event) {
  // eslint-disable-next-line no-restricted-syntax -- this is where it is made up for
  return /** @type {HTMLButtonElement | null} */ (event.submitter) || (clicked && clicked.form === event.target ? clicked : null);
}
