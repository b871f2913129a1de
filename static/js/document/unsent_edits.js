// Edits that the server has not acknowledged yet, kept for this tab alone (sessionStorage) and deleted on
// acknowledgement: the next student finds nothing. A device without storage still has them on the page.

const PREFIX = "affiche";

/**
 * For the place of one student, so that nobody sends what another left: {read() → value or null, keep(value)}.
 * @param {string} place
 * @returns {KeptStore}
 */
export function keptFor(place) {
  const key = `${PREFIX} ${place}`;
  return {
    read() {
      try {
        return JSON.parse(/** @type {string} */ (sessionStorage.getItem(key)));
      } catch {
        return null;
      }
    },
    keep(value) {
      try {
        if (value) sessionStorage.setItem(key, JSON.stringify(value));
        else sessionStorage.removeItem(key);
      } catch {
        // they are still on the page
      }
    },
  };
}
