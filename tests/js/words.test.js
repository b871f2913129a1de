// Words are counted on the page as on the server: both read the same list (tests/lessons/rules/counted_words.json).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { words } from "../../static/js/student/words.js";

const COUNTED = JSON.parse(readFileSync("tests/lessons/rules/counted_words.json", "utf8"));

for (const [text, count] of Object.entries(COUNTED)) {
  test(`${JSON.stringify(text)} counts ${count}`, () => assert.equal(words(text), `${count} ${count > 1 ? "mots" : "mot"}`));
}
