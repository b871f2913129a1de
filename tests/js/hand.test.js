// What a hand wrote, and the server has, is replaced by less only by a hand: whatever the browser does.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Doc, applyUpdate, encodeStateAsUpdate } from "yjs";

import { Queue } from "../../static/js/grading/queue.js";
import { handOf, holding, onReturn } from "../../static/js/lib/hand.js";
import { bindArea } from "../../static/js/document/binding.js";
import { Autosave, newField } from "../../static/js/student/autosave.js";
import { Area, Timers, chance, freshStorage } from "./pages.js";

const RUNS = Number(process.env.METROLOCO_RUNS || 400);
const STEPS = 40;
const timers = new Timers();
const WORDS = ["la mer ", "un traceur ", "en commun", "\n", "é", "pêche "];

// --- one field -----------------------------------------------------------------------------------------

test("without a hand, less and what was there at first give way", () => {
  assert.equal(holding("vingt mots", "", ""), "vingt mots");
  assert.equal(holding("vingt mots", "", "vingt"), "vingt mots");
  assert.equal(holding("court", "un long texte chargé", "un long texte chargé"), "court");
  assert.equal(holding("un mot", "", "un mot corrigé"), "un mot corrigé");
  assert.equal(holding("", "", "dicté"), "dicté");
});

const BY_HAND = {
  "select all, delete": ["beforeinput", "input"],
  cut: ["cut", "beforeinput", "input"],
  undo: ["beforeinput", "input"],
  dictation: ["compositionstart", "compositionend"],
  "a keyboard that gives « change » alone": ["change"],
};
for (const [name, told] of Object.entries(BY_HAND)) {
  test(`emptied by a hand is empty: ${name}`, () => {
    const area = new Area("");
    const hand = handOf(area);
    area.write("vingt mots");
    let heard = 0;
    hand.changed = () => (heard += 1);
    area.write("", told);
    assert.equal(heard, 1);
    assert.equal(hand.value, "");
    assert.equal(area.value, "");
  });
}

for (const name of ["cut", "paste", "drop"]) {
  test(`${name} without « input » counts, at once for whoever reads, and by itself`, () => {
    for (const reads of [true, false]) {
      const area = new Area("");
      const hand = handOf(area);
      area.write("vingt mots");
      area.write("un", [name]);
      if (!reads) timers.run();
      assert.equal(reads ? hand.value : hand.known, "un");
    }
  });
}

test("what was refused (a paste that is too long) is no sign for what comes after", () => {
  const area = new Area("");
  const hand = handOf(area);
  area.write("vingt mots");
  const paste = new Event("paste", { cancelable: true });
  area.addEventListener("paste", (event) => event.preventDefault());
  area.dispatchEvent(paste);
  timers.run();
  area.reset();
  assert.equal(hand.value, "vingt mots");
});

test("who types into a field that was reset goes on from what was there", () => {
  const area = new Area("");
  handOf(area);
  area.write("vingt mots");
  area.reset();
  area.dispatchEvent(new Event("beforeinput"));
  area.write(`${area.value}, et un de plus`);
  assert.equal(handOf(area).value, "vingt mots, et un de plus");
});

test("a page that comes back is looked at at once, and again after WebKit's late reset", () => {
  globalThis.window = new EventTarget();
  globalThis.document = new EventTarget();
  for (const [target, name] of [[window, "pageshow"], [window, "focus"], [document, "resume"], [document, "visibilitychange"]]) {
    const area = new Area("");
    const hand = handOf(area);
    area.write("vingt mots");
    onReturn(() => hand.look());
    target.dispatchEvent(new Event(name));
    area.reset();
    timers.run();
    assert.equal(area.value, "vingt mots", name);
  }
});

// --- the pages, by whatever sequence of events ----------------------------------------------------------

/** A server that keeps what it is sent, when it answers. `sent(name, text)` is told of all that arrives. */
function serve(server) {
  globalThis.fetch = async (_, { body }) => {
    if (server.down) throw new TypeError("network");
    const { changes } = Object.fromEntries(body instanceof URLSearchParams ? body : []);
    const fields = changes ? JSON.parse(changes).map(({ name, value }) => ({ name, text: value })) : JSON.parse(body).fields;
    for (const { name, text } of fields) {
      server.check(name, text);
      server.texts.set(name, text);
      server.revision += 1;
    }
    const outcome = ({ name, text }) => ({ copy: "c", name, outcome: "saved", revision: server.revision, stored: text });
    const results = fields.map(outcome);
    return { ok: true, status: 200, json: async () => ({ at: "", saved_at: "", fields: results, results }) };
  };
}

const nothing = () => {};

/** Part 1: two answers in one request. */
function answers(areas, server) {
  const fields = new Map(areas.map((area) => [area.name, newField(handOf(area), server.revision, area.loaded)]));
  const autosave = new Autosave({ url: "/", place: "p", part: 1, fields, show: nothing, link: nothing });
  for (const area of areas) handOf(area).changed = () => autosave.changed(area.name);
  autosave.recover();
  return { leave: () => autosave.leave(), flush: () => autosave.sendOnce() };
}

/** Remarks: sent one by one after a pause, as static/js/grading/page.js does. */
function remarks(areas, server) {
  const queue = new Queue({ address: "/", run: "r", token: () => "", renew: nothing, tell: nothing, changed: nothing });
  const typing = new Map();
  const send = (area) => {
    if (!typing.delete(area)) return;
    queue.put({ copy: "c", name: area.name, value: handOf(area).value, shown: server.texts.get(area.name) });
  };
  for (const area of areas) {
    const waits = queue.waiting.get(`c ${area.name}`);
    if (waits) handOf(area).value = waits.value;
    handOf(area).changed = () => typing.set(area, setTimeout(send, 700, area));
  }
  queue.send();
  const flush = () => [...typing.keys()].forEach(send);
  return { flush, leave: () => (flush(), queue.leave()) };
}

