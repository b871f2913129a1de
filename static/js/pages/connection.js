// The connection test: what the lesson will ask of this device, tried once. Nothing is kept.

const list = /** @type {HTMLElement} */ (document.querySelector("#essai"));
const base = list.dataset.live;
/** @type {Record<string, string>} */
const ICONS = { done: "check", attention: "warning", error: "offline", wait: "clock" };
/** @type {Record<string, string>} */
const WORDS = { done: "Réussi", attention: "À savoir", error: "Échec", wait: "Essai en cours…" };
const ASKED = 5;
const SLOW_MS = 500;
const CLOCK_MS = 60_000;
const LIMIT_MS = 8000;
let worst = "done";

/**
 * @param {string} check
 * @param {string} kind
 * @param {string} [said]
 */
function show(check, kind, said) {
  const row = /** @type {HTMLElement} */ (list.querySelector(`[data-check="${check}"]`));
  const status = /** @type {HTMLElement} */ (row.querySelector(".status"));
  const use = /** @type {SVGUseElement} */ (status.querySelector("use"));
  use.setAttribute("href", /** @type {string} */ (use.getAttribute("href")).replace(/#.*$/, `#${ICONS[kind]}`));
  status.dataset.kind = kind;
  /** @type {Node} */ (status.lastChild).textContent = WORDS[kind];
  row.dataset.kind = kind;
  if (said) /** @type {HTMLElement} */ (row.querySelector(".trial-said")).textContent = said;
  if (kind === "error" || (kind === "attention" && worst === "done")) worst = kind;
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
function soon(url, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LIMIT_MS);
  return fetch(url, { cache: "no-store", ...options, signal: stop.signal }).finally(() => clearTimeout(timer));
}

function browser() {
  try {
    sessionStorage.setItem("essai", "1");
    sessionStorage.removeItem("essai");
  } catch {
    show("browser", "attention", "Le navigateur refuse de garder un brouillon : une coupure du réseau pendant un rechargement perdrait quelques mots.");
    return;
  }
  if (!navigator.cookieEnabled) return show("browser", "error", "Les cookies sont refusés : il en faut un, et un seul, pour rejoindre une activité.");
  if (!("EventSource" in window)) return show("browser", "attention", "Le navigateur ne connaît pas le suivi en direct : la page demandera des nouvelles toutes les quatre secondes.");
  show("browser", "done", "Assez récent pour tout ce que demande la leçon.");
}

async function ask() {
  const from = performance.now();
  const response = await soon(`${base}etat`);
  if (!response.ok) throw new Error(String(response.status));
  const { now } = await response.json();
  const took = performance.now() - from;
  return { took, offset: Date.now() - took / 2 - now };
}

async function speedAndClock() {
  const asked = [];
  try {
    for (let count = 0; count < ASKED; count += 1) asked.push(await ask());
  } catch {
    show("latency", "error", "Le serveur ne répond plus, ou trop tard.");
    return show("clock", "wait", "Sans réponse du serveur, rien à comparer.");
  }
  asked.sort((one, other) => one.took - other.took);
  const { took } = asked[ASKED >> 1];
  const told = `${Math.max(1, Math.round(took))} millisecondes pour un aller et retour.`;
  show("latency", took < SLOW_MS ? "done" : "attention", took < SLOW_MS ? told : `${told} C’est lent, mais suffisant pour écrire.`);
  clock(asked[0].offset);
}

/** @param {number} offset */
function clock(offset) {
  const far = Math.abs(offset);
  if (far < 1500) return show("clock", "done", "À la même heure que le serveur.");
  const seconds = Math.round(far / 1000);
  const told = seconds < 120 ? `${seconds} secondes` : seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : seconds < 172800 ? `${Math.round(seconds / 3600)} heures` : `${Math.round(seconds / 86400)} jours`;
  show("clock", far < CLOCK_MS ? "done" : "attention", `Cet appareil ${offset > 0 ? "avance" : "retarde"} de ${told}. Le temps restant sera juste quand même.`);
}

async function save() {
  const word = "« Été » — l’essai";
  try {
    const response = await soon(`${base}enregistrer`, { method: "POST", body: word });
    if (!response.ok) throw new Error(String(response.status));
    if ((await response.text()) !== word) return show("save", "error", "Le texte est revenu changé : quelque chose le modifie en chemin.");
    show("save", "done", "Un mot est parti et revenu intact. Il n’a pas été gardé.");
  } catch {
    show("save", "error", "Ce qui est envoyé n’arrive pas, ou ne revient pas.");
  }
}

/** Two events a second apart: a proxy that holds a stream back gives none, or all at once. */
function stream() {
  return new Promise((resolve) => {
    if (!("EventSource" in window)) return resolve(false);
    const source = new EventSource(`${base}flux`);
    /** @type {number[]} */
    const at = [];
    const end = (/** @type {boolean} */ works) => {
      clearTimeout(timer);
      source.close();
      resolve(works);
    };
    const timer = setTimeout(() => end(false), LIMIT_MS);
    source.onerror = () => end(false);
    source.addEventListener("etat", () => {
      at.push(performance.now());
      if (at.length === 3) end(at[2] - at[0] > 1000);
    });
  });
}

async function follow() {
  if (await stream()) return show("stream", "done", "Les nouvelles arrivent sans attendre.");
  try {
    await ask();
    show("stream", "attention", "Le direct ne passe pas, mais la page peut demander des nouvelles.");
  } catch {
    show("stream", "error", "Aucune nouvelle du serveur n’arrive.");
  }
}

async function run() {
  const sum = /** @type {HTMLElement} */ (document.querySelector("#bilan"));
  const again = /** @type {HTMLElement} */ (document.querySelector("#encore"));
  worst = "done";
  again.hidden = true;
  delete sum.dataset.kind;
  sum.textContent = /** @type {string} */ (sum.dataset.waiting);
  for (const check of ["latency", "clock", "save", "stream"]) show(check, "wait");
  browser();
  await speedAndClock();
  await Promise.all([save(), follow()]);
  sum.dataset.kind = worst;
  const key = /** @type {Record<string, string>} */ ({ done: "done", attention: "limited", error: "failed" })[worst];
  sum.textContent = /** @type {string} */ (sum.dataset[key]);
  again.hidden = false;
}

/** @type {HTMLElement} */ (document.querySelector("#encore")).addEventListener("click", run);
run();
