// One-key gestures of grading and of the board, on the keyboards AZERTY, BÉPO and QWERTZ. What is tried is
// what the pages promise: the <kbd> of their helps, the data-key of their buttons.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { beforeEach, test } from "node:test";

import { shortcuts } from "../../static/js/board/shortcuts.js";
import { setUpKeys } from "../../static/js/grading/keys.js";

const LETTERS = { a: "KeyA", c: "KeyC", g: "KeyG", j: "KeyJ", k: "KeyK", m: "KeyM", o: "KeyO", p: "KeyP", z: "KeyZ" };
const BEPO = { a: "KeyA", c: "KeyH", g: "Comma", j: "KeyP", k: "KeyB", m: "Quote", o: "KeyR", p: "KeyE", z: "BracketLeft" };

/** Where the letters and « ? » (with Shift) are; what the keys 0-9 of the upper row give alone and with Shift. */
const LAYOUTS = {
  AZERTY: { letters: { ...LETTERS, a: "KeyQ", z: "KeyW", m: "Semicolon" }, question: "KeyM", row: "à&é\"'(-è_ç", shifted: "0123456789" },
  BÉPO: { letters: BEPO, question: "KeyN", row: '*"«»()@+-/', shifted: "0123456789" },
  QWERTZ: { letters: { ...LETTERS, z: "KeyY" }, question: "Minus", row: "0123456789", shifted: '=!"§$%&/()' },
};
const NAMED = { "↑": "ArrowUp", "↓": "ArrowDown", "←": "ArrowLeft", "→": "ArrowRight", "Page suivante": "PageDown", "Page précédente": "PageUp", Échap: "Escape" };

/** What somebody does who presses the key on which this is printed: {key, code, shiftKey}. */
function printed(layout, label) {
  const { letters, question, row } = LAYOUTS[layout];
  if (label in NAMED) return { key: NAMED[label], code: NAMED[label] };
  if (label === "?") return { key: "?", code: question, shiftKey: true };
  if (/\d/.test(label)) return { key: row[label], code: `Digit${label}` };
  return { key: label.toLowerCase(), code: letters[label.toLowerCase()] };
}

const element = (kind, more) => ({ matches: (selector) => selector.includes(kind), closest: (selector) => selector.includes(kind) || null, ...more });
const PAGE = { matches: () => false, closest: () => null };

/** Presses a key; true if the page took it. */
function press(stroke, { target = PAGE, altGraph = false } = {}) {
  const event = new Event("keydown", { cancelable: true });
  const held = { ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, repeat: false, isComposing: false, ...stroke };
  const all = { ...held, target, getModifierState: (name) => name === "AltGraph" && altGraph };
  for (const [name, value] of Object.entries(all)) Object.defineProperty(event, name, { value });
  document.dispatchEvent(event);
  return event.defaultPrevented;
}

const helpKeys = (path) => [...readFileSync(path, "utf8").matchAll(/<kbd>([^<]+)<\/kbd>/g)].map((found) => found[1]);

beforeEach(() => {
  globalThis.document = new EventTarget();
});

// --- grading -------------------------------------------------------------------------------------------

const GIVES = {
  0: ["level", ""], 1: ["level", "1"], 2: ["level", "2"], 3: ["level", "3"], 4: ["level", "4"],
  "↑": ["row", -1], "↓": ["row", 1], "←": ["copy", -1], "→": ["copy", 1], J: ["copy", 1], K: ["copy", -1],
  M: ["member"], G: ["level", "groupe"], Z: ["zoom"], O: ["words"], "?": ["help"],
};

function grading({ open = false, wanted = true } = {}) {
  const done = [];
  const names = ["level", "row", "copy", "words", "member", "zoom", "help"];
  const on = Object.fromEntries(names.map((name) => [name, (...given) => done.push([name, ...given])]));
  setUpKeys({ hasAttribute: () => open }, { ...on, wanted: () => wanted });
  return done;
}

test("the help of grading promises these keys and no other", () => {
  const promised = new Set(helpKeys("templates/evaluations/_grading_tools.html"));
  assert.deepEqual(promised, new Set([...Object.keys(GIVES), "Échap"]));
});

for (const layout of Object.keys(LAYOUTS)) {
  for (const [label, gesture] of Object.entries(GIVES)) {
    test(`${layout}, grading: ${label}`, () => {
      const done = grading();
      assert.ok(press(printed(layout, label)));
      assert.deepEqual(done, [gesture]);
    });
  }

  test(`${layout}, grading: digits with Shift, of the keypad, and with capitals locked`, () => {
    const { shifted, letters } = LAYOUTS[layout];
    const done = grading();
    if (shifted[1] === "1") press({ key: "1", code: "Digit1", shiftKey: true });
    press({ key: "1", code: "Numpad1" });
    press({ key: "J", code: letters.j });
    assert.deepEqual(done.slice(-2), [["level", "1"], ["copy", 1]]);
    assert.equal(done.length, shifted[1] === "1" ? 3 : 2);
  });

  test(`${layout}, grading: the other keys of the upper row, and other signs of these, do nothing`, () => {
    const { row, shifted } = LAYOUTS[layout];
    const done = grading();
    for (const digit of "56789") assert.ok(!press({ key: row[digit], code: `Digit${digit}` }), digit);
    for (const digit of "01234") {
      const sign = shifted[digit];
      if (!/\d/.test(sign)) assert.ok(!press({ key: sign, code: `Digit${digit}`, shiftKey: true }), sign);
      assert.ok(!press({ key: "~", code: `Digit${digit}` }, { altGraph: true }));
    }
    assert.deepEqual(done, []);
  });
}

