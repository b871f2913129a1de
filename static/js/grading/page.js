// Grading at the speed of the keyboard, a copy or a poster. Without this, the same form has its « Enregistrer » buttons.
// <main> is told « copie » when another one is on screen, and « agrandir » when its key is pressed.

import { openDialog } from "../lib/dialog.js";
import { handOf, onReturn } from "../lib/hand.js";
import { Copies } from "./next_copies.js";
import { setUpKeys } from "./keys.js";
import { keyOf, Queue } from "./queue.js";
import { Sheet } from "./sheet.js";

const TYPING_MS = 700;
const FORGET = "oubli-"; // before the name of a field (evaluations.forms.sheet)
const REFRESH_MS = 30_000; // while one copy is read, the next is kept ready

const main = /** @type {HTMLElement} */ (document.querySelector("main.grading"));
const announce = /** @type {HTMLElement} */ (document.querySelector("#annonce"));
const help = /** @type {HTMLDialogElement} */ (document.querySelector("#aide"));
const sheet = new Sheet(main, /** @type {HTMLTemplateElement} */ (document.querySelector("#choix")));
const copies = new Copies();
/** @type {Map<Area, number>} */
const typing = new Map(); // field → timer
let token = sheet.form.elements.csrfmiddlewaretoken.value;
let said = { state: "empty", text: "Chaque choix est enregistré aussitôt." };
let going = 0; // an answer for a copy that is not wanted any more is thrown away

/** @param {string} name */
const option = (name) => /** @type {HTMLInputElement} */ (help.querySelector(`[data-option="${name}"]`)).checked;

/** What the teacher prefers is kept for this tab. */
function keepOptions() {
  try {
    for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (help.querySelectorAll("[data-option]"))) {
      const key = `notation ${box.dataset.option}`;
      box.checked = sessionStorage.getItem(key) !== "non";
      box.addEventListener("change", () => sessionStorage.setItem(key, box.checked ? "oui" : "non"));
    }
  } catch {
    // no storage: as the page says
  }
}

function drawSaved() {
  const status = /** @type {HTMLElement} */ (sheet.form.querySelector(".saved"));
  if (status.textContent !== said.text) status.textContent = said.text;
  status.dataset.state = said.state;
}

const queue = new Queue({
  address: /** @type {string} */ (sheet.form.dataset.save),
  run: sheet.form.dataset.run,
  token: () => token,
  renew: (fresh) => (token = fresh),
  tell(state, text) {
    said = { state, text };
    drawSaved();
  },
  changed() {
    sheet.refresh(queue, -1);
  },
});

/**
 * @param {string} name
 * @param {string} value
 * @param {string} [shown] what this page has seen stored
 */
function put(name, value, shown = sheet.shown(name)) {
  queue.put({
    copy: sheet.copy,
    name,
    value,
    shown,
    label: sheet.article.dataset.label,
    address: location.pathname + location.search,
  });
}

/** @param {Area} field */
function sendText(field) {
  clearTimeout(typing.get(field));
  if (typing.delete(field)) put(field.name, handOf(field).value);
}

const sendTyped = () => [...typing.keys()].forEach(sendText);

// --- from copy to copy --------------------------------------------------------------------------

/** @param {number} madeAt */
function prepareCopy(madeAt) {
  for (const field of sheet.texts) {
    handOf(field).changed = () => {
      clearTimeout(typing.get(field));
      typing.set(field, setTimeout(sendText, TYPING_MS, field));
    };
  }
  for (const button of main.querySelectorAll("[data-submit]")) button.hidden = true;
  for (const hint of main.querySelectorAll("kbd, [data-help]")) hint.hidden = false;
  sheet.refresh(queue, madeAt);
  drawSaved();
  main.dispatchEvent(new CustomEvent("copie"));
  copies.prepare(main);
}

function rowAtFirst() {
  const asked = sheet.rows.find((row) => `#${row.id}` === location.hash);
  return asked || sheet.rows.find((row) => row.dataset.row === sheet.article.dataset.row);
}

/**
 * @param {FetchedCopy} copy
 * @param {{focus?: string}} [how]
 */
function show(copy, { focus = "row" } = {}) {
  main.replaceChildren(copy.content);
  document.title = document.title.replace(/^[^·]+/, `Fiche d’évaluation, ${sheet.article.dataset.label} `);
  prepareCopy(copy.at);
  sheet.hold(rowAtFirst(), { focus: focus === "row" });
  if (focus === "heading") /** @type {HTMLElement} */ (main.querySelector("h1")).focus();
  /** @type {Element} */ (document.scrollingElement).scrollTo({ top: 0, behavior: "instant" });
  announce.textContent = /** @type {string} */ (sheet.article.dataset.label);
}

/**
 * @param {string} address
 * @param {{push?: boolean, focus?: string}} [how]
 */
