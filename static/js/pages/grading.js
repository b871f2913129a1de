// Grading: each click is saved at once. Without this, the same form has its « Enregistrer » button.

import { createSaver } from "../grading/saver.js";

const TYPING_MS = 700;
const LEVEL_KEYS = { 0: "", 1: "1", 2: "2", 3: "3", 4: "4" };

const form = document.querySelector("form.grid[data-save]");
const status = form.querySelector(".saved");
const missing = form.querySelector("[data-missing]");
const typing = new Map(); // field name → timer

const saver = createSaver(form, (state, text) => {
  if (status.textContent !== text) status.textContent = text;
  status.dataset.state = state;
});

function sendText(field) {
  clearTimeout(typing.get(field.name));
  if (typing.delete(field.name)) saver.put(field.name, field.value);
}

function listMissing() {
  const rows = [...form.querySelectorAll("fieldset.criterion")];
  const names = rows
    .filter((row) => row.querySelector("input:checked")?.value === "")
    .map((row) => row.dataset.criterion);
  missing.textContent = names.length
    ? `Reste non évalué : ${names.join(", ")}.`
    : rows.length > 0 ? "Toutes les lignes sont évaluées." : "";
}

form.addEventListener("input", ({ target }) => {
  if (target.type === "radio") return;
  clearTimeout(typing.get(target.name));
  typing.set(target.name, setTimeout(sendText, TYPING_MS, target));
});

form.addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return sendText(target);
  saver.put(target.name, target.value);
  listMissing();
});

// 1 to 4 for the levels, 0 for « non évalué », on the row that has the focus.
form.addEventListener("keydown", (event) => {
  if (event.target.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(event.key in LEVEL_KEYS)) return;
  const row = event.target.closest("fieldset");
  const level = row.querySelector(`input[type=radio][value="${LEVEL_KEYS[event.key]}"]`);
  if (!level) return;
  event.preventDefault();
  level.focus();
  level.click();
});

form.addEventListener("submit", (event) => event.preventDefault());

window.addEventListener("pagehide", () => {
  for (const name of [...typing.keys()]) sendText(form.elements[name]);
  saver.leave();
});

window.addEventListener("beforeunload", (event) => {
  if (saver.pending && status.dataset.state === "error") event.preventDefault();
});

form.querySelector("[data-submit]").hidden = true;
for (const key of form.querySelectorAll("kbd")) key.hidden = false;
status.textContent = "Chaque choix est enregistré aussitôt.";
