// Images of the poster: sent with a progress bar. Where the network fails, the file chosen stays in its field.
// The form works without this.

import { listening } from "../lib/listening.js";

const OFFLINE = "Pas de réponse du serveur\u202f: l’image n’est pas encore envoyée. Elle reste choisie ici\u202f; appuyez de nouveau sur le bouton.";
const BIG = "Cette image dépasse 5\u00a0Mo. Choisissez-en une plus légère, ou réduisez-la.";
const MAX_BYTES = 5e6; // metroloco_site/kit/images.py

/**
 * @param {string} text
 * @param {string} kind
 */
function note(text, kind) {
  const made = document.createElement("p");
  made.className = "note";
  made.dataset.kind = kind;
  made.textContent = text;
  return made;
}

/**
 * XMLHttpRequest, because fetch() does not tell how much has left.
 * @param {HTMLFormElement} form
 * @param {HTMLProgressElement} progress
 * @returns {Promise<XMLHttpRequest>}
 */
function send(form, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Fragment", "1");
    request.timeout = 120_000;
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) progress.value = loaded / total;
    };
    const told = () => [200, 422].includes(request.status) || request.getResponseHeader("X-Fragment");
    request.onload = () => (told() ? resolve(request) : reject(request.status));
    request.onerror = request.ontimeout = request.onabort = () => reject(0);
    request.send(new FormData(form));
  });
}

/**
 * `section` is #images. `changed()` asks for the panel again once an image came or went; `say(text)` announces.
 * Returns {close()}.
 * @param {HTMLElement} section
 * @param {() => unknown} changed
 * @param {Say} say
 */
export function setUpImages(section, changed, say) {
  const { on, stop } = listening();
  const answer = () => /** @type {HTMLElement} */ (section.querySelector(".image-answer"));

  /** @param {HTMLFormElement} form */
  async function add(form) {
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
    const file = /** @type {FileList} */ (form.elements.image.files)[0];
    if (file && file.size > MAX_BYTES) return answer().replaceChildren(note(BIG, "error"));
    const progress = /** @type {HTMLProgressElement} */ (form.querySelector("progress"));
    button.disabled = true;
    progress.value = 0;
    progress.hidden = false;
    try {
      const request = await send(form, progress);
      const came = new DOMParser().parseFromString(request.responseText, "text/html").body.children;
      answer().replaceChildren(...came);
      if (request.status === 200) {
        form.reset();
        changed();
      }
    } catch {
      answer().replaceChildren(note(OFFLINE, "attention"));
    } finally {
      button.disabled = false;
      progress.hidden = true;
    }
  }

  /** @param {HTMLFormElement} form */
  async function remove(form) {
    try {
      const done = await fetch(form.action, { method: "POST", redirect: "manual" });
      if (done.type !== "opaqueredirect" && !done.ok && done.status !== 404) throw new Error(String(done.status));
      say("Image retirée.");
      changed();
    } catch {
      say("Pas de réponse du serveur\u202f: l’image est encore là. Recommencez.");
    }
  }

  on(section, "submit", (event) => {
    const act = "add" in event.target.dataset ? add : "remove" in event.target.dataset ? remove : null;
    if (!act) return;
    event.preventDefault();
    act(event.target);
  });
  return { close: stop };
}

/** @param {ParentNode} root */
const shown = (root) => [...root.querySelectorAll(".poster-images img")].map((image) => image.getAttribute("src")).join(" ");

/**
 * What stands in a zone's place for images, taken over from a fresh sheet.
 * @param {HTMLElement} zone
 * @param {HTMLElement} fresh
 */
function swapZone(zone, fresh) {
  const there = zone.querySelector(".poster-images");
  const come = fresh.querySelector(".poster-images");
  if (there) there.remove();
  if (come) /** @type {HTMLElement} */ (zone.querySelector(".poster-heading")).after(come);
  if (fresh.dataset.images) zone.dataset.images = fresh.dataset.images;
  else delete zone.dataset.images;
}

/**
 * Takes over the images of a fresh sheet (GET `address`), texts untouched. `sheet` is the <article>, `section` is
 * #images. `bind(areas)` ties the areas that came, `release(areas)` unties those that went.
 * @param {{address: string, sheet: HTMLElement, section: HTMLElement, bind: (areas: HTMLTextAreaElement[]) => void, release: (areas: HTMLTextAreaElement[]) => void}} options
 */
export async function refreshImages({ address, sheet, section, bind, release }) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (shown(fresh) === shown(sheet)) return false;
  const said = /** @type {HTMLElement} */ (section.querySelector(".image-answer"));
  const old = [...sheet.querySelectorAll(".poster-images textarea"), ...section.querySelectorAll("textarea")];
  release(old);
  for (const zone of sheet.querySelectorAll(".poster-zone")) {
    swapZone(zone, /** @type {HTMLElement} */ (fresh.querySelector(`.poster-zone[data-zone="${zone.dataset.zone}"]`)));
  }
  const file = /** @type {HTMLInputElement | null} */ (section.querySelector('input[type="file"]'));
  section.replaceChildren(.../** @type {HTMLElement} */ (fresh.querySelector("#images")).children);
  /** @type {HTMLElement} */ (section.querySelector(".image-answer")).replaceWith(said);
  const place = section.querySelector('input[type="file"]');
  if (file && place && /** @type {FileList} */ (file.files).length) place.replaceWith(file); // chosen, not sent yet
  bind([...sheet.querySelectorAll(".poster-images textarea"), ...section.querySelectorAll("textarea")]);
  return true;
}
