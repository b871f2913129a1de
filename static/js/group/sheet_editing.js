// The sheet on the group's page: written in place as it will be printed, its look, its images.

import { refreshImages, setUpImages } from "../poster/images.js";
import { followSheet } from "../poster/sheet.js";

/** The sheet as it is read becomes the sheet that is written on. */
export function unfoldSheet() {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("#feuille-a-ecrire"));
  /** @type {HTMLElement} */ (document.querySelector("#feuille-place")).replaceChildren(template.content);
  template.remove();
}

/**
 * `doc` is openDocument()'s, `bind(areas)` and `unbind(areas)` tie its texts. `place` is the student's address.
 * Returns {open(typing), shown(), images(ids)}: `images` is told which images the poster has now.
 * @param {{doc: SharedDocument, place: string, bind: (areas: HTMLTextAreaElement[]) => void, unbind: (areas: HTMLTextAreaElement[]) => void, say: Say, changed: () => unknown}} options
 */
export function setUpSheet({ doc, place, bind, unbind, say, changed }) {
  const sheet = /** @type {HTMLElement} */ (document.querySelector("#feuille-place .poster"));
  const section = /** @type {HTMLElement} */ (document.querySelector("#images"));
  const selects = /** @type {HTMLSelectElement[]} */ ([...document.querySelectorAll("[data-look]")]);
  const following = followSheet(sheet);
  /** @type {boolean | null} */
  let typing = false;
  let known = /** @type {HTMLElement} */ (document.querySelector("#membres")).dataset.images;

  function drawLook() {
    /** @type {Record<string, string>} */
    const wanted = {};
    for (const select of selects) {
      const name = /** @type {string} */ (select.dataset.look);
      wanted[name] = doc.look.get(name) || select.value;
      if (select.value !== wanted[name]) select.value = wanted[name];
    }
    following.look(wanted);
  }

  function open(now = typing) {
    typing = now;
    for (const select of selects) select.disabled = !typing;
    for (const form of section.querySelectorAll("form")) form.hidden = !typing;
  }

  for (const select of selects) {
    select.addEventListener("change", () => doc.look.set(/** @type {string} */ (select.dataset.look), select.value));
  }
  doc.look.observe(drawLook);
  drawLook();
  setUpImages(section, changed, say);
  return {
    open,
    shown: () => following.refresh(),
    /** @param {string | undefined} ids */
    async images(ids) {
      if (known === ids) return;
      known = ids;
      const more = { address: `/s/${place}/images/liste/`, sheet, section, bind, release: unbind };
      if (await refreshImages(more).catch(() => false)) {
        open();
        following.refresh();
      }
    },
  };
}
