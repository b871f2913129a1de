// When texts are sent, what of them, and what becomes of them: nothing is said to be saved before the server has said so.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Autosave, newField } from "../../static/js/student/autosave.js";
import { Clock, Net, freshStorage, noStorage, settled } from "./pages.js";

beforeEach(freshStorage);

/** A page with two answers, as it is loaded. */
function page({ mock }, texts = { q1: "", q2: "" }) {
  const clock = new Clock(mock);
  const net = new Net(mock);
  const said = [];
  const links = [];
  const fields = new Map(Object.entries(texts).map(([name, value]) => [name, newField({ value }, 3, value)]));
  const show = (name, state, detail = {}) => said.push({ name, state, ...detail });
  const autosave = new Autosave({ url: "/x", place: "ici", part: 1, fields, show, link: (reason) => links.push(reason) });
  const type = (name, text) => {
    fields.get(name).area.value = text;
    autosave.changed(name);
  };
  const body = (asked = net.last) => JSON.parse(asked.options.body);
  const saved = (more) => ({ at: "9 h", fields: body().fields.map(({ name, text }) => ({ name, outcome: "saved", revision: 4, stored: text, ...more })) });
  const kept = () => JSON.parse(sessionStorage.getItem("brouillon ici 1"));
  return { autosave, clock, net, fields, said, links, type, body, saved, kept };
}

test("a pause of a second sends", async (context) => {
  const { clock, net, type } = page(context);
  type("q1", "u");
  await clock.pass(900);
  assert.equal(net.asked.length, 0);
  await clock.pass(100);
  assert.equal(net.asked.length, 1);
});

test("who never pauses is sent after four seconds", async (context) => {
  const { clock, net, type } = page(context);
  for (let at = 0; at < 3900; at += 300) {
    assert.equal(net.asked.length, 0);
    type("q1", `u${at}`);
    await clock.pass(300);
  }
  await clock.pass(100);
  assert.equal(net.asked.length, 1);
});

test("one request for all fields that changed, and for no other", async (context) => {
  const { autosave, clock, net, type, body } = page(context, { q1: "", q2: "", q3: "reste" });
  type("q1", "un");
  type("q2", "deux");
  await clock.pass(1000);
  assert.equal(net.asked.length, 1);
  const { part, writer, fields } = body();
  assert.deepEqual([part, writer], [1, autosave.writer]);
  assert.deepEqual(fields, [
    { name: "q1", text: "un", base: 3, seq: 1, settles: false, versions: [] },
    { name: "q2", text: "deux", base: 3, seq: 2, settles: false, versions: [] },
  ]);
});

test("a duplicated tab writes under another name", (context) => {
  const { autosave } = page(context);
  context.mock.restoreAll();
  context.mock.timers.reset();
  assert.match(autosave.writer, /^[0-9a-f]{24}$/);
  assert.notEqual(page(context).autosave.writer, autosave.writer);
});

test("until it is acknowledged a text is unsent and kept; then neither", async (context) => {
  const { autosave, clock, net, fields, said, links, type, saved, kept } = page(context);
  type("q1", "un");
  assert.ok(autosave.unsent);
  assert.deepEqual(kept(), { q1: { text: "un", base: 3, settles: false, versions: [] } });
  await clock.pass(1000);
  assert.equal(said[said.length - 1].state, "saving");
  await net.last.answer(200, saved());
  assert.deepEqual([autosave.unsent, kept(), fields.get("q1").base, links], [false, null, 4, [""]]);
  assert.equal(said[said.length - 1].state, "saved");
  assert.equal(said[said.length - 1].at, "9 h");
});

test("what is typed while a request is under way goes in the next one, on the new base", async (context) => {
  const { autosave, clock, net, said, type, body, saved } = page(context);
  type("q1", "un");
  await clock.pass(1000);
  type("q1", "un deux");
  await clock.pass(3000);
  assert.equal(net.asked.length, 1);
  await net.last.answer(200, saved());
  assert.deepEqual([autosave.unsent, said[said.length - 1].state], [true, "saving"]);
  await clock.pass(1000);
  const [{ text, base, seq }] = body().fields;
  assert.deepEqual([net.asked.length, text, base, seq], [2, "un deux", 4, 2]);
});

const FAILURES = { network: ["fail"], server: ["answer", 500], gone: ["answer", 404], "network ": ["answer", 200, { at: "9 h", fields: [] }] };
for (const [name, [how, ...given]] of Object.entries(FAILURES)) {
  test(`${how} ${given[0] ?? ""} is « ${name.trim()} »: kept, and sent again after 1, 2, 4, 8 and 15 s`, async (context) => {
    const { autosave, clock, net, said, links, type, saved, kept } = page(context);
    const reason = name.trim();
    type("q1", "un");
    await clock.pass(1000);
    for (const [count, wait] of [1000, 2000, 4000, 8000, 15_000, 15_000].entries()) {
      await net.last[how](...given);
      assert.equal(links[links.length - 1], reason);
      assert.equal(said[said.length - 1].state, reason === "network" ? "offline" : reason);
      assert.equal(kept().q1.text, "un");
      await clock.pass(wait - 100);
      assert.equal(net.asked.length, count + 1);
      await clock.pass(100);
      assert.equal(net.asked.length, count + 2, `after ${wait}`);
    }
    assert.ok(autosave.unsent);
    await net.last.answer(200, saved());
    type("q1", "un deux");
    await clock.pass(1000);
    await net.last[how](...given);
    const { length } = net.asked;
    await clock.pass(1000);
    assert.equal(net.asked.length, length + 1, "after a success the waits begin anew");
  });
}

