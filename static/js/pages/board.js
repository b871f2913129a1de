// The teacher's board: buttons act without leaving the page, tiles and clock follow the class.

import { showHelpButton, shortcuts } from "../board/shortcuts.js";
import { number, setServerTime } from "../lib/clock.js";
import { follow } from "../lib/fragment.js";
import { listen } from "../lib/live.js";
import { pressed } from "../lib/pressed_button.js";
import { drawTide } from "../lib/tide.js";

const MINUTES_MS = 20_000; // « silence 4 min » and « hors ligne 2 min » grow older by themselves
const root = /** @type {HTMLElement} */ (document.querySelector("#tableau"));
const notice = /** @type {HTMLElement} */ (document.querySelector("#annonce"));
const fragment = root.dataset.fragment;
let revision = Number(root.dataset.revision); // of the page: what changed before its stream opened is asked for too
let rung = false;

function clockData() {
  const data = /** @type {HTMLElement} */ (root.querySelector(".clock")).dataset;
  return {
    status: data.status,
    deadline: number(data.deadline),
    remaining: number(data.remaining),
    total: number(data.total) ?? 0,
  };
}

function tick() {
  const left = drawTide(root, clockData());
  if (left === 0 && !rung) ask(); // the bell changes which buttons make sense
  rung = left === 0;
}

const { ask, show } = follow(root, () => {
  showHelpButton(root);
  tick();
});

/**
 * @param {string} kind
 * @param {string} text
 */
function say(kind, text) {
  const note = document.createElement("p");
  note.className = "note";
  note.dataset.kind = kind;
  note.textContent = text;
  notice.replaceChildren(note);
}

/**
 * The board as it is at this address: with a chosen student, or none.
 * @param {string} address
 */
function goTo(address) {
  history.replaceState(null, "", address);
  root.dataset.fragment = fragment + new URL(address, location.href).search;
}

/**
 * Any button: the server answers with the board, or sends to another page.
 * @param {Submitted} event
 */
async function act(event) {
  const form = event.target;
  if (!root.contains(form) || form.method !== "post") return;
  event.preventDefault();
  const button = pressed(event);
  const address = (button && button.getAttribute("formaction")) || /** @type {string} */ (form.getAttribute("action"));
  const body = new FormData(form);
  if (button && button.name) body.append(button.name, button.value);
  const menu = form.closest("details");
  if (menu) {
    menu.open = false;
    /** @type {HTMLElement} */ (menu.querySelector("summary")).focus();
  }
  notice.replaceChildren();
  try {
    const response = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "1" } });
    if (!response.ok) throw new Error(String(response.status));
    const html = await response.text();
    if (!html.includes('class="board-body"')) return location.assign(response.url);
    goTo(response.url);
    show(html);
  } catch {
    say("error", "Pas de réponse du serveur. Rien n’a changé : recommencez.");
    ask();
  }
}

/**
 * A tile, or « Fermer »: the student's panel without leaving the page.
 * @param {Clicked} event
 */
async function choose(event) {
  const link = event.target.closest(".tile a, .mate a, [data-close]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const before = new URLSearchParams(location.search).get("eleve");
  goTo(/** @type {HTMLAnchorElement} */ (link).href);
  await ask({ now: true });
  const panel = root.querySelector("#choisi");
  const tile = root.querySelector(`#tuile-${CSS.escape(before ?? "")} a`);
  const next = panel ? panel.querySelector("button") : tile;
  if (next) next.focus({ preventScroll: !panel });
}

/** @param {Clicked | Pressed} event */
function closeMenus(event) {
  for (const menu of root.querySelectorAll("details.menu[open]")) {
    const left = event.type === "click" ? !menu.contains(event.target) : /** @type {Pressed} */ (event).key === "Escape";
    if (!left) continue;
    menu.open = false;
    if (event.type === "keydown") /** @type {HTMLElement} */ (menu.querySelector("summary")).focus();
  }
}

setServerTime(Number(/** @type {HTMLElement} */ (root.querySelector(".clock")).dataset.now));
goTo(location.href);
shortcuts(root, /** @type {HTMLDialogElement} */ (document.querySelector("#raccourcis")));
showHelpButton(root);
document.addEventListener("submit", act);
document.addEventListener("click", choose);
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
setInterval(tick, 500);
setInterval(() => !document.hidden && ask(), MINUTES_MS);
tick();
listen(root.dataset.token, {
  etat(state) {
    if (state.revision !== revision) ask({ now: true });
    revision = state.revision;
  },
  tuiles: () => ask(),
});
