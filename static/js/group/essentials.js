// « L’essentiel à transmettre »: who writes which one, which are passed on, and what still is not.

import { readings, sharesDevice } from "./panel.js";

/**
 * @param {Reading} reading
 * @param {boolean} shared
 */
function whoReads({ reader, mine }, shared) {
  if (mine) return ["Vous la lisez pour le groupe."];
  if (!reader) return ["Personne ne la lit encore."];
  const name = document.createElement("bdi");
  name.textContent = reader;
  return shared ? ["Écrit d’ici pour ", name, "."] : [name, " la lit pour le groupe."];
}

/** @param {[string | undefined, Reading][]} waiting */
function sentence(waiting) {
  if (!waiting.length) return "L’essentiel de chaque annexe est transmis.";
  /** @type {Map<string, (string | undefined)[]>} */
  const owed = new Map();
  for (const [number, { reader, mine }] of waiting) {
    const who = mine ? "vous" : reader || "à personne";
    owed.set(who, [...(owed.get(who) || []), number]);
  }
  const each = [...owed].map(([who, numbers]) => `${who} (annexe${numbers.length > 1 ? "s" : ""}\u00a0${numbers.join(", ")})`);
  return `Pas encore transmis\u00a0: ${each.join(", ")}.`;
}

/**
 * `root` holds the essentials, `panel` says who reads what, `passed` is the document's map.
 * Returns {draw(typing)}: `typing` is true while the fields take what is typed.
 * @param {HTMLElement} root
 * @param {HTMLElement} panel
 * @param {import("yjs").Map<boolean>} passed
 */
export function setUpEssentials(root, panel, passed) {
  const boxes = [...root.querySelectorAll(".essential")];
  const tick = (/** @type {HTMLElement} */ box) => /** @type {HTMLInputElement} */ (box.querySelector('input[type="checkbox"]'));
  /** @type {boolean | null} */
  let typing = false;

  function draw(now = typing) {
    typing = now;
    const who = readings(panel);
    const shared = sharesDevice(panel);
    for (const box of boxes) {
      const reading = who.get(box.dataset.annexe) || { reader: "", mine: false };
      const mayWrite = typing && (reading.mine || shared || !reading.reader);
      const area = /** @type {HTMLTextAreaElement} */ (box.querySelector("textarea"));
      area.readOnly = !mayWrite;
      /** @type {HTMLElement} */ (box.querySelector(".field-help")).replaceChildren(...whoReads(reading, shared));
      tick(box).checked = passed.get(/** @type {string} */ (box.dataset.annexe)) === true;
      tick(box).disabled = !mayWrite;
    }
    const note = panel.querySelector("#restes");
    if (!note) return;
    const waiting = [...who].filter(([number]) => passed.get(/** @type {string} */ (number)) !== true);
    const text = sentence(waiting);
    if (note.textContent !== text) note.textContent = text;
    note.dataset.kind = waiting.length ? "attention" : "success";
  }

  for (const box of boxes) {
    tick(box).addEventListener("change", () => passed.set(/** @type {string} */ (box.dataset.annexe), tick(box).checked));
  }
  passed.observe(() => draw());
  return { draw };
}
