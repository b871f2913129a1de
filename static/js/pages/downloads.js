// « Documents à télécharger »: while something is being made, the list is fetched again every second,
// and never while the page is hidden.

import { follow } from "../lib/fragment.js";

const EVERY_MS = 1000;
const list = /** @type {HTMLElement} */ (document.querySelector("#documents"));
const { ask } = follow(list, again);
/** @type {number | null} */
let timer = null;

const underWay = () => list.querySelector("[data-under-way='1']") !== null;

function again() {
  clearTimeout(timer);
  if (underWay() && !document.hidden) timer = setTimeout(ask, EVERY_MS);
}

document.addEventListener("visibilitychange", again);
again();
