// A group's poster beside its grid: as it will be printed, or larger.

import "../grading/page.js";
import { followSheet } from "../poster/sheet.js";

const main = /** @type {HTMLElement} */ (document.querySelector("main.grading"));
/** @type {ReturnType<typeof followSheet> | null} */
let followed = null;
let large = false;

function draw() {
  const view = main.querySelector(".poster-view");
  const button = /** @type {HTMLElement} */ (main.querySelector("[data-zoom]"));
  if (!view) return;
  view.toggleAttribute("data-large", large);
  button.hidden = false;
  button.setAttribute("aria-pressed", String(large));
}

function zoom() {
  large = !large;
  draw();
}

function follow() {
  followed?.close();
  const sheet = main.querySelector(".poster");
  followed = sheet && followSheet(sheet, false);
  draw();
}

main.addEventListener("copie", follow);
main.addEventListener("click", ({ target }) => target.closest("[data-zoom]") && zoom());
main.addEventListener("agrandir", zoom);
follow();
