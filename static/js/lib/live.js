// What the server tells an open page: a stream of events, or a cheap poll where no stream gets through
// (proxy). A hidden tab closes its stream: HTTP/1.1 allows six connections a host.

import { setServerTime } from "./clock.js";

const POLL_MS = 4000;
const SILENCE_MS = 40_000; // the server sends a comment every 15 s; a buffering proxy sends nothing
const FAILURES_BEFORE_POLL = 3;

/**
 * Listens for a page. `handlers`: {etat(state), moi(), tuiles(), link(up)}; all optional but `etat`.
 * Returns a function that stops.
 */
export function listen(token, handlers) {
  let source = null;
  let poll = null;
  let failures = 0;
  let opened = false;
  let watchdog = null;

  const tell = (name, data) => handlers[name] && handlers[name](data);

  function gotState(text) {
    const state = JSON.parse(text);
    setServerTime(state.now);
    tell("link", true);
    tell("etat", state);
  }

  function expectSign() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => !opened && startPolling(), SILENCE_MS / 8);
  }

  function startStream() {
    if (source || poll) return;
    opened = false;
    source = new EventSource(`/live/${token}/flux`);
    expectSign();
    source.addEventListener("etat", (event) => {
      opened = true;
      failures = 0;
      gotState(event.data);
    });
    source.addEventListener("moi", () => tell("moi"));
    source.addEventListener("tuiles", () => tell("tuiles"));
    source.onerror = () => {
      failures += 1;
      tell("link", false);
      if (!opened && failures >= FAILURES_BEFORE_POLL) return startPolling();
      if (source.readyState === EventSource.CLOSED) {
        stopStream();
        setTimeout(startStream, 2000);
      }
    };
  }

  function stopStream() {
    clearTimeout(watchdog);
    if (source) source.close();
    source = null;
  }

  function startPolling() {
    stopStream();
    if (poll) return;
    const ask = async () => {
      try {
        const response = await fetch(`/live/${token}/etat`, { cache: "no-store" });
        if (!response.ok) throw new Error(String(response.status));
        gotState(await response.text());
        tell("tuiles");
      } catch {
        tell("link", false);
      }
    };
    poll = setInterval(ask, POLL_MS + Math.random() * 1000);
    ask();
  }

  function stopPolling() {
    clearInterval(poll);
    poll = null;
  }

  function follow() {
    if (document.hidden) {
      stopStream();
      stopPolling();
    } else {
      startStream();
    }
  }

  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pageshow", (event) => event.persisted && follow());
  window.addEventListener("online", follow);
  follow();
  return () => {
    document.removeEventListener("visibilitychange", follow);
    stopStream();
    stopPolling();
  };
}
