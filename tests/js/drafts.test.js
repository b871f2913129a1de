// What a tab keeps of texts that the server has not acknowledged: of one place, of one part, and nothing afterwards.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { keptFor } from "../../static/js/document/unsent_edits.js";
import { Drafts, keptDrafts } from "../../static/js/student/drafts.js";
import { freshStorage, noStorage } from "./pages.js";

const draft = (text) => ({ q1: { text, base: 1, settles: false, versions: [] } });

beforeEach(freshStorage);

test("what is kept is read again, by the same place and part alone", () => {
  new Drafts("ici", 1).keep(draft("un"));
  assert.deepEqual(new Drafts("ici", 1).read(), draft("un"));
  assert.deepEqual(new Drafts("ici", 2).read(), {});
  assert.deepEqual(new Drafts("ailleurs", 1).read(), {});
});

test("nothing stays of what is acknowledged", () => {
  const drafts = new Drafts("ici", 1);
  drafts.keep(draft("un"));
  drafts.keep({});
  assert.deepEqual(Object.keys(sessionStorage), []);
});

test("all parts of a place are found, nobody else's", () => {
  new Drafts("ici", 1).keep(draft("un"));
  new Drafts("ici", 2).keep(draft("deux"));
  new Drafts("ici-aussi", 1).keep(draft("trois"));
  sessionStorage.setItem("notation 7", "[]");
  const found = keptDrafts("ici").map(({ part, fields }) => [part, fields.q1.text]);
  assert.deepEqual(found.sort(), [[1, "un"], [2, "deux"]]);
});

test("what is broken, or refused, is as nothing: the page goes on", () => {
  sessionStorage.setItem("brouillon ici 1", "{half");
  assert.deepEqual(new Drafts("ici", 1).read(), {});
  assert.deepEqual(keptDrafts("ici"), []);
  noStorage();
  const drafts = new Drafts("ici", 1);
  drafts.keep(draft("un"));
  assert.deepEqual([drafts.read(), keptDrafts("ici")], [{}, []]);
});

test("a document's unsent edits likewise", () => {
  const kept = keptFor("ici");
  kept.keep({ batches: [] });
  assert.deepEqual([keptFor("ici").read(), keptFor("ailleurs").read()], [{ batches: [] }, null]);
  kept.keep(null);
  assert.deepEqual(Object.keys(sessionStorage), []);
  noStorage();
  kept.keep({ batches: [] });
  assert.equal(kept.read(), null);
});
