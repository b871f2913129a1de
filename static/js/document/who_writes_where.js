// Who of the others writes in which text: what the server says of them, for a few seconds each.

const FOR_MS = 8000; // the server says it again every 4 s while they go on

/**
 * `told(map)`: text key → [names]. Returns {said({p, nom, bloc})}.
 * @param {string} mine
 * @param {(map: Map<string, string[]>) => void} told
 */
export function whereabouts(mine, told) {
  /** @type {Map<string, {name: string, text: string, timer: number}>} */
  const here = new Map(); // public id → {name, text, timer}

  function tell() {
    const map = new Map();
    for (const { name, text } of here.values()) map.set(text, [...(map.get(text) || []), name]);
    told(map);
  }

  /** @param {string} id */
  function forget(id) {
    here.delete(id);
    tell();
  }

  return {
    /** @param {{p: string, nom: string, bloc: string}} who */
    said({ p: id, nom: name, bloc: text }) {
      if (id === mine) return;
      clearTimeout(here.get(id)?.timer);
      if (!text) return forget(id);
      here.set(id, { name, text, timer: setTimeout(() => forget(id), FOR_MS) });
      tell();
    },
  };
}
