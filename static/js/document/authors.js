// Who wrote what: from the ids that the document gives to each character, never from the text.

/**
 * The stretches of a text, in order: [{id, name, text}] with the writer's public id and shown name, null
 * where nobody is known. `shared` is what openDocument() gave.
 * @param {Pick<SharedDocument, "text" | "writers">} shared
 * @param {string} key
 * @returns {Run[]}
 */
export function authors(shared, key) {
  /** @type {Run[]} */
  const runs = [];
  for (let item = shared.text(key)._start; item; item = item.right) {
    const text = item.deleted ? "" : /** @type {import("yjs").ContentString} */ (item.content).str || "";
    const [id, name] = shared.writers.get(item.id.client) || [null, null];
    const last = runs[runs.length - 1];
    if (text && last && last.id === id) last.text += text;
    else if (text) runs.push({ id, name, text });
  }
  return runs;
}
