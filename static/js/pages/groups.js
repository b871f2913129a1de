// « Groupes », for the teacher: buttons act without leaving the page, a name may be dragged to another
// group, and the page follows what others change. All of it also goes with buttons and links alone.

import { follow } from "../lib/fragment.js";
import { listen } from "../lib/live.js";
import { pressed } from "../lib/pressed_button.js";

const root = /** @type {HTMLElement} */ (document.querySelector("#groupes"));
const notice = /** @type {HTMLElement} */ (document.querySelector("#annonce"));
const fragment = /** @type {string} */ (root.dataset.fragment);
let revision = Number(root.dataset.revision); // of the page: what changed before its stream opened is asked for too
/** @type {HTMLElement | null} */
let dragged = null;

const { ask, show } = follow(root, letDrag);

/**
 * The page as it is at this address: with the panel of a student or of a group, or none.
 * @param {string} address
 */
function goTo(address) {
  const asked = new URL(address, location.href).searchParams;
  asked.delete("fragment");
  const search = asked.toString();
  history.replaceState(null, "", search ? `${fragment}?${search}` : fragment);
  root.dataset.fragment = `${fragment}?${search ? `${search}&` : ""}fragment=1`;
}

function failed() {
  const note = document.createElement("p");
  note.className = "note";
  note.dataset.kind = "error";
  note.textContent = "Pas de réponse du serveur. Rien n’a changé\u00a0: recommencez.";
  notice.replaceChildren(note);
  ask();
}

/**
 * @param {string} address
 * @param {FormData} body
 */
async function send(address, body) {
  notice.replaceChildren();
  try {
    const response = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "1" } });
    if (!response.ok) throw new Error(String(response.status));
    const html = await response.text();
    goTo(response.url);
    show(html);
  } catch {
    failed();
  }
}

/** @param {Submitted} event */
async function act(event) {
  const form = event.target;
  if (!root.contains(form) || form.method !== "post") return;
  event.preventDefault();
  const body = new FormData(form);
  const button = pressed(event);
  if (button && button.name) body.append(button.name, button.value);
  const moved = body.get("participant");
  const held = /** @type {const} */ ([button && button.textContent, form.closest("#tirage")]);
  await send(form.action, body);
  if (held[1]) /** @type {HTMLDetailsElement} */ (root.querySelector("#tirage")).open = false;
  if (!document.activeElement || document.activeElement === document.body) focusAgain(moved, held[0]);
}

/**
 * A button that has gone away leaves the focus nowhere: on the panel, on who was moved, or on the first heading.
 * @param {FormDataEntryValue | null} moved
 * @param {string | null} word
 */
function focusAgain(moved, word) {
  const same = [...root.querySelectorAll("#choix button")].find((button) => button.textContent === word);
  const next = same || root.querySelector("#choix-titre") || (moved && root.querySelector(`#membre-${moved} a`));
  /** @type {HTMLElement} */ (next || document.querySelector("#contenu")).focus({ preventScroll: !next });
}

/** @param {Clicked} event */
async function openPanel(event) {
  const link = event.target.closest("a[data-panel]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const from = new URLSearchParams(location.search);
  notice.replaceChildren();
  goTo(link.href);
  await ask({ now: true });
  const title = root.querySelector("#choix-titre");
  if (title) {
    title.focus({ preventScroll: true });
    return /** @type {HTMLElement} */ (title.closest("section")).scrollIntoView({ block: "nearest" });
  }
  const back = root.querySelector(`#membre-${from.get("eleve")} a`) || root.querySelector(`#groupe-${from.get("groupe")} a[data-panel]`);
  if (back) back.focus();
}

// --- dragging, beside the buttons ---------------------------------------------------------------

function letDrag() {
  for (const member of root.querySelectorAll(".member:not([data-absent])")) {
    member.draggable = true;
    /** @type {HTMLElement} */ (member.querySelector("a")).draggable = false; // else the link itself would be dragged
  }
}

/** @param {DragEvent & {target: HTMLElement}} event */
function place(event) {
  const found = dragged && event.target.closest && event.target.closest("[data-group]");
  return found && !found.contains(dragged) && !("full" in found.dataset) ? found : null;
}

/** @param {HTMLElement | null} element */
function mark(element) {
  for (const marked of root.querySelectorAll(".drop-here")) if (marked !== element) marked.classList.remove("drop-here");
  if (element) element.classList.add("drop-here");
}

root.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".member[draggable]");
  if (!dragged) return;
  /** @type {DataTransfer} */ (event.dataTransfer).effectAllowed = "move";
  /** @type {DataTransfer} */ (event.dataTransfer).setData("text/plain", "");
  dragged.classList.add("dragged");
});
root.addEventListener("dragover", (event) => {
  const target = place(event);
  if (target) event.preventDefault();
  mark(target);
});
root.addEventListener("drop", (event) => {
  const target = place(event);
  if (!target) return;
  event.preventDefault();
  const body = new FormData();
  body.append("csrfmiddlewaretoken", /** @type {HTMLInputElement} */ (root.querySelector("[name=csrfmiddlewaretoken]")).value);
  body.append("participant", /** @type {string} */ (/** @type {HTMLElement} */ (dragged).dataset.participant));
  body.append("group", /** @type {string} */ (target.dataset.group));
  send(/** @type {string} */ (root.dataset.move), body);
});
root.addEventListener("dragend", () => {
  mark(null);
  if (dragged) dragged.classList.remove("dragged");
  dragged = null;
});

goTo(location.href);
letDrag();
document.addEventListener("submit", act);
root.addEventListener("click", openPanel);
listen(root.dataset.token, {
  etat(state, polled) {
    if (polled || state.revision !== revision) ask();
    revision = state.revision;
  },
  arrivee: () => ask(), // a latecomer, without a group
});