test("grading: no key counts while somebody writes; Escape leads out", () => {
  const done = grading();
  const target = element("textarea");
  for (const label of Object.keys(GIVES)) assert.ok(!press(printed("AZERTY", label), { target }), label);
  assert.deepEqual(done, []);
  press({ key: "Escape", code: "Escape" }, { target });
  assert.deepEqual(done, [["row", 0]]);
});

test("grading: on a level, the arrows left and right are the browser's", () => {
  const done = grading();
  const target = { ...PAGE, type: "radio" };
  for (const label of ["←", "→"]) assert.ok(!press(printed("AZERTY", label), { target }));
  assert.ok(press(printed("AZERTY", "2"), { target }));
  assert.deepEqual(done, [["level", "2"]]);
});

test("grading: no key counts with Ctrl, Alt or Command, while a word is composed, with the help open, or unwanted", () => {
  for (const more of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { isComposing: true }]) {
    const done = grading();
    for (const label of Object.keys(GIVES)) assert.ok(!press({ ...printed("AZERTY", label), ...more }));
    assert.deepEqual(done, []);
    document = new EventTarget();
  }
  for (const state of [{ open: true }, { wanted: false }]) {
    const done = grading(state);
    for (const label of Object.keys(GIVES)) assert.ok(!press(printed("AZERTY", label)));
    assert.deepEqual(done, []);
    document = new EventTarget();
  }
});

// --- the board -----------------------------------------------------------------------------------------

const HELP = "templates/lessons/board.html";
const SIGNS = { ArrowLeft: "←", ArrowRight: "→", PageUp: "Page précédente", PageDown: "Page suivante" };

function templates(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? templates(`${folder}/${one.name}`) : [`${folder}/${one.name}`],
  );
}

/** The data-key of the board's buttons, as the templates have them. */
const KEYS = [...new Set(templates("templates/lessons").flatMap((path) =>
  [...readFileSync(path, "utf8").matchAll(/<button[^>]* data-key="([^"{]+)"/g)].map((found) => found[1]),
))];

function board({ off = false, open = false } = {}) {
  const pressed = [];
  const kept = new Map(off ? [["raccourcis", "non"]] : []);
  globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const active = Object.assign(new EventTarget(), { checked: null });
  const dialog = { querySelector: () => active, hasAttribute: () => open, showModal: () => pressed.push("?") };
  const buttons = KEYS.map((key) => ({ dataset: { key }, click: () => pressed.push(key) }));
  shortcuts({ querySelectorAll: () => buttons }, dialog);
  return { pressed, active, kept };
}

test("the help of the board tells of each of its buttons' keys and no other", () => {
  const keys = KEYS.flatMap((key) => key.split(" ")).map((key) => SIGNS[key] ?? key.toUpperCase());
  assert.deepEqual(new Set(helpKeys(HELP)), new Set([...keys, "?"]));
});

for (const layout of Object.keys(LAYOUTS)) {
  for (const label of helpKeys(HELP)) {
    test(`${layout}, board: ${label}`, () => {
      const { pressed } = board();
      const stroke = printed(layout, label);
      press(stroke);
      press({ ...stroke, repeat: true });
      const name = stroke.key;
      assert.deepEqual(pressed, [name === "?" ? "?" : KEYS.find((key) => key.split(" ").includes(name))]);
    });
  }
}

test("board: no key counts while somebody writes, with the help open, or turned off", () => {
  for (const state of [{ open: true }, { off: true }]) {
    const { pressed } = board(state);
    for (const label of helpKeys(HELP)) press(printed("AZERTY", label));
    assert.deepEqual(pressed, []);
    document = new EventTarget();
  }
  const { pressed } = board();
  for (const label of helpKeys(HELP)) press(printed("AZERTY", label), { target: element("input") });
  assert.deepEqual(pressed, []);
});

test("board: whether keys are wanted is kept in this browser", () => {
  const { active, kept, pressed } = board();
  assert.equal(active.checked, true);
  active.checked = false;
  active.dispatchEvent(new Event("change"));
  assert.equal(kept.get("raccourcis"), "non");
  press(printed("AZERTY", "P"));
  assert.deepEqual(pressed, []);
});
