// The form about a file of a lesson: while one types, the preview follows, as students will see it.

import { sendOnce } from "../lib/once.js";

const PAUSE_MS = 400;
const form = /** @type {HTMLFormElement} */ (document.querySelector("#fichier"));
const shown = /** @type {HTMLElement} */ (document.querySelector("#apercu"));
/** @type {number | null} */
let timer = null;
/** @type {AbortController | null} */
let asked = null;
let dirty = false;

async function ask() {
  asked?.abort();
  asked = new AbortController();
  try {
    const body = new FormData(form);
    for (const file of form.querySelectorAll("[type=file]")) body.delete(/** @type {HTMLInputElement} */ (file).name); // not sent at each pause
    const answer = await fetch(/** @type {string} */ (form.dataset.preview), { method: "POST", body, signal: asked.signal });
    if (answer.ok) shown.innerHTML = await answer.text();
  } catch {
    // Offline, or asked again: the preview stays as it is, the text is in the form.
  }
}

form.addEventListener("input", () => {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE_MS);
});
form.addEventListener("submit", () => { dirty = false; });
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
sendOnce();
