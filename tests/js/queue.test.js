// Marks on their way to the server: one request at a time, nothing replaced that the teacher has not seen, nothing lost.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { keyOf, Queue } from "../../static/js/grading/queue.js";
import { Clock, Net, freshStorage, noStorage, settled } from "./pages.js";

beforeEach(freshStorage);

function page({ mock }) {
  const clock = new Clock(mock);
  const net = new Net(mock);
  const said = [];
  const one = { clock, net, said, token: "old", changes: 0 };
  one.open = () => new Queue({
    address: "/x", run: "7", token: () => one.token, renew: (fresh) => (one.token = fresh),
    tell: (state, text) => said.push([state, text]), changed: () => (one.changes += 1),
  });
  one.queue = one.open();
  one.put = (value, { name = "q1", shown = "", queue = one.queue } = {}) => queue.put({ copy: "c", name, value, shown, label: "M", address: "/c" });
  one.sent = (asked = net.last) => JSON.parse(asked.options.body.get("changes"));
  one.answer = (more, asked = net.last) =>
    asked.answer(200, { saved_at: "9 h", results: one.sent(asked).map(({ copy, name, value }) => ({ copy, name, outcome: "saved", stored: value, ...more })) });
  one.kept = () => JSON.parse(sessionStorage.getItem("notation 7"));
  return one;
}

test("a mark goes at once, with what was seen there; acknowledged, nothing is kept", async (context) => {
  const { net, said, queue, put, sent, answer, kept } = page(context);
  put("3", { shown: "2" });
  assert.deepEqual(sent(), [{ copy: "c", name: "q1", value: "3", seen: ["2"] }]);
  assert.deepEqual([net.last.options.headers["X-CSRFToken"], queue.pending, kept().length], ["old", true, 1]);
  await answer();
  assert.deepEqual([queue.pending, kept(), said[said.length - 1]], [false, null, ["saved", "Enregistré à 9 h"]]);
  assert.equal(queue.stored.get(keyOf("c", "q1")).value, "3");
});

test("one request at a time; what comes meanwhile goes together in the next one, on what the first has stored", async (context) => {
  const { net, put, sent, answer } = page(context);
  put("1");
  put("2");
  put("4", { name: "q2" });
  assert.equal(net.asked.length, 1);
  await answer();
  assert.equal(net.asked.length, 2);
  assert.deepEqual(sent().map(({ name, value, seen }) => [name, value, seen]), [["q1", "2", ["1"]], ["q2", "4", [""]]]);
  await answer();
  assert.equal(net.asked.length, 2);
});

test("a request without an answer may have been stored: its value counts as seen when it is sent again", async (context) => {
  const { clock, net, put, sent } = page(context);
  put("1", { shown: "0" });
  await net.last.fail();
  put("2");
  await clock.pass(1000);
  assert.deepEqual(sent()[0].seen, ["0", "1"]);
});

test("another page has stored another value: both stay until the teacher has chosen", async (context) => {
  const one = page(context);
  one.put("1");
  await one.answer({ outcome: "clash", stored: "4" });
  assert.deepEqual(one.queue.clashes.map(({ value, clash }) => [value, clash]), [["1", "4"]]);
  assert.equal(one.said[one.said.length - 1][0], "conflict");
  one.put("3", { name: "q2" });
  assert.deepEqual(one.sent().map(({ name }) => name), ["q2"]);
  await one.answer();
  one.queue.choose(keyOf("c", "q1"), "1");
  assert.deepEqual(one.sent(), [{ copy: "c", name: "q1", value: "1", seen: ["4"] }]);
  await one.answer();
  assert.deepEqual([one.queue.pending, one.queue.clashes], [false, []]);
});

test("a clash over the same value is none", async (context) => {
  const { queue, put, answer } = page(context);
  put("1");
  await answer({ outcome: "clash", stored: "1" });
  assert.deepEqual([queue.pending, queue.clashes], [false, []]);
});

