// The group's panel: who is there, roles, who reads what. Asked for again when any member changes something.

import { follow } from "../lib/fragment.js";
import { hear } from "../lib/live.js";
import { pressed } from "../lib/pressed_button.js";

const LOST = "Pas de réponse du serveur\u202f: rien n’est changé. Recommencez.";

/** @param {HTMLElement} panel */
function facts(panel) {
  const read = (/** @type {string} */ selector) => [...panel.querySelectorAll(selector)].map((one) => one.textContent.trim()).join("|");
  return { roles: read(".role strong"), readings: read(".reading-who"), members: read(".members bdi") };
}

/**
 * What each member reads, by the number of the annexe: {reader, mine}.
 * @param {HTMLElement} panel
 * @returns {Map<string | undefined, Reading>}
 */
export function readings(panel) {
  const found = new Map();
  for (const line of panel.querySelectorAll("li[data-annexe]")) {
    found.set(line.dataset.annexe, { reader: line.dataset.reader, mine: "mine" in line.dataset });
  }
  return found;
}

/**
 * [{id, name, me}] in the order of their seats.
 * @param {HTMLElement} panel
 * @returns {Member[]}
 */
export function members(panel) {
  return [...panel.querySelectorAll("li[data-member]")].map((line) => ({
    id: /** @type {string} */ (line.dataset.member),
    name: /** @type {HTMLElement} */ (line.querySelector("bdi")).textContent,
    me: "me" in line.dataset,
  }));
}

/** @param {HTMLElement} panel */
export function sharesDevice(panel) {
  return /** @type {HTMLElement} */ (panel.querySelector("#appareil")).dataset.shared === "1";
}

/**
 * A member's page has opened or gone.
 * @param {HTMLElement} panel
 * @param {{qui: string, la: boolean}} seen
 */
function drawHere(panel, { qui, la }) {
  const line = panel.querySelector(`li[data-key="${qui}"] .away`);
  if (line) line.hidden = la;
}

/**
 * `changed()` runs after each change; `say(text)` tells it. Returns {ask}.
 * @param {HTMLElement} panel
 * @param {Say} say
 * @param {() => void} changed
 */
export function setUpPanel(panel, say, changed) {
  let known = facts(panel);
  const following = follow(panel, () => {
    const now = facts(panel);
    if (now.members !== known.members) say("Votre groupe a changé.");
    else if (now.roles !== known.roles) say("Les rôles ont tourné.");
    else if (now.readings !== known.readings) say("La répartition des annexes a changé.");
    known = now;
    changed();
  });

  /** @param {Submitted} event */
  async function submit(event) {
    event.preventDefault();
    const form = event.target;
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    const button = pressed(event);
    if (button && button.name) body.set(button.name, button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect" && !answer.ok && answer.status !== 404) throw new Error(String(answer.status));
      following.ask({ now: true });
    } catch {
      say(LOST);
    }
  }

  panel.addEventListener("submit", submit);
  hear("la", (text) => drawHere(panel, JSON.parse(text)));
  return following;
}
