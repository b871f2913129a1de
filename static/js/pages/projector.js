// The projector follows the board without being touched.

import { fit } from "../board/fit_text.js";
import { command } from "../board/video.js";
import { number, setServerTime } from "../lib/clock.js";
import { follow } from "../lib/fragment.js";
import { listen } from "../lib/live.js";
import { drawTide } from "../lib/tide.js";

const root = /** @type {HTMLElement} */ (document.querySelector("#ecran"));
let revision = Number(root.dataset.revision); // of the page: what changed before its stream opened is shown too
/** @type {boolean | null} */
let rung = null;

function tick() {
  const data = /** @type {HTMLElement} */ (root.querySelector("#temps")).dataset;
  const left = drawTide(root, {
    status: data.status,
    deadline: number(data.deadline),
    remaining: number(data.remaining),
    total: number(data.total) ?? 0,
  });
  if (left === 0 && rung === false) ask(); // « Temps écoulé »
  rung = left === 0;
}

const { ask } = follow(root, () => {
  tick();
  fit(root);
});

/** @param {string} text */
function showPresent(text) {
  const line = root.querySelector("#presents");
  const count = Number(text);
  if (line) line.textContent = `${count}\u00a0${count > 1 ? "présents" : "présent"}`;
}

/**
 * How many have voted, of how many who may: « 12 28 ».
 * @param {string} text
 */
function showVoted(text) {
  const line = root.querySelector("#votants");
  if (line) line.textContent = text.replace(" ", "\u00a0sur\u00a0");
}

document.documentElement.dataset.live = "";
setServerTime(Number(/** @type {HTMLElement} */ (root.querySelector("#temps")).dataset.now));
setInterval(tick, 500);
window.addEventListener("resize", () => fit(root));
tick();
fit(root);
listen(root.dataset.token, {
  etat(state, polled) {
    const changed = state.revision !== revision;
    if (changed || (polled && root.querySelector("#presents, #votants"))) ask({ now: changed });
    revision = state.revision;
  },
  presents: showPresent,
  votants: showVoted,
  video: (what) => command(root, what),
});