test("what the server refuses is said and not sent again; what was typed since is", async (context) => {
  const { net, queue, said, put, sent, answer } = page(context);
  put("x");
  await answer({ outcome: "refused", error: "Trop long." });
  assert.deepEqual([queue.pending, said[said.length - 1]], [false, ["error", "Pas enregistré. Trop long."]]);
  put("x");
  put("y");
  await answer({ outcome: "refused", error: "Trop long." });
  assert.deepEqual([net.asked.length, sent()[0].value], [3, "y"]);
});

test("an answer that is not ours refuses", async (context) => {
  const { net, said, put } = page(context);
  put("1");
  await net.last.answer(200, { saved_at: "9 h", results: [] });
  assert.equal(said[said.length - 1][1], "Pas enregistré. Réponse inattendue du serveur.");
});

test("after a failure it is sent again after 1, 2, 4, 8 and 15 s, and never at once with the next mark's", async (context) => {
  const { clock, net, queue, said, put, answer } = page(context);
  put("1");
  for (const [count, wait] of [1000, 2000, 4000, 8000, 15_000, 15_000].entries()) {
    await net.last.answer(500, {});
    assert.equal(said[said.length - 1][0], "error");
    await clock.pass(wait - 100);
    assert.equal(net.asked.length, count + 1);
    await clock.pass(100);
    assert.equal(net.asked.length, count + 2, `after ${wait}`);
  }
  await answer();
  assert.deepEqual([queue.pending, queue.failures], [false, 0]);
});

test("no answer after 5 s is said; after 15 s it is given up", async (context) => {
  const { clock, net, queue, said, put } = page(context);
  put("1");
  await clock.pass(5000);
  assert.deepEqual(said[said.length - 1], ["offline", "Hors ligne, gardé sur cette page"]);
  const { signal } = net.last.options;
  await clock.pass(10_000);
  assert.deepEqual([signal.aborted, queue.failures, queue.pending], [true, 1, true]);
});

test("a token of before a new sign-in is taken anew, and the mark goes again with it", async (context) => {
  const { clock, net, put, queue, answer } = page(context);
  globalThis.location = { href: "/page" };
  globalThis.DOMParser = class {
    parseFromString = (html) => ({ querySelector: () => ({ value: html }) });
  };
  put("1");
  await net.last.answer(403, {});
  assert.equal(net.last.url, "/page");
  await net.last.answer(200, null, { text: async () => "fresh" });
  await clock.pass(1000);
  assert.equal(net.last.options.headers["X-CSRFToken"], "fresh");
  await answer();
  assert.equal(queue.pending, false);
});

test("who is signed out is told so, and nothing is lost", async (context) => {
  const { net, queue, said, put, kept } = page(context);
  put("1");
  await net.last.answer(0, null, { type: "opaqueredirect", ok: false });
  assert.match(said[said.length - 1][1], /^Votre session est terminée/);
  assert.deepEqual([queue.pending, kept()[0][1].value], [true, "1"]);
});

test("a page that is loaded again sends what the one before could not", async (context) => {
  const one = page(context);
  one.put("1", { shown: "0" });
  await one.net.last.fail();
  const queue = one.open();
  queue.send();
  assert.deepEqual(one.sent(), [{ copy: "c", name: "q1", value: "1", seen: ["0"] }]);
  await one.answer();
  assert.equal(queue.pending, false);
});

test("the page goes: what is not under way goes beside it, and stays kept until a page knows what became of it", async (context) => {
  const one = page(context);
  one.put("1");
  one.queue.leave();
  assert.equal(one.net.asked.length, 1);
  one.put("2");
  one.queue.leave();
  assert.deepEqual([one.net.asked.length, one.sent()[0].value, one.net.last.options.keepalive], [2, "2", true]);
  await one.answer({}, one.net.asked[0]);
  assert.equal(one.kept()[0][1].value, "2");
  assert.deepEqual(one.kept()[0][1].seen.includes("2"), true);
});

test("a request that is too big for keepalive goes without it", (context) => {
  const { net, put } = page(context);
  put("é".repeat(25_000));
  assert.equal(net.last.options.keepalive, false);
});

test("without storage, or with a broken one, marks are sent all the same", async (context) => {
  sessionStorage.setItem("notation 7", "{half");
  const one = page(context);
  noStorage();
  one.put("1");
  await one.answer();
  await settled();
  assert.equal(one.queue.pending, false);
});
