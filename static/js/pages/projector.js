// The projector follows the board without being touched.

import { number, setServerTime } from "../lib/clock.js";
import { follow } from "../lib/fragment.js";
import { listen } from "../lib/live.js";
import { drawTide } from "../lib/tide.js";

const root = document.querySelector("#ecran");
let revision = null;

function tick() {
  const data = root.querySelector("#temps").dataset;
  drawTide(root, {
    status: data.status,
    deadline: number(data.deadline),
    remaining: number(data.remaining),
    total: number(data.total) ?? 0,
  });
}

const ask = follow(root, tick);

setServerTime(Number(root.querySelector("#temps").dataset.now));
setInterval(tick, 500);
tick();
listen(root.dataset.token, {
  etat(state) {
    if (revision !== null && state.revision !== revision) ask({ now: true });
    revision = state.revision;
  },
});
