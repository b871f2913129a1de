// Texts that the server has not acknowledged yet, kept for this tab alone (sessionStorage) and deleted on
// acknowledgement: the next student finds nothing. A device without storage still has the text on the page.

const PREFIX = "brouillon";

/**
 * Every draft that this tab keeps for this student's place: [{key, part, fields: {name: {text, base…}}}].
 * @param {string | undefined} place
 * @returns {{key: string, part: number, fields: Record<string, Draft>}[]}
 */
export function keptDrafts(place) {
  const found = [];
  try {
    for (const key of Object.keys(sessionStorage)) {
      const [, , part] = key.startsWith(`${PREFIX} ${place} `) ? key.split(" ") : [];
      if (part) found.push({ key, part: Number(part), fields: JSON.parse(/** @type {string} */ (sessionStorage.getItem(key))) });
    }
  } catch {
    // no storage, or not ours
  }
  return found;
}

export class Drafts {
  /**
   * @param {string | undefined} place
   * @param {number} part
   */
  constructor(place, part) {
    this.key = `${PREFIX} ${place} ${part}`;
  }

  /**
   * `fields`: {name: {text, base, settles, versions}}; nothing is kept of an empty one.
   * @param {Record<string, Draft>} fields
   */
  keep(fields) {
    try {
      if (Object.keys(fields).length) sessionStorage.setItem(this.key, JSON.stringify(fields));
      else sessionStorage.removeItem(this.key);
    } catch {
      // the text is still on the page
    }
  }

  /** @returns {Record<string, Draft>} */
  read() {
    try {
      return JSON.parse(/** @type {string} */ (sessionStorage.getItem(this.key))) || {};
    } catch {
      return {};
    }
  }
}
