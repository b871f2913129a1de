// The page of a group's member in part 2. Everything here improves a page that works without it.

import { pageArrived, setServerTime } from "../lib/clock.js";
import { growAreas } from "../lib/grow.js";
import { handOf, onReturn } from "../lib/hand.js";
import { listen } from "../lib/live.js";
import { pressed } from "../lib/pressed_button.js";
import { reloadAtTop } from "../lib/reload.js";
import { emptyOnLeave, onLeftElsewhere } from "../lib/shared_pc.js";
import { setUpAuthors } from "../group/authors_view.js";
import { setUpEssentials } from "../group/essentials.js";
import { members, setUpPanel } from "../group/panel.js";
import { setUpSaved } from "../group/saved_state.js";
import { setUpSheet, unfoldSheet } from "../group/sheet_editing.js";
import { setUpTally } from "../group/speaking_turns.js";
import { setUpViews } from "../group/tabs.js";
import { setUpWriting } from "../group/writing.js";
import { openDocument } from "../document/replica.js";
import { readPage, swapParts } from "../student/page_refresh.js";
import { setUpCards } from "../student/method_cards.js";
import { setUpHeader, showHeaderButtons } from "../student/time_buttons.js";
import { sendLeftovers } from "../student/unsent_leftovers.js";
import { LinkNote } from "../student/cut_off.js";
import { setUpShelf } from "../student/shelf.js";
import { setUpTerms } from "../student/lexicon_terms.js";
import { DeskTime } from "../student/time.js";
import { showGallery } from "../student/to_gallery.js";

const STAYS = ["writing", "ended"]; // the desk is there in both
/** @type {Record<string, string>} */
const LINKS = { offline: "network", gone: "gone", long: "long", pages: "pages" }; // what the note at the top says
/** @type {Record<string, string>} */
const LOOKS = { sending: "saving", closed: "late", gone: "error", long: "error", pages: "error" };

const direct = /** @type {DOMStringMap & {token: string, place: string}} */ (/** @type {HTMLElement} */ (document.querySelector("#direct")).dataset);
const announce = /** @type {HTMLElement} */ (document.querySelector("#annonce"));
const work = /** @type {HTMLElement} */ (document.querySelector("#travail"));
const form = /** @type {HTMLFormElement} */ (document.querySelector("form#affiche"));
const panel = /** @type {HTMLElement} */ (document.querySelector("#panneau"));
const auteurs = /** @type {HTMLElement} */ (document.querySelector("#auteurs"));
const link = new LinkNote(/** @type {HTMLElement} */ (document.querySelector("#hors-ligne")));
const say = (/** @type {string} */ text) => (announce.textContent = text);
let leaving = false;
/** @type {boolean | null} */
let typing = null;
for (const area of work.querySelectorAll("textarea")) handOf(area); // what is typed before the document is there

// --- the document ----------------------------------------------------------------------------------

const showSaved = setUpSaved(/** @type {HTMLElement} */ (document.querySelector("#etat-affiche .saved")));
const doc = openDocument({
  token: direct.token,
  place: direct.place,
  seat: direct.seat,
  onState(state) {
    showSaved(LOOKS[state] || state);
    link.saving(LINKS[state] || "");
  },
  onWhere: (map) => writing.where(map),
  onGroup: () => following.ask(),
  onChange: () => !auteurs.hidden && drawAuthors(members(panel)),
});
growAreas(work);
const essentials = setUpEssentials(work, panel, doc.passed);
const drawAuthors = setUpAuthors(auteurs, work, doc);
const later = { open() {}, where() {}, shown() {}, images() {} }; // until the document is there
/** @type {Pick<ReturnType<typeof setUpWriting>, "open" | "where">} */
let writing = later;
/** @type {{open: (typing: boolean | null) => void, shown: () => void, images: (ids: string | undefined) => unknown}} */
let sheet = later;

doc.ready.then(() => {
  unfoldSheet();
  const bound = setUpWriting(work, doc);
  writing = bound;
  const { bind, unbind } = bound;
  sheet = setUpSheet({ doc, place: direct.place, bind, unbind, say, changed: () => following.ask({ now: true }) });
  draw();
});

// --- the time --------------------------------------------------------------------------------------

function draw() {
  writing.open(typing);
  sheet.open(typing);
  essentials.draw(typing);
}

/**
 * @param {boolean} open
 * @param {boolean} paused
 */
function setOpen(open, paused) {
  const now = open && !paused;
  /** @type {HTMLElement} */ (document.querySelector("#pause")).hidden = !paused;
  /** @type {HTMLElement} */ (document.querySelector("#releve")).hidden = open || paused;
  if (now === typing) return;
  if (typing === false && !panel.querySelector("#tourner")) following.ask(); // it was drawn after the bell
  typing = now;
  draw();
}

// --- what the server tells -------------------------------------------------------------------------

/**
 * @param {State} state
 * @param {boolean} polled
 */
