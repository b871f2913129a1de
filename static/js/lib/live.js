// What the server tells an open page: a stream of events, or a cheap poll where no stream gets through
// (proxy). A hidden tab closes its stream: HTTP/1.1 allows six connections a host.

import { setServerTime } from "./clock.js";

const POLL_MS = 4000;
const FIRST_SIGN_MS = 5000; // a buffering proxy lets nothing through
const SILENCE_MS = 40_000; // the server gives a sign every 15 s: the line is dead
const FAILURES_BEFORE_POLL = 3;

// Events of which other modules of the page want to hear, besides those that listen() is given.
const HEARD = ["maj", "ici", "la", "recharge", "groupe"];
/** @type {Map<string, Set<(text: string) => void>>} */
const heard = new Map();

/**
 * Whatever stream the page has, `handle(text)` hears this event of it; returns how to stop.
 * @param {string} name
 * @param {(text: string) => void} handle
 */
export function hear(name, handle) {
  const all = heard.get(name) || new Set();
  heard.set(name, all.add(handle));
  return () => all.delete(handle);
}

/**
 * @param {string} name
 * @param {string} data
 */
const pass = (name, data) => (heard.get(name) || []).forEach((handle) => handle(data));

/**
 * Listens for a page. `handlers`: {etat(state, polled), moi(), tuiles(), arrivee(), presents(text), votants(text), video(text),
 * link(up)}; all optional but `etat`.
 * Returns {fresh, stop}: `fresh()` asks for the state again, now.
 * @param {string | undefined} token
 * @param {Handlers} handlers
 */
export function listen(token, handlers) {
  /** @type {EventSource | null} */
  let source = null;
  /** @type {number | null} */
  let poll = null;
  let failures = 0;
  let opened = false; // this stream has said something
  let worked = false; // so has one since the last poll
  /** @type {number | null} */
  let watchdog = null;

  /**
   * @template {keyof Handlers} Name
   * @param {Name} name
   * @param {Parameters<Required<Handlers>[Name]>} data
   */
  const tell = (name, ...data) => handlers[name] && /** @type {(...data: unknown[]) => unknown} */ (handlers[name])(...data);

  /**
   * @param {string} text
   * @param {boolean} polled
   */
  function gotState(text, polled) {
    const state = JSON.parse(text);
    setServerTime(state.now);
    tell("link", true);
    tell("etat", state, polled);
    pass("etat", text);
  }

  /** @param {number} milliseconds */
  function expectSign(milliseconds) {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => (opened ? fresh() : startPolling()), milliseconds);
  }

  /**
   * @param {string} name
   * @param {(text: string) => void} handle
   */
  function on(name, handle) {
    /** @type {EventSource} */ (source).addEventListener(name, (event) => {
      opened = worked = true;
      failures = 0;
      expectSign(SILENCE_MS);
      handle(event.data);
    });
  }

  function startStream() {
    if (source || poll) return;
    opened = false;
    source = new EventSource(`/live/${token}/flux`);
    expectSign(FIRST_SIGN_MS);
    on("etat", (text) => gotState(text, false));
    on("moi", () => tell("moi"));
    on("tuiles", () => tell("tuiles"));
    on("arrivee", () => tell("arrivee"));
    on("presents", (text) => tell("presents", text));
    on("votants", (text) => tell("votants", text));
    on("video", (text) => tell("video", text));
    on("vie", () => {});
    for (const name of HEARD) on(name, (text) => pass(name, text));
    source.onerror = () => {
      failures += 1;
      tell("link", false);
      if (failures >= FAILURES_BEFORE_POLL) return startPolling();
      if (/** @type {EventSource} */ (source).readyState === EventSource.CLOSED) {
        stopStream();
        setTimeout(follow, 2000);
      }
    };
  }

  function stopStream() {
    clearTimeout(watchdog);
    if (source) source.close();
    source = null;
  }

  async function ask() {
    try {
      const response = await fetch(`/live/${token}/etat`, { cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      gotState(await response.text(), true);
      tell("tuiles");
      if (worked) tryStreamAgain(); // the server was away; nothing in between stops streams
    } catch {
      tell("link", false);
    }
  }

  function tryStreamAgain() {
    worked = false;
    failures = 0;
    stop();
    follow();
  }

  function startPolling() {
    stopStream();
    if (poll) return;
    poll = setInterval(ask, POLL_MS + Math.random() * 1000);
    ask();
  }

  function stop() {
    stopStream();
    clearInterval(poll);
    poll = null;
  }

  function follow() {
    if (document.hidden) stop();
    else startStream();
  }

  function fresh() {
    if (poll) return ask();
    stopStream();
    follow();
  }

  /** @param {PageTransitionEvent} event */
  const back = (event) => event.persisted && fresh();
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pageshow", back);
  window.addEventListener("online", fresh);
  window.addEventListener("offline", fresh); // says itself whether the server is really out of reach
  follow();
  return {
    fresh,
    stop() {
      document.removeEventListener("visibilitychange", follow);
      window.removeEventListener("pageshow", back);
      window.removeEventListener("online", fresh);
      window.removeEventListener("offline", fresh);
      stop();
    },
  };
}
