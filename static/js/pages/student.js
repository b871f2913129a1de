// The student's page: time, saving, annexes. Everything here improves a page that works without it.

import { number, pageArrived, serverNow, setServerTime } from "../lib/clock.js";
import { growAreas } from "../lib/grow.js";
import { handOf, onReturn } from "../lib/hand.js";
import { listen } from "../lib/live.js";
import { pressed } from "../lib/pressed_button.js";
import { reloadAtTop } from "../lib/reload.js";
import { emptyOnLeave, onLeftElsewhere } from "../lib/shared_pc.js";
import { readPage, swapParts } from "../student/page_refresh.js";
import { Autosave, newField } from "../student/autosave.js";
import { setUpCards } from "../student/method_cards.js";
import { setUpDock } from "../student/dock.js";
import { setUpHeader, showHeaderButtons } from "../student/time_buttons.js";
import { sendLeftovers } from "../student/unsent_leftovers.js";
import { setUpLimit } from "../student/text_limit.js";
import { LinkNote } from "../student/cut_off.js";
import { setUpShelf } from "../student/shelf.js";
import { setUpStates } from "../student/field_states.js";
import { setUpTerms } from "../student/lexicon_terms.js";
import { showGallery } from "../student/to_gallery.js";
import { DeskTime } from "../student/time.js";

const direct = /** @type {HTMLElement} */ (document.querySelector("#direct")).dataset;
const form = /** @type {HTMLFormElement} */ (document.querySelector("form.questions")); // null once the part is over
const announce = /** @type {HTMLElement} */ (document.querySelector("#annonce"));
const link = new LinkNote(/** @type {HTMLElement} */ (document.querySelector("#hors-ligne")));
const saveAddress = (/** @type {string | undefined} */ token) => `/live/${token}/enregistrer`;
// Where the form is, these two are.
let autosave = /** @type {Autosave} */ (/** @type {unknown} */ (null));
let time = /** @type {DeskTime} */ (/** @type {unknown} */ (null));
let leaving = false;

// --- the time --------------------------------------------------------------------------------------

/**
 * @param {boolean} open
 * @param {boolean} paused
 */
function setOpen(open, paused) {
  for (const area of form.querySelectorAll("textarea.answer")) area.readOnly = !open || paused;
  /** @type {HTMLElement} */ (document.querySelector("#pause")).hidden = !paused;
  /** @type {HTMLElement} */ (document.querySelector("#releve")).hidden = open || paused;
}

/** What was just typed still counts; then the page goes to the group, where the class is already. */
async function rang() {
  await autosave.flush();
  if (direct.followed === "1") setTimeout(renew, 300);
}

// --- what the server tells -------------------------------------------------------------------------

/**
 * With extra time, the part goes on for this student after the others' end.
 * @param {State} state
 * @param {number} extra
 */
function ownStage(state, extra) {
  const goesOn = state.stage === "ended" && state.counts_extra && /** @type {number} */ (state.ends_at) + extra > serverNow();
  return goesOn && extra ? "writing" : state.stage;
}

/**
 * The class is in its groups; this student still has their own time here.
 * @param {State} state
 */
function staysHere(state) {
  return Boolean(time) && state.part > Number(direct.part) && /** @type {number} */ (number(direct.extra)) > 0 && !time.over;
}

/**
 * @param {State} state
 * @param {boolean} polled
 */
function gotState(state, polled) {
  showGallery(state);
  const extra = (number(direct.extra) ?? 0) * 1000;
  const published = direct.published === "1";
  const assessing = direct.assessing === "1";
  const same = ownStage(state, extra) === direct.stage && String(state.part) === direct.part;
  // Only a newer state may ask for another page: the same one could but give the same page again.
  const newer = state.revision > Number(direct.revision);
  if (newer && staysHere(state)) return void refresh().catch(() => {}); // the page says whether it is so
  if (newer && direct.group === "") return renew(); // placed in a group, perhaps
  if (newer && (!same || state.published !== published || state.assessing !== assessing)) return renew();
  if (newer && polled) refresh().catch(() => {}); // what concerns this student alone is told on the stream only
  if (!form || String(state.part) !== direct.part) return;
  direct.revision = String(state.revision);
  time.follow(state, state.counts_extra ? extra : 0);
}

/** Leaves for the page's new state, once every text is acknowledged. */
async function renew() {
  if (leaving) return;
  if (autosave && autosave.unsent && !(await autosave.flush())) return setTimeout(renew, 2000);
  if (leaving) return;
  leaving = true;
  reloadAtTop();
}

