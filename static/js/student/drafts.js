// Texts that the server has not acknowledged yet, kept for this tab alone (sessionStorage) and deleted on
// acknowledgement: the next student finds nothing. A device without storage still has the text on the page.

const PREFIX = "brouillon";

/** Every draft that this tab keeps for this student's place: [{key, part, fields: {name: {text, base…}}}]. */
export function keptDrafts(place) {
  const found = [];
  try {
    for (const key of Object.keys(sessionStorage)) {
      const [, , part] = key.startsWith(`${PREFIX} ${place} `) ? key.split(" ") : [];
      if (part) found.push({ key, part: Number(part), fields: JSON.parse(sessionStorage.getItem(key)) });
    }
  } catch {
    // no storage, or not ours
  }
  return found;
}

export class Drafts {
  constructor(place, part) {
    this.key = `${PREFIX} ${place} ${part}`;
  }

  /** `fields`: {name: {text, base, settles, versions}}; nothing is kept of an empty one. */
  keep(fields) {
    try {
      if (Object.keys(fields).length) sessionStorage.setItem(this.key, JSON.stringify(fields));
      else sessionStorage.removeItem(this.key);
    } catch {
      // the text is still on the page
    }
  }

  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key)) || {};
    } catch {
      return {};
    }
  }
}