async function go(address, { push = true, focus } = {}) {
  sendTyped();
  const number = ++going;
  try {
    const copy = await copies.take(address);
    if (number !== going) return;
    if (push) history.pushState(null, "", address);
    show(copy, { focus });
  } catch {
    if (number === going) location.assign(address); // the browser says what is wrong
  }
}

/** @param {number} by */
function step(by) {
  const link = main.querySelector(`[data-step="${by > 0 ? "next" : "previous"}"]`);
  if (link) go(/** @type {string} */ (link.getAttribute("href")));
  else announce.textContent = `C’est la ${by > 0 ? "dernière" : "première"} ${sheet.article.dataset.kind}.`;
}

main.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-step], .modes a");
  if (link) {
    event.preventDefault();
    return go(/** @type {string} */ (link.getAttribute("href")), { focus: link.dataset.step ? "row" : "heading" });
  }
  if (event.target.closest("[data-help]")) return openDialog(help);
  const keep = event.target.closest("[data-keep]");
  if (keep) return choose(keep);
  const used = event.target.closest(".used button");
  if (used?.name.startsWith(FORGET)) forget(used, event);
  else if (used) takeUp(used, event);
});

window.addEventListener("popstate", () => go(location.pathname + location.search, { push: false }));

// --- marks --------------------------------------------------------------------------------------

/** @param {HTMLElement} button */
function choose(button) {
  const name = /** @type {string} */ (/** @type {HTMLElement} */ (button.closest(".clash")).dataset.name);
  const key = keyOf(sheet.copy, name);
  const entry = /** @type {Mark} */ (queue.waiting.get(key));
  const value = button.dataset.keep === "mine" ? entry.value : /** @type {string} */ (entry.clash);
  sheet.write(name, value);
  queue.choose(key, value);
  sheet.hold(button.closest("fieldset") || sheet.current, { focus: true });
}

/**
 * A remark already used joins what is typed.
 * @param {HTMLButtonElement} button
 * @param {Event} event
 */
function takeUp(button, event) {
  event.preventDefault();
  const field = /** @type {Area} */ (sheet.field(button.name));
  const hand = handOf(field);
  if (button.value.includes(hand.value.trim())) hand.value = button.value;
  else if (!hand.value.includes(button.value)) hand.value = `${hand.value} ${button.value}`;
  /** @type {HTMLDetailsElement} */ (button.closest("details")).open = false;
  field.focus();
  put(field.name, hand.value);
}

/**
 * Words that were taken away, and that are not wanted back.
 * @param {HTMLButtonElement} button
 * @param {Event} event
 */
function forget(button, event) {
  event.preventDefault();
  const field = /** @type {Area} */ (sheet.field(button.name.slice(FORGET.length)));
  put(button.name, button.value, "");
  /** @type {HTMLDetailsElement} */ (button.closest("details")).remove();
  field.focus();
}

main.addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return sendText(target);
  put(target.name, target.value);
  sheet.sum();
});

// A row of observations is one line: « Entrée » adds none.
main.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing && event.target.matches(".observations")) event.preventDefault();
});
main.addEventListener("focusin", ({ target }) => sheet.hold(target.closest("fieldset.criterion")));
main.addEventListener("submit", (event) => event.target === sheet.form && event.preventDefault());

/**
 * A level by its key, and on to the next row, or to the next copy where one question is graded across the class.
 * @param {string} value
 */
function mark(value) {
  const radio = sheet.current && sheet.radio(sheet.nameOfLevel(sheet.current), value);
  if (!radio) return;
  sheet.hold(sheet.current);
  radio.focus();
  radio.checked = true;
  put(radio.name, value);
  sheet.sum();
  if (!option("advance")) return;
  if (sheet.article.dataset.question === "0") sheet.move(1, { here: true });
  else step(1);
}

setUpKeys(help, {
  wanted: () => option("keys"),
  row: (by) => sheet.move(by),
  copy: step,
  help: () => openDialog(help),
  words: () => sheet.current?.querySelector(".observations")?.focus(),
  member: () => sheet.toMember(),
  zoom: () => main.dispatchEvent(new CustomEvent("agrandir")),
  level: mark,
});

// --- nothing is lost ----------------------------------------------------------------------------

window.addEventListener("pagehide", () => {
  sendTyped();
  queue.leave();
});

window.addEventListener("beforeunload", (event) => {
  sendTyped();
  if (queue.pending && !["saving", "saved"].includes(said.state)) event.preventDefault();
});

keepOptions();
prepareCopy(0);
onReturn(() => sheet.putBack(queue));
setInterval(() => document.hidden || copies.prepare(main), REFRESH_MS);
sheet.hold(rowAtFirst());
queue.send();

// The browser goes to the row of the address by itself, and takes the focus away when it gets there.
if (location.hash.startsWith("#ligne-")) {
  window.addEventListener("load", () => requestAnimationFrame(() => sheet.hold(rowAtFirst(), { focus: true })));
}
