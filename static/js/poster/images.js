// Images of the poster: sent with a progress bar. Where the network fails, the file chosen stays in its field.
// The form works without this.

import { listening } from "../lib/listening.js";

const OFFLINE = "Pas de réponse du serveur\u202f: l’image n’est pas encore envoyée. Elle reste choisie ici\u202f; appuyez de nouveau sur le bouton.";
const BIG = "Cette image dépasse 5\u00a0Mo. Choisissez-en une plus légère, ou réduisez-la.";
const MAX_BYTES = 5e6; // metroloco_site/kit/images.py

function note(text, kind) {
  const made = document.createElement("p");
  made.className = "note";
  made.dataset.kind = kind;
  made.textContent = text;
  return made;
}

/** XMLHttpRequest, because fetch() does not tell how much has left. */
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
 */
export function setUpImages(section, changed, say) {
  const { on, stop } = listening();
  const answer = () => section.querySelector(".image-answer");

  async function add(form) {
    const button = form.querySelector("button");
    const file = form.elements.image.files[0];
    if (file && file.size > MAX_BYTES) return answer().replaceChildren(note(BIG, "error"));
    const progress = form.querySelector("progress");
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

  async function remove(form) {
    try {
      const done = await fetch(form.action, { method: "POST", redirect: "manual" });
      if (done.type !== "opaqueredirect" && !done.ok && done.status !== 404) throw new Error(done.status);
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

const shown = (root) => [...root.querySelectorAll(".poster-images img")].map((image) => image.getAttribute("src")).join(" ");

/** What stands in a zone's place for images, taken over from a fresh sheet. */
function swapZone(zone, fresh) {
  const there = zone.querySelector(".poster-images");
  const come = fresh.querySelector(".poster-images");
  if (there) there.remove();
  if (come) zone.querySelector(".poster-heading").after(come);
  if (fresh.dataset.images) zone.dataset.images = fresh.dataset.images;
  else delete zone.dataset.images;
}

/**
 * Takes over the images of a fresh sheet (GET `address`), texts untouched. `sheet` is the <article>, `section` is
 * #images. `bind(areas)` ties the areas that came, `release(areas)` unties those that went.
 */
export async function refreshImages({ address, sheet, section, bind, release }) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (shown(fresh) === shown(sheet)) return false;
  const said = section.querySelector(".image-answer");
  const old = [...sheet.querySelectorAll(".poster-images textarea"), ...section.querySelectorAll("textarea")];
  release(old);
  for (const zone of sheet.querySelectorAll(".poster-zone")) {
    swapZone(zone, fresh.querySelector(`.poster-zone[data-zone="${zone.dataset.zone}"]`));
  }
  const file = section.querySelector('input[type="file"]');
  section.replaceChildren(...fresh.querySelector("#images").children);
  section.querySelector(".image-answer").replaceWith(said);
  const place = section.querySelector('input[type="file"]');
  if (file && place && file.files.length) place.replaceWith(file); // chosen, not sent yet
  bind([...sheet.querySelectorAll(".poster-images textarea"), ...section.querySelectorAll("textarea")]);
  return true;
}
