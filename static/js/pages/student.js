// The student's page: time, saving, annexes. Everything here improves a page that works without it.

import { number, serverNow, setServerTime } from "../lib/clock.js";
import { listen } from "../lib/live.js";
import { announceTime, drawTide } from "../lib/tide.js";
import { Autosave } from "../student/autosave.js";
import { showConflict, wireWaiting } from "../student/conflict.js";
import { setUpDock, setUpShelf, setUpTerms } from "../student/shelf.js";

const direct = document.querySelector("#direct").dataset;
const form = document.querySelector("form.questions");
const announce = document.querySelector("#annonce");
const time = {
  status: direct.status,
  deadline: number(direct.deadline),
  remaining: number(direct.remaining),
  total: number(direct.total) ?? 0,
};
const extra = (number(direct.extra) ?? 0) * 1000;
let autosave = null;
let leaving = false;
let before = null;

setServerTime(Number(direct.now));

function words(text) {
  const count = (text.match(/[\p{L}\p{N}]+(?:[’'\-‑][\p{L}\p{N}]+)*/gu) || []).length;
  return `${count} ${count > 1 ? "mots" : "mot"}`;
}

const SENTENCES = {
  saving: () => "Enregistrement…",
  saved: ({ at }) => `Enregistré à ${at}`,
  unseen: () => "Deux textes : à vous de choisir",
  late: ({ at }) => `Rendu en retard à ${at}, gardé à part`,
  offline: () => "Hors ligne, gardé sur cette page",
  gone: () => "Pas enregistré : ce poste n’a plus cette place",
};
const STATES = { unseen: "conflict", gone: "error" };

function show(name, state, detail = {}) {
  const box = form.querySelector(`[data-field="${name}"]`);
  const saved = box.querySelector(".saved");
  saved.dataset.state = STATES[state] || state;
  const sentence = SENTENCES[state](detail);
  if (saved.textContent !== sentence) saved.textContent = sentence;
  box.querySelector(".words").textContent = words(box.querySelector("textarea").value);
  if (state === "unseen") {
    showConflict(box, detail.other, detail.revision, (revision) => autosave.settle(name, revision));
  }
}

function showOffline(reason) {
  const note = document.querySelector("#hors-ligne");
  const text = {
    "": "",
    network:
      "Hors ligne. Continuez d’écrire : votre texte est gardé sur cette page et partira dès que la connexion reviendra. Ne fermez pas cet onglet.",
    gone: "Ce poste n’a plus accès à votre place (nouveau code personnel, ou retrait). Copiez votre texte, puis revenez avec votre code personnel.",
  }[reason];
  if (note.textContent !== text) note.textContent = text;
  note.hidden = !text;
  if (!reason) return;
  for (const [name, field] of autosave.fields) {
    if (field.dirty) show(name, reason === "gone" ? "gone" : "offline");
  }
}

function setOpen(open, paused) {
  for (const area of form.querySelectorAll("textarea.answer")) area.readOnly = !open || paused;
  document.querySelector("#pause").hidden = !paused;
  document.querySelector("#releve").hidden = open || paused;
}

function tick() {
  if (!form) return;
  const milliseconds = drawTide(document, time);
  announceTime(announce, before, milliseconds);
  if (before > 0 && milliseconds === 0) {
    autosave.flush(); // the bell: what was just typed still counts
  }
  before = milliseconds;
  setOpen(milliseconds !== null && milliseconds > 0, time.status === "paused");
}

/** Leaves for the page's new state, once every text is acknowledged or past its grace. */
async function renew() {
  if (leaving) return;
  if (autosave && autosave.unsent) {
    const sent = await autosave.flush();
    if (!sent) return setTimeout(renew, 2000);
  }
  leaving = true;
  location.reload();
}

/** With extra time, the part goes on for this student after the others' end. */
function ownStage(state) {
  const goesOn = state.stage === "ended" && state.counts_extra && state.ends_at + extra > serverNow();
  return goesOn && extra ? "writing" : state.stage;
}

function gotState(state) {
  const published = direct.published === "1";
  const same = ownStage(state) === direct.stage && String(state.part) === direct.part;
  // Only a newer state may ask for another page: the same one could but give the same page again.
  const newer = state.revision > Number(direct.revision);
  if (newer && (!same || state.published !== published)) return renew();
  time.status = state.status;
  const own = state.counts_extra ? extra : 0;
  time.deadline = state.ends_at === null ? null : state.ends_at + own;
  time.remaining = state.remaining === null ? null : state.remaining + own;
  tick();
}

function setUpDesk() {
  autosave = new Autosave(form, { show, offline: showOffline });
  for (const box of form.querySelectorAll("[data-field]")) {
    wireWaiting(box, () => autosave.settle(box.dataset.field));
  }
  const openPanel = setUpShelf(document.querySelector(".shelf"));
  setUpTerms(document.querySelector("#contenu"));
  setUpDock(document.querySelector(".dock"), document.querySelector(".desk"), openPanel);
  setUpHideTime();
  tick();
  setInterval(tick, 500);
  document.addEventListener("visibilitychange", tick);
}

function setUpHideTime() {
  const button = document.querySelector('[data-action="hide-time"]');
  button.hidden = false;
  button.addEventListener("click", () => {
    const hidden = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(hidden));
    button.textContent = hidden ? "Montrer le temps" : "Masquer le temps";
    document.body.toggleAttribute("data-time-hidden", hidden);
  });
}

/** The buttons of the desk go once the texts are safe. */
function setUpButtons() {
  document.addEventListener("submit", async (event) => {
    if (!autosave || leaving) return;
    event.preventDefault();
    const button = event.submitter;
    const target = event.target;
    if (!(await autosave.flush()) && !button.hasAttribute("data-leave")) return;
    if (button.hasAttribute("data-leave")) {
      if (autosave.unsent) return showOffline("network");
      autosave.forget();
    }
    leaving = true;
    // The texts are saved: the form goes without them, so that no base can be stale.
    for (const area of target.querySelectorAll("textarea, input")) area.disabled = true;
    target.requestSubmit(button);
  });
}

if (form) {
  setUpDesk();
  setUpButtons();
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && autosave.unsent) event.preventDefault();
  });
  window.addEventListener("pagehide", () => autosave.leave());
  window.addEventListener("online", () => autosave.flush());
}
listen(direct.token, { etat: gotState, moi: renew });