const silently = (text, truth, loaded) => text !== loaded && text.length >= truth.length;

/** One thing that happens to a field; gives what its text may be by now besides what a hand wrote. */
function happens(dice, area, truth) {
  const now = area.value;
  const at = dice.below(now.length + 1);
  const kind = dice.below(8);
  if (kind < 3) {
    const told = dice.pick([["beforeinput", "input"], ["input"], ["change"], ["compositionend"], ["cut", "input"], ["paste"]]);
    if (told[0] === "beforeinput") area.dispatchEvent(new Event("beforeinput"));
    const from = area.value;
    area.write(dice.pick([from.slice(0, at) + dice.pick(WORDS) + from.slice(at), from.slice(0, at), "", from.slice(at)]), told);
    if (told[0] === "paste") timers.run();
    truth.set(area.name, [area.value]);
  } else if (kind < 5) area.reset();
  else {
    const before = truth.seen.get(area.name);
    area.value = kind === 5 ? dice.pick(before) : dice.pick([now + dice.pick(WORDS), now.slice(at)]);
    if (silently(area.value, truth.get(area.name)[0], area.loaded)) truth.get(area.name).push(area.value);
  }
  truth.seen.get(area.name).push(area.value);
}

for (const [kind, open] of Object.entries({ answers, remarks })) {
  test(`${kind}: ${RUNS} sequences of typing, resets, restores, cuts of the line, returns and reloads`, async () => {
    for (let seed = 1; seed <= RUNS; seed += 1) await walk(open, seed);
  });
}

async function walk(open, seed) {
  const dice = chance(seed);
  const names = ["q1", "q3"];
  const truth = new Map(names.map((name) => [name, [""]]));
  truth.seen = new Map(names.map((name) => [name, [""]]));
  const log = [];
  const server = {
    texts: new Map(names.map((name) => [name, ""])),
    revision: 0,
    down: false,
    check(name, text) {
      const [hand, ...more] = truth.get(name);
      assert.ok([hand, ...more].includes(text), `seed ${seed}: ${name} is sent ${JSON.stringify(text)} for ${JSON.stringify(hand)}\n${log.join("\n")}`);
    },
  };
  serve(server);
  freshStorage();
  let areas;
  let page;
  const load = () => {
    timers.forget();
    areas = names.map((name) => new Area(server.texts.get(name), name));
    page = open(areas, server);
  };
  const look = () => areas.forEach((area) => handOf(area).look());
  load();
  for (let step = 0; step < STEPS; step += 1) {
    const what = dice.below(12);
    log.push(`${what} ${JSON.stringify(areas.map(({ value }) => value))}`);
    if (what < 6) happens(dice, dice.pick(areas), truth);
    else if (what === 6) look();
    else if (what === 7) server.down = dice.below(2) === 0;
    else if (what === 8) page.leave();
    else if (what === 9) page.flush();
    else if (what === 10) await timers.tick();
    else {
      page.leave();
      await timers.tick();
      await timers.tick();
      load();
    }
  }
  server.down = false;
  look();
  for (let turn = 0; turn < 6; turn += 1) {
    page.flush();
    await timers.tick();
  }
  for (const area of areas) {
    assert.ok(truth.get(area.name).includes(area.value), `seed ${seed}: ${area.name} shows ${JSON.stringify(area.value)}\n${log.join("\n")}`);
    assert.equal(server.texts.get(area.name), area.value, `seed ${seed}: ${area.name} is stored`);
  }
}

// --- the poster: the others' words, too ------------------------------------------------------------------

test(`a poster: ${RUNS} sequences with somebody else writing in the same text`, () => {
  for (let seed = 1; seed <= RUNS; seed += 1) writeTogether(seed);
});

function writeTogether(seed) {
  const dice = chance(seed);
  const [mine, theirs] = [new Doc(), new Doc()];
  const text = mine.getText("q1");
  const area = new Area("");
  const binding = bindArea(area, text, nothing);
  const truth = new Map([["q1", [""]]]);
  truth.seen = new Map([["q1", [""]]]);
  const exchange = () => {
    binding.look(); // as document.js does before it lets others' words in
    applyUpdate(mine, encodeStateAsUpdate(theirs), "remote");
    applyUpdate(theirs, encodeStateAsUpdate(mine), "remote");
    truth.set("q1", [text.toString()]);
  };
  const check = () => assert.ok(truth.get("q1").includes(text.toString()), `seed ${seed}: ${JSON.stringify([text.toString(), ...truth.get("q1")])}`);
  for (let step = 0; step < STEPS; step += 1) {
    const what = dice.below(10);
    if (what < 6) happens(dice, area, truth);
    else if (what === 6) binding.look();
    else if (what === 7) binding.read();
    else if (what === 8) {
      const there = theirs.getText("q1");
      if (dice.below(3)) there.insert(dice.below(there.length + 1), "ils disent ");
      else if (there.length > 2) there.delete(0, 1);
    } else {
      binding.look();
      check();
      exchange();
      assert.equal(area.value, text.toString(), `seed ${seed}`);
    }
    if (what < 8) check();
  }
  binding.look();
  check();
  assert.equal(area.value, text.toString(), `seed ${seed}`);
  binding.release();
}
