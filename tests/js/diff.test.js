// What changed between two states of a text: applied to the first it gives the second, and no emoji is cut in two.

import assert from "node:assert/strict";
import { test } from "node:test";

import { toBytes, toText } from "../../static/js/document/bytes.js";
import { clean } from "../../static/js/document/binding.js";
import { diff } from "../../static/js/document/diff.js";
import { chance } from "./pages.js";

const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const apply = (before, { at, removed, inserted }) => before.slice(0, at) + inserted + before.slice(at + removed);

test("nothing changed", () => assert.equal(diff("un", "un"), null));

test("the caret tells which of several equal letters was typed", () => {
  assert.deepEqual(diff("aaa", "aaaa", 2), { at: 1, removed: 0, inserted: "a" });
  assert.deepEqual(diff("aaa", "aaaa"), { at: 3, removed: 0, inserted: "a" });
  assert.deepEqual(diff("aaaa", "aaa", 1), { at: 1, removed: 1, inserted: "" });
});

test("an emoji that becomes another of the same first half is replaced whole", () => {
  assert.deepEqual(diff("a😀b", "a😁b"), { at: 1, removed: 2, inserted: "😁" });
  assert.deepEqual(diff("😀😀", "😀"), { at: 2, removed: 2, inserted: "" });
});

test("500 drawn pairs, with any caret", () => {
  const dice = chance(7);
  const draw = () => Array.from({ length: dice.below(7) }, () => dice.pick(["a", "b", "\n", "😀", "😁", "é"])).join("");
  for (let turn = 0; turn < 500; turn += 1) {
    const [before, after] = [draw(), draw()];
    const change = diff(before, after, dice.below(after.length + 3));
    if (change === null) assert.equal(before, after);
    else {
      const said = JSON.stringify([before, after, change]);
      assert.equal(apply(before, change), after, said);
      for (const part of [change.inserted, before.slice(0, change.at), before.slice(change.at + change.removed)]) assert.doesNotMatch(part, HALF, said);
    }
  }
});

test("line ends of every program become line feeds; control characters and halves of emojis go", () => {
  assert.equal(clean("a\r\nb\rc\vd\fe\x85f\u2028g\u2029h"), "a\nb\nc\nd\ne\nf\ng\nh");
  assert.equal(clean("a\x00b\x07c\x7fd\te"), "abcd\te");
  assert.equal(clean("😀\ud83d a\ude00"), "😀 a");
});

test("bytes as text and back, also more than a call takes as arguments", () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 31) % 256);
  assert.deepEqual(toBytes(toText(bytes)), bytes);
});
