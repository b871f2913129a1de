// The server's clock on a device whose own is wrong, sleeps, or is set while the page is open.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { figure, left, number, pageArrived, serverNow, setServerTime, timeMoved } from "../../static/js/lib/clock.js";
import { announceTime, timeInWords } from "../../static/js/lib/tide.js";

const real = { now: Date.now, performance: performance.now.bind(performance) };
let shift = 0; // of the device's clock
let passed = 0; // of performance.now()

beforeEach(() => {
  [shift, passed] = [0, 0];
  performance.now = () => passed;
  Date.now = () => 1_000_000 + passed + shift;
  timeMoved();
});
test.after(() => {
  performance.now = real.performance;
  Date.now = real.now;
});

test("goes on from the server's instant, whatever the device's clock says", () => {
  setServerTime(5000);
  passed += 1500;
  shift = -7_200_000;
  assert.equal(serverNow(), 6500);
});

test("counts from when the instant was received, not from when the script began", () => {
  passed = 800;
  setServerTime(5000, 300);
  assert.equal(serverNow(), 5500);
});

test("the page arrived with its first byte; where the browser does not tell, now", () => {
  passed = 900;
  const entries = performance.getEntriesByType;
  try {
    for (const [told, at] of [[[{ responseStart: 250 }], 250], [[{ responseStart: 0 }], 900], [[], 900]]) {
      performance.getEntriesByType = () => told;
      assert.equal(pageArrived(), at);
    }
  } finally {
    performance.getEntriesByType = entries;
  }
});

test("a device that slept, or whose clock was set, is told of once", () => {
  passed += 60_000;
  assert.equal(timeMoved(), false);
  for (const moved of [10_000, -3_600_000]) {
    shift += moved;
    assert.equal(timeMoved(), true);
    assert.equal(timeMoved(), false);
  }
  shift += 1500; // a clock that is put right by the network, a little at a time
  assert.equal(timeMoved(), false);
});

test("what is left: of a deadline, of a pause, of what has not begun", () => {
  setServerTime(10_000);
  const time = { status: "writing", deadline: 12_500, remaining: 9000 };
  assert.equal(left(time), 2500);
  assert.equal(left({ ...time, status: "paused" }), 9000);
  assert.equal(left({ ...time, status: "paused", remaining: -1 }), 0);
  assert.equal(left({ ...time, deadline: null }), null);
  passed += 3000;
  assert.equal(left(time), 0);
});

test("figures are rounded up to the second: « 0:00 » is the end and nothing before it", () => {
  const shown = { 0: "0:00", 1: "0:01", 1000: "0:01", 59_001: "1:00", 564_000: "9:24", 3_600_000: "60:00", "-5": "0:00" };
  for (const [milliseconds, text] of Object.entries(shown)) assert.equal(figure(Number(milliseconds)), text);
});

test("a data attribute is a number, or none", () => {
  assert.deepEqual([number("12"), number("0"), number("-1"), number(""), number(undefined)], [12, 0, -1, null, null]);
});

test("ten, five and one minute are said once each, and the end", () => {
  const heard = [];
  const line = { set textContent(text) { heard.push(text); } };
  let before = null;
  for (let now = 11 * 60_000; now >= -1000; now -= 500) {
    announceTime(line, before, Math.max(0, now));
    before = Math.max(0, now);
  }
  assert.deepEqual(heard, ["Il reste 10 minutes.", "Il reste 5 minutes.", "Il reste une minute.", "Le temps est écoulé."]);
});

test("the time as a sentence", () => {
  setServerTime(0);
  const said = (deadline, more) => timeInWords({ status: "writing", deadline, remaining: deadline, total: 0, ...more });
  assert.equal(said(null), "La partie n’a pas commencé.");
  assert.equal(said(0), "Le temps est écoulé.");
  assert.equal(said(61_000), "Il reste 1 minute et 1 seconde.");
  assert.equal(said(120_000), "Il reste 2 minutes.");
  assert.equal(said(30_000, { status: "paused" }), "Pause. Il restera 30 secondes.");
});