test("no answer after 5 s is said, and the answer still counts; after 15 s it is given up", async (context) => {
  const { autosave, clock, net, links, type, saved } = page(context);
  type("q1", "un");
  await clock.pass(1000);
  await clock.pass(4900);
  assert.deepEqual(links, []);
  await clock.pass(100);
  assert.deepEqual(links, ["network"]);
  await net.last.answer(200, saved());
  assert.deepEqual([links, autosave.unsent], [["network", ""], false]);
  type("q1", "un deux");
  await clock.pass(1000);
  const { signal } = net.last.options;
  await clock.pass(14_900);
  assert.equal(signal.aborted, false);
  await clock.pass(100);
  assert.deepEqual([signal.aborted, autosave.failures, autosave.unsent], [true, 1, true]);
});

test("the place is gone: the text stays on the page and is kept", async (context) => {
  const { autosave, clock, net, links, type, saved, kept } = page(context);
  type("q1", "un");
  await clock.pass(1000);
  await net.last.answer(200, saved({ outcome: "gone" }));
  assert.deepEqual([links[links.length - 1], autosave.unsent, kept().q1.text], ["gone", true, "un"]);
});

test("another text was stored: both are told, nothing is sent again, and the choice says which versions it settles", async (context) => {
  const { autosave, clock, net, said, type, body, saved } = page(context);
  type("q1", "un");
  await clock.pass(1000);
  await net.last.answer(200, saved({ outcome: "unseen", stored: "autre", revision: 9 }));
  const { state, other, revision } = said[said.length - 1];
  assert.deepEqual([state, other, revision, autosave.unsent], ["unseen", "autre", 9, false]);
  autosave.settle("q1", { revision: 9, versions: [5] });
  await settled();
  const [{ text, base, settles, versions }] = body().fields;
  assert.deepEqual([text, base, settles, versions], ["un", 9, true, [5]]);
  await net.last.answer(200, saved());
  assert.equal(said[said.length - 1].settled, true);
  assert.ok(!autosave.unsent);
});

test("flush() sends at once, until all is acknowledged or one fails", async (context) => {
  const { autosave, net, type, saved } = page(context);
  type("q1", "un");
  let done = autosave.flush();
  type("q2", "deux");
  await net.last.answer(200, saved());
  await net.last.answer(200, saved());
  assert.deepEqual([await done, net.asked.length], [true, 2]);
  type("q1", "trois");
  done = autosave.flush();
  await net.last.fail();
  assert.equal(await done, false);
});

test("after a reload a draft comes back on its base; what was typed meanwhile follows it; fields that went are left", async (context) => {
  sessionStorage.setItem("brouillon ici 1", JSON.stringify({
    q1: { text: "un", base: 2, settles: true, versions: [5] }, q2: { text: "deux", base: 2, settles: false, versions: [] }, q9: { text: "neuf" },
  }));
  const { autosave, net, fields, body, saved, kept } = page(context);
  fields.get("q2").area.value = "typed";
  autosave.recover();
  await settled();
  assert.deepEqual(body().fields.map(({ name, text, base, settles, versions }) => [name, text, base, settles, versions]), [
    ["q1", "un", 2, true, [5]],
    ["q2", "deux\n\ntyped", 2, false, []],
  ]);
  await net.last.answer(200, saved());
  assert.equal(kept(), null);
});

test("the page goes: one request that outlives it, unless it is too big; none where all is saved", async (context) => {
  const { autosave, net, type } = page(context);
  autosave.leave();
  assert.equal(net.asked.length, 0);
  type("q1", "un");
  autosave.leave();
  assert.equal(net.last.options.keepalive, true);
  type("q1", "é".repeat(30_000));
  autosave.leave();
  assert.equal(net.last.options.keepalive, false);
  assert.ok(autosave.unsent);
});

test("a request beside another as the page went: an old answer does not make the newer text safe", async (context) => {
  const { autosave, clock, net, type, saved } = page(context);
  type("q1", "un");
  await clock.pass(1000);
  const first = net.last;
  const answer = saved();
  type("q1", "un deux");
  autosave.leave();
  type("q1", "un");
  await first.answer(200, answer);
  assert.ok(autosave.unsent); // « un deux » may have come after « un »
});

test("without storage the text is still sent", async (context) => {
  noStorage();
  const { autosave, clock, net, type, saved } = page(context);
  autosave.recover();
  type("q1", "un");
  await clock.pass(1000);
  await net.last.answer(200, saved());
  assert.ok(!autosave.unsent);
  autosave.forget();
});
