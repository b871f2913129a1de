// « Qui a écrit quoi »: each text with the name of who wrote which stretch. Drawn when it is looked at.

import { authors } from "../document/authors.js";

const GONE = "Une personne partie";

/**
 * @param {Run} run
 * @param {Map<string | null, number>} places
 */
function stretch({ id, name, text }, places) {
  const made = document.createElement("span");
  const who = document.createElement("span");
  made.className = "run";
  made.dataset.author = String(places.get(id) || 0);
  who.className = "run-who";
  who.textContent = name || GONE;
  made.append(who, text);
  return made;
}

/**
 * Line breaks that begin a run end the one before: its author's name stands on the line of its words.
 * @param {Run[]} runs
 */
function fromLineStarts(runs) {
  return runs.map((run, index) => {
    const own = index ? run.text.replace(/^\n+(?=[^\n])/, "") : run.text;
    const next = runs[index + 1]?.text.match(/^\n+(?=[^\n])/)?.[0] || "";
    return { ...run, text: own + next };
  });
}

/**
 * @param {string} label
 * @param {Run[]} runs
 * @param {Map<string | null, number>} places
 */
function section(label, runs, places) {
  const title = document.createElement("h3");
  const text = document.createElement("p");
  title.textContent = label;
  text.dir = "auto";
  text.append(...fromLineStarts(runs).flatMap((run, index) => (index ? [" ", stretch(run, places)] : [stretch(run, places)])));
  return [title, text];
}

/**
 * The texts of the page in its order: [[key, label]].
 * @param {HTMLElement} work
 * @returns {[string, string][]}
 */
function labelled(work) {
  return [...work.querySelectorAll(".field[data-text]")].map((box) => {
    const question = box.closest(".question");
    const essential = box.matches(".essential") ? "L’essentiel\u00a0: " : "";
    const number = question ? `${question.id.split("-")[1]}) ` : "";
    const label = /** @type {HTMLElement} */ (box.querySelector("label"));
    return [/** @type {string} */ (box.dataset.text), essential + number + label.textContent.trim().replace(/\s+/g, " ")];
  });
}

/**
 * `place` is filled by the returned draw(members).
 * @param {HTMLElement} place
 * @param {HTMLElement} work
 * @param {SharedDocument} doc
 */
export function setUpAuthors(place, work, doc) {
  const texts = labelled(work);
  return (/** @type {Member[]} */ members) => {
    /** @type {Map<string | null, number>} */
    const places = new Map(members.map(({ id }, index) => [id, index + 1]));
    const made = texts
      .map(([key, label]) => /** @type {const} */ ([label, authors(doc, key)]))
      .filter(([, runs]) => runs.length)
      .flatMap(([label, runs]) => section(label, runs, places));
    const box = document.createElement("div");
    box.className = "authors";
    box.append(...(made.length ? made : ["Rien n’est encore écrit."]));
    place.replaceChildren(box);
  };
}
