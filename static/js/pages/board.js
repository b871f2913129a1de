// The teacher's board: buttons act without leaving the page, tiles and clock follow the class.

import { number, setServerTime } from "../lib/clock.js";
import { follow } from "../lib/fragment.js";
import { listen } from "../lib/live.js";
import { drawTide } from "../lib/tide.js";

const root = document.querySelector("#tableau");
let revision = null;
let rung = false;

function clockData() {
  const data = root.querySelector(".clock").dataset;
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

const ask = follow(root, tick);

async function act(event) {
  const form = event.target;
  if (!root.contains(form)) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  const menu = form.closest("details");
  if (menu) menu.open = false; // now: the fragment to come keeps open what is open
  try {
    const response = await fetch(form.action, { method: "POST", body });
    if (!response.ok) throw new Error(String(response.status));
    document.querySelector("#annonce").textContent = "";
  } catch {
    document.querySelector("#annonce").textContent = "Pas de réponse du serveur. Rien n’a changé : recommencez.";
  }
  ask({ now: true });
}

setServerTime(Number(root.querySelector(".clock").dataset.now));
document.addEventListener("submit", act);
setInterval(tick, 500);
tick();
listen(root.dataset.token, {
  etat(state) {
    if (revision !== null && state.revision !== revision) ask({ now: true });
    revision = state.revision;
  },
  tuiles: () => ask(),
});