function gotState(state, polled) {
  showGallery(state);
  const newer = state.revision > Number(direct.revision);
  const moved = String(state.part) !== direct.part || !STAYS.includes(state.stage);
  const graded = state.published !== (direct.published === "1") || state.assessing !== (direct.assessing === "1");
  if (newer && (moved || graded)) return renew();
  if (newer && polled) refresh().catch(() => {});
  if (moved) return;
  direct.revision = String(state.revision);
  time.follow(state, 0);
}

/** Leaves for the page's new state, once every edit is acknowledged or kept for the next load. */
async function renew() {
  if (leaving) return;
  if (doc.unsent && !(await doc.flush())) return setTimeout(renew, 2000);
  if (leaving) return;
  leaving = true;
  reloadAtTop();
}

/** The student's own state has changed (name, help answered, group): only the parts without text move. */
async function refresh(asked = fetch(location.href, { cache: "no-store" })) {
  const fresh = await readPage(await asked);
  const now = /** @type {DOMStringMap & {token: string, stage: string}} */ (/** @type {HTMLElement} */ (fresh.querySelector("#direct")).dataset);
  if (now.place !== direct.place || now.group !== direct.group) return renew();
  if (!STAYS.includes(now.stage) || now.part !== direct.part) return renew();
  doc.token = now.token;
  swapParts(fresh);
  showHeaderButtons();
  Object.assign(direct, now);
  time.read();
  time.tick();
  following.ask();
}

/** The panel has changed: perhaps it is another group's. */
function panelChanged() {
  if (/** @type {HTMLElement} */ (panel.querySelector("#membres")).dataset.group !== direct.group) return renew();
  draw();
  tally.draw(members(panel));
  sheet.images(/** @type {HTMLElement} */ (panel.querySelector("#membres")).dataset.images);
}

/** @param {string} view */
function showView(view) {
  if (view === "auteurs") drawAuthors(members(panel));
  if (view === "feuille") sheet.shown();
}

// --- buttons ---------------------------------------------------------------------------------------

/** @param {HTMLButtonElement} button */
async function press(button) {
  await doc.flush();
  const body = new URLSearchParams(button.name ? { [button.name]: button.value } : {});
  try {
    await refresh(fetch(button.formAction, { method: "POST", body }));
    say(/** @type {string} */ (button.dataset.said));
  } catch {
    say("Pas de réponse du serveur. Ce que vous avez écrit est gardé\u202f; recommencez.");
    link.hearing(false);
  }
}

/**
 * « Quitter ce poste »: nothing may be left behind, sent or not.
 * @param {HTMLButtonElement} button
 */
async function leave(button) {
  if (!(await doc.flush())) return link.saving(link.save || "network");
  doc.forget();
  doc.close();
  tally.forget();
  leaving = true;
  for (const field of /** @type {Iterable<HTMLInputElement>} */ (form.elements)) if (field.localName !== "button") field.disabled = true;
  form.action = button.formAction;
  emptyOnLeave();
  form.submit();
}

/** @param {Submitted} event */
function onSubmit(event) {
  event.preventDefault();
  if (leaving) return;
  const button = /** @type {HTMLButtonElement} */ (pressed(event) || document.activeElement);
  if (button.hasAttribute("data-leave")) leave(button);
  else if (button.hasAttribute("data-keep")) press(button);
  else doc.flush();
}

// --- all together ----------------------------------------------------------------------------------

setServerTime(Number(direct.now), pageArrived());
for (const input of work.querySelectorAll('input[type="hidden"][form]')) input.remove(); // for forms without scripts
/** @type {HTMLElement} */ (work.querySelector("[data-by-hand]")).remove();
const desk = /** @type {HTMLElement} */ (document.querySelector(".desk"));
const shelf = setUpShelf(/** @type {HTMLElement} */ (document.querySelector(".shelf")));
const following = setUpPanel(panel, say, panelChanged);
const tally = setUpTally(/** @type {HTMLElement} */ (document.querySelector("#parole")));
const time = new DeskTime(direct, announce, { opened: setOpen, rang: () => doc.flush(), slept: () => live.fresh() });
setUpViews(desk, /** @type {HTMLElement} */ (document.querySelector(".dock")), shelf, showView);
setUpTerms(desk, shelf.find);
setUpCards(form);
setUpHeader(time, announce);
tally.draw(members(panel));
form.addEventListener("submit", onSubmit);
document.addEventListener("visibilitychange", () => (document.hidden ? doc.flush() : time.tick()));
const saveAddress = `/live/${direct.token}/enregistrer`;
const leftovers = sendLeftovers(saveAddress, direct.place, Number(direct.part), link, () => {});
window.addEventListener("beforeunload", (event) => {
  if (leaving || !(doc.unsent || leftovers.unsent)) return;
  event.preventDefault();
  event.returnValue = ""; // browsers of before 2023
});
onReturn(doc.putBack);
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
onLeftElsewhere(renew);
const live = listen(direct.token, { etat: gotState, moi: () => refresh().catch(() => {}), link: (up) => link.hearing(up) });
time.tick();
