// A field tied to a text of the group's document: one's own words go in, the others' come in, each undoes their own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Doc, applyUpdate, encodeStateAsUpdate } from "yjs";

import { bindArea } from "../../static/js/document/binding.js";
import { Area } from "./pages.js";

/** A page with the field, and another member's document. */
function together({ loaded = "", shown = loaded, stored = "" } = {}) {
  const [mine, theirs] = [new Doc(), new Doc()];
  if (stored) theirs.getText("q").insert(0, stored);
  const meet = () => {
    applyUpdate(mine, encodeStateAsUpdate(theirs), "remote");
    applyUpdate(theirs, encodeStateAsUpdate(mine), "remote");
  };
  meet();
  const area = new Area(loaded);
  area.value = shown;
  const heard = { typed: 0, ecrit: 0 };
  area.addEventListener("ecrit", () => (heard.ecrit += 1));
  const text = mine.getText("q");
  const binding = bindArea(area, text, () => (heard.typed += 1));
  const stroke = (more) => {
    const event = Object.assign(new Event("keydown", { cancelable: true }), { ctrlKey: true, metaKey: false, altKey: false, shiftKey: false, ...more });
    area.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { area, text, binding, heard, meet, stroke, other: theirs.getText("q") };
}

test("what is typed is in the document at once, and told", () => {
  const { area, text, other, heard, meet } = together();
  area.write("la mer");
  assert.deepEqual([text.toString(), heard], ["la mer", { typed: 1, ecrit: 0 }]);
  meet();
  assert.equal(other.toString(), "la mer");
});

test("what others write is in the field, and the field says so", () => {
  const { area, other, heard, meet } = together({ stored: "la mer" });
  other.insert(6, " monte");
  other.delete(0, 3);
  meet();
  assert.deepEqual([area.value, heard], ["mer monte", { typed: 0, ecrit: 1 }]);
});

test("two who write at once have the same text, with all words", () => {
  const { area, text, other, meet } = together({ stored: "mer" });
  area.write("la mer");
  other.insert(3, " monte");
  meet();
  assert.deepEqual([area.value, text.toString(), other.toString()], ["la mer monte", "la mer monte", "la mer monte"]);
});

for (const [name, undo, redo] of [
  ["Ctrl+Z and Ctrl+Y", ({ stroke }) => stroke({ key: "z" }), ({ stroke }) => stroke({ key: "y" })],
  ["⌘Z and ⇧⌘Z", ({ stroke }) => stroke({ key: "z", ctrlKey: false, metaKey: true }), ({ stroke }) => stroke({ key: "Z", ctrlKey: false, metaKey: true, shiftKey: true })],
  ["the menu", ...["historyUndo", "historyRedo"].map((inputType) => ({ area }) => {
    const event = Object.assign(new Event("beforeinput", { cancelable: true }), { inputType });
    area.dispatchEvent(event);
    return event.defaultPrevented;
  })],
]) {
  test(`undone by ${name}: one's own words go and come back, the others' stay`, () => {
    const all = together({ stored: "mer" });
    all.area.write("la mer");
    all.other.insert(3, " monte");
    all.meet();
    assert.ok(undo(all));
    assert.equal(all.area.value, "mer monte");
    assert.ok(redo(all));
    assert.equal(all.area.value, "la mer monte");
  });
}

test("nothing is undone where nothing may be written, nor by other keys", () => {
  const { area, stroke } = together();
  area.write("la mer");
  for (const more of [{ key: "z", ctrlKey: false }, { key: "z", altKey: true }, { key: "a" }]) assert.ok(!stroke(more));
  area.readOnly = true;
  assert.ok(stroke({ key: "z" }));
  assert.equal(area.value, "la mer");
});

test("what was typed before the document came is not lost: alone, beside what others wrote, or pasted twice", () => {
  const alone = together({ loaded: "mer", shown: "la mer", stored: "mer" });
  assert.deepEqual([alone.area.value, alone.text.toString()], ["la mer", "la mer"]);
  const beside = together({ loaded: "mer", shown: "mer bleue", stored: "la mer" });
  assert.deepEqual([beside.area.value, beside.text.toString()], ["la mer bleue", "la mer bleue"]);
  const same = together({ loaded: "", shown: "la mer", stored: "la mer" });
  assert.equal(same.text.toString(), "la mer");
});

test("a field that was only loaded shows what the document has by now", () => {
  const { area, heard } = together({ loaded: "mer", stored: "la mer" });
  assert.deepEqual([area.value, heard.typed], ["la mer", 0]);
});

test("control characters and halves of emojis go, from the field too", () => {
  const { area, text } = together();
  area.write("la\u0007 mer\r\n\ud83d");
  assert.deepEqual([area.value, text.toString()], ["la mer\n", "la mer\n"]);
});

test("what is typed without an event counts when the field is left, or read", () => {
  for (const see of [({ area }) => area.dispatchEvent(new Event("blur")), ({ binding }) => binding.read()]) {
    const all = together();
    all.area.value = "dicté";
    see(all);
    assert.equal(all.text.toString(), "dicté");
  }
});

test("once untied neither hears the other", () => {
  const { area, text, binding, other, meet, stroke } = together({ stored: "mer" });
  binding.release();
  other.insert(3, " monte");
  meet();
  assert.equal(area.value, "mer");
  area.write("la mer");
  assert.equal(text.toString(), "mer monte");
  assert.ok(!stroke({ key: "z" }));
});
