// Texts of a part that is over, still unsent when the page was loaded again: they go now, and the page
// says what became of them.

import { Autosave, newField } from "./autosave.js";
import { keptDrafts } from "./drafts.js";

/**
 * @param {string} url
 * @param {string | undefined} place
 * @param {ReturnType<typeof keptDrafts>[number]} kept
 * @param {(reason: string) => void} link
 */
function makeAutosave(url, place, { part, fields }, link) {
  const made = new Map();
  for (const [name, draft] of Object.entries(fields)) {
    made.set(name, Object.assign(newField({ value: draft.text }, draft.base, null), draft));
  }
  return new Autosave({ url, place, part, fields: made, show: () => {}, link });
}

/**
 * Sends to `url` what this tab keeps for `place` of other parts than `part`; `done()` once all is acknowledged. `note` is the
 * page's LinkNote. Returns {unsent}.
 * @param {string} url
 * @param {string | undefined} place
 * @param {number | null} part
 * @param {import("./cut_off.js").LinkNote} note
 * @param {() => unknown} done
 */
export function sendLeftovers(url, place, part, note, done) {
  const all = keptDrafts(place)
    .filter((kept) => kept.part !== part)
    .map((kept) => makeAutosave(url, place, kept, (reason) => note.saving(reason || (unsent() ? "left" : ""))));

  function unsent() {
    return all.some((one) => one.unsent);
  }

  async function go() {
    await Promise.all(all.map((one) => one.flush()));
    if (unsent()) setTimeout(go, 3000);
    else done();
  }

  if (all.length) {
    note.saving("left");
    go();
  }
  return {
    get unsent() {
      return unsent();
    },
  };
}
