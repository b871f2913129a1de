// The tide and its figure, redrawn from the deadline; nothing is counted down, so a sleeping tab is right
// as soon as it wakes.

import { figure, left } from "./clock.js";

const MINUTE = 60_000;

/**
 * @param {Time} time
 * @param {number} milliseconds
 */
function tideState(time, milliseconds) {
  if (time.status === "paused") return "paused";
  if (milliseconds === 0) return "over";
  if (milliseconds <= MINUTE) return "one";
  return milliseconds <= 5 * MINUTE ? "five" : "calm";
}

/**
 * Draws every tide and figure under `root`; returns milliseconds left, or null before the start.
 * @param {ParentNode} root
 * @param {Time} time
 */
export function drawTide(root, time) {
  const milliseconds = left(time);
  if (milliseconds === null) return null;
  const state = tideState(time, milliseconds);
  for (const band of root.querySelectorAll("progress.tide")) {
    band.max = Math.max(time.total, 1) / 1000;
    band.value = milliseconds / 1000;
    band.dataset.tide = state;
  }
  for (const line of root.querySelectorAll(".time-left")) {
    line.dataset.tide = state;
    const shown = /** @type {HTMLElement} */ (line.querySelector(".time-figure"));
    const text = figure(milliseconds);
    if (shown.textContent !== text) shown.textContent = text;
  }
  return milliseconds;
}

/**
 * Says 10, 5 and 1 min once each, politely, and the end. `before` and `now` are milliseconds left.
 * @param {HTMLElement} element
 * @param {number | null} before
 * @param {number | null} now
 */
export function announceTime(element, before, now) {
  if (before === null || now === null) return;
  for (const minutes of [10, 5, 1]) {
    if (before > minutes * MINUTE && now <= minutes * MINUTE) {
      element.textContent = minutes === 1 ? "Il reste une minute." : `Il reste ${minutes} minutes.`;
    }
  }
  if (before > 0 && now === 0) element.textContent = "Le temps est écoulé.";
}

/**
 * @param {number} count
 * @param {string} word
 */
function plural(count, word) {
  return `${count} ${word}${count > 1 ? "s" : ""}`;
}

/**
 * The time as a sentence, for the one who asks.
 * @param {Time} time
 */
export function timeInWords(time) {
  const milliseconds = left(time);
  if (milliseconds === null) return "La partie n’a pas commencé.";
  if (milliseconds === 0) return "Le temps est écoulé.";
  const seconds = Math.ceil(milliseconds / 1000);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const parts = [minutes && plural(minutes, "minute"), rest && plural(rest, "seconde")].filter(Boolean);
  const words = parts.join(" et ");
  return time.status === "paused" ? `Pause. Il restera ${words}.` : `Il reste ${words}.`;
}
