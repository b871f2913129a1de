// A field takes 20,000 characters. Browsers cut what is pasted beyond it without a word: here it is refused whole.

const SENTENCE = "Une réponse compte au plus 20\u202f000 signes. ";

/** @param {HTMLTextAreaElement} area */
function room(area) {
  return area.maxLength - area.value.length + (area.selectionEnd - area.selectionStart);
}

/**
 * Says it below the field, and takes it back as soon as there is room again.
 * @param {HTMLTextAreaElement} area
 * @param {string} text
 */
function say(area, text) {
  const id = `limite-${area.id}`;
  let note = document.getElementById(id);
  if (!text) return note?.remove();
  if (!note) {
    note = document.createElement("p");
    Object.assign(note, { id, className: "note" });
    note.dataset.kind = "attention";
    note.setAttribute("role", "alert");
    area.after(note);
  }
  if (note.textContent !== text) note.textContent = text;
}

/** @param {HTMLTextAreaElement} area */
export function setUpLimit(area) {
  if (area.maxLength <= 0) return;
  /**
   * @param {Event} event
   * @param {string | undefined} text
   */
  const refuse = (event, text) => {
    const length = (text || "").replace(/\r\n?/g, "\n").length;
    if (area.readOnly || length <= room(area)) return;
    event.preventDefault();
    say(area, `${SENTENCE}Ce texte en compte ${length.toLocaleString("fr")}\u00a0: il n’a pas été collé, rien n’a changé.`);
  };
  const look = () => {
    const over = area.value.length - area.maxLength;
    if (over > 0) say(area, `${SENTENCE}Celle-ci en compte ${area.value.length.toLocaleString("fr")}\u00a0: tout est gardé, mais il faudra la raccourcir.`);
    else say(area, over === 0 ? `${SENTENCE}Celle-ci est pleine.` : "");
  };
  area.addEventListener("paste", (event) => refuse(event, event.clipboardData?.getData("text/plain")));
  area.addEventListener("drop", (event) => refuse(event, event.dataTransfer?.getData("text/plain")));
  area.addEventListener("input", look);
  look();
}
