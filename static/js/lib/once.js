// A form that makes something carries a number: sent twice, it makes one thing (metroloco_site/kit/once.py). Here the
// button says that it works, and a page that comes back draws a number of its own: on a shared device the next
// student must not get the place of the last one.

import { pressed } from "./pressed_button.js";

const NUMBER = 'input[name="numero"]';
const MARK = "~";
const QUIET_MS = 15_000; // lost or stopped on its way: it may be sent again, as the same press
const WORKING = "Un instant…";

/** @type {Map<HTMLFormElement, () => void>} */
const working = new Map(); // form → what makes its button as it was
const said = document.createElement("p");

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 */
function quiet(form, button) {
  const before = [...button.childNodes];
  const name = button.getAttribute("aria-disabled");
  button.replaceChildren(WORKING);
  button.setAttribute("aria-disabled", "true");
  said.textContent = WORKING;
  const timer = setTimeout(restore, QUIET_MS);
  working.set(form, restore);

  function restore() {
    clearTimeout(timer);
    working.delete(form);
    button.replaceChildren(...before);
    if (name === null) button.removeAttribute("aria-disabled");
    said.textContent = "";
  }
}

/** @param {SubmitEvent} event */
function send(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || !form.querySelector(NUMBER)) return;
  if (working.has(form)) event.preventDefault();
  else quiet(form, pressed(event) || /** @type {HTMLButtonElement} */ (form.querySelector("button")));
}

/** A number of this page's own, after the one that the server has signed. */
function draw() {
  const [one, two] = crypto.getRandomValues(new Uint32Array(2));
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(NUMBER))) {
    field.value = `${field.value.split(MARK)[0]}${MARK}${one.toString(36)}${two.toString(36)}`;
  }
}

/** @param {PageTransitionEvent} event */
function shown(event) {
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  for (const again of [...working.values()]) again();
  if (event.persisted || (entry && entry.type === "back_forward")) draw();
}

/** Every form of the page that carries a number, those to come too. */
export function sendOnce() {
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.body.append(said);
  document.addEventListener("submit", send);
  window.addEventListener("pageshow", shown);
}