/** The student's own state has changed (extra time, name, help answered): only the parts without text move. */
async function refresh(asked = fetch(location.href, { cache: "no-store" })) {
  if (!form) return renew();
  const fresh = await readPage(await asked);
  const now = /** @type {HTMLElement} */ (fresh.querySelector("#direct")).dataset;
  autosave.url = saveAddress(now.token);
  if (now.place !== direct.place) return renew(); // two places of one student were made one
  if (now.stage !== direct.stage || now.part !== direct.part) return renew();
  swapParts(fresh);
  showHeaderButtons();
  Object.assign(direct, now);
  time.read();
  time.tick();
}

/** @param {string} reason */
function saving(reason) {
  link.saving(reason);
  if (reason === "gone") refresh().catch(() => {}); // moved to another place, perhaps
}

/** @param {boolean} up */
function hears(up) {
  link.hearing(up);
  if (up && autosave && autosave.failures && link.save === "network") autosave.flush();
}

// --- the desk --------------------------------------------------------------------------------------

function setUpDesk() {
  const settle = (/** @type {string} */ name, /** @type {Settled} */ base) => autosave.settle(name, base);
  const show = setUpStates(form, settle, (text) => (announce.textContent = text));
  const fields = new Map();
  for (const area of form.querySelectorAll("textarea.answer")) {
    const base = Number(form.elements[`base-${area.name}`].value);
    const hand = handOf(area);
    fields.set(area.name, newField(hand, base, area.defaultValue));
    hand.changed = () => autosave.changed(area.name);
  }
  const part = Number(form.elements.part.value);
  const url = saveAddress(direct.token);
  autosave = new Autosave({ url, place: direct.place, part, fields, show, link: saving });
  autosave.recover();
  onReturn(() => fields.forEach(({ area }) => area.look()));
  for (const area of form.querySelectorAll("textarea.answer")) setUpLimit(area);
  for (const input of form.querySelectorAll("[data-field] input")) input.remove(); // for forms without scripts
  /** @type {HTMLElement} */ (form.querySelector("[data-by-hand]")).remove();
  time = new DeskTime(direct, announce, { opened: setOpen, rang, slept: () => live.fresh() });
  setUpHeader(time, announce);
  const desk = /** @type {HTMLElement} */ (document.querySelector(".desk"));
  const shelf = setUpShelf(/** @type {HTMLElement} */ (document.querySelector(".shelf")));
  setUpDock(/** @type {HTMLElement} */ (document.querySelector(".dock")), desk, shelf);
  setUpTerms(desk, shelf.find);
  setUpCards(form);
}

/**
 * « J’ai terminé », « Demander de l’aide »: the texts first, then the button alone; the page stays.
 * @param {HTMLButtonElement} button
 */
async function press(button) {
  await autosave.flush();
  const body = new URLSearchParams(button.name ? { [button.name]: button.value } : {});
  try {
    await refresh(fetch(button.formAction, { method: "POST", body }));
    announce.textContent = /** @type {string} */ (button.dataset.said);
  } catch {
    announce.textContent = "Pas de réponse du serveur. Votre texte est gardé\u202f; recommencez.";
    link.hearing(false);
  }
}

/**
 * « Quitter ce poste »: nothing may be left behind, sent or not.
 * @param {HTMLButtonElement} button
 */
async function leave(button) {
  if (!(await autosave.flush())) return link.saving(link.save || "network");
  autosave.forget();
  leaving = true;
  // The texts are saved: the form goes without them, so that no base can be stale.
  for (const field of form.querySelectorAll("textarea, input")) field.disabled = true;
  form.action = button.formAction;
  emptyOnLeave();
  form.submit();
}

/** @param {Submitted} event */
function onSubmit(event) {
  if (leaving) return;
  event.preventDefault();
  const button = /** @type {HTMLButtonElement} */ (pressed(event) || document.activeElement);
  if (button.hasAttribute("data-leave")) leave(button);
  else if (button.hasAttribute("data-keep")) press(button);
  else autosave.flush();
}

// --- all together ----------------------------------------------------------------------------------

setServerTime(Number(direct.now), pageArrived());
if (form) {
  setUpDesk();
  growAreas(form);
  form.addEventListener("submit", onSubmit);
  document.addEventListener("visibilitychange", () => (document.hidden ? autosave.sendOnce() : time.tick()));
  window.addEventListener("pagehide", () => autosave.leave());
  window.addEventListener("online", () => autosave.flush());
}
const leftovers = sendLeftovers(saveAddress(direct.token), direct.place, form ? Number(direct.part) : null, link, () => refresh());
window.addEventListener("beforeunload", (event) => {
  if (leaving || !((autosave && autosave.unsent) || leftovers.unsent)) return;
  event.preventDefault();
  event.returnValue = ""; // browsers of before 2023
});
// Back from the browser's own cache: somebody may have left this place since.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  if (leaving) reloadAtTop();
  else refresh().catch(({ message }) => message === "404" && reloadAtTop());
});
onLeftElsewhere(renew);
const live = listen(direct.token, { etat: gotState, moi: () => refresh().catch(() => {}), link: hears });
if (form) time.tick();
