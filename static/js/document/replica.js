// The common document of a group, in the browser: a yjs document that the server keeps and every member's
// page follows. The page must also call listen() (lib/live.js): its one stream brings what others write.

import { Doc, applyUpdate, encodeStateAsUpdate } from "yjs";

import { hear } from "../lib/live.js";
import { bindArea } from "./binding.js";
import { toBytes } from "./bytes.js";
import { keptFor } from "./unsent_edits.js";
import { Sender } from "./sender.js";
import { whereabouts } from "./who_writes_where.js";

const REMOTE = "remote";
const CALM_MS = 2000; // somebody who composes a word (IME, tablet) is not disturbed for so long
const GAP_MS = 1000; // what is missing in between may be on its way
const AGAIN_MS = 3000;

const nothing = () => {};

/**
 * Opens the document of the page's student. `onState(state)`: "saved", "sending", "offline", "closed" (what was
 * just written came after the bell, the teacher decides), "gone" (no longer in a group), "long" (no room left),
 * "pages" (this student has opened it too many times).
 * `onWhere(map)`: text key → [names] of the others who write there now. `onGroup()`: the group's panel changed.
 * `onChange()`: anything in the document did. `ready` resolves once the server's state is there.
 * @param {{token: string, place?: string, seat?: string, readOnly?: boolean, onState?: (state: string) => void, onWhere?: (map: Map<string, string[]>) => void, onGroup?: () => unknown, onChange?: () => unknown}} options
 */
export function openDocument({ token, place, seat = "", readOnly = false, ...told }) {
  const { onState = nothing, onWhere = nothing, onGroup = nothing, onChange = nothing } = told;
  const doc = new Doc();
  /** @type {Map<number, [string, string]>} */
  const writers = new Map();
  /** @type {Map<HTMLTextAreaElement, ReturnType<typeof bindArea>>} */
  const bound = new Map(); // textarea → its binding
  /** @type {Set<number>} */
  const ahead = new Set(); // numbers that came before one that is still missing
  const mine = place || document.querySelector("#direct")?.dataset.place || "";
  const kept = keptFor(mine);
  let number = 0;
  /** @type {Uint8Array[]} */
  let held = []; // updates that wait for the end of a composition
  let typedAt = 0;
  let composing = false;
  /** @type {number | null} */
  let gap = null;
  /** @type {Promise<unknown> | null} */
  let asking = null;
  let left = false;
  let renewed = false;
  /** @type {(value?: unknown) => void} */
  let arrived;
  const ready = new Promise((resolve) => (arrived = resolve));

  const sender = new Sender({
    token,
    seat,
    client: doc.clientID,
    kept,
    whole: (vector) => encodeStateAsUpdate(doc, vector),
    tell: onState,
    acknowledged: saw,
    hopeless: startAgain,
  });
  const where = whereabouts(mine, onWhere);

  // --- what others write -----------------------------------------------------------------------------

  /** @param {Uint8Array[]} updates */
  function take(updates) {
    held.push(...updates);
    const wait = composing ? typedAt + CALM_MS - performance.now() : 0;
    if (wait > 0) setTimeout(() => take([]), wait);
    else release();
  }

  function release() {
    const now = held;
    held = [];
    putBack(); // what others write comes into what is known
    if (now.length) doc.transact(() => now.forEach((update) => applyUpdate(doc, update, REMOTE)), REMOTE);
  }

  /** @param {number} at */
  function saw(at) {
    if (at > number) ahead.add(at);
    while (ahead.delete(number + 1)) number += 1;
    clearTimeout(gap);
    if (ahead.size) gap = setTimeout(ask, GAP_MS);
  }

  /** @param {Record<string, [string, string]> | undefined} authors */
  function note(authors) {
    for (const [client, author] of Object.entries(authors || {})) writers.set(Number(client), author);
  }

  /** Asks for what this page lacks: at first, when the stream opens again, where something is missing. */
  function ask() {
    asking ??= fetchChanges().finally(() => (asking = null));
    return asking;
  }

  async function fetchChanges() {
    const since = number;
    try {
      const asked = new URLSearchParams({ depuis: /** @type {any} */ (since), groupe: seat });
      const response = await fetch(`/live/${sender.token}/affiche/suite?${asked}`, { cache: "no-store" });
      if (response.status === 404) {
        onState("gone");
        return onGroup(); // perhaps it is another one by now
      }
      const { n, u, a } = await response.json();
      note(a);
      take(u.map(toBytes));
      for (const seen of ahead) if (seen <= n) ahead.delete(seen);
      number = n < since ? n : Math.max(number, n); // less: a backup was put back
      saw(0);
      arrived();
    } catch {
      if (!left) setTimeout(ask, AGAIN_MS);
    }
  }

  const deaf = [
    hear("etat", ask), // the stream opened again, or there is none and this is a poll
    hear("recharge", ask),
    hear("groupe", onGroup),
    hear("ici", (text) => where.said(JSON.parse(text))),
    hear("maj", (text) => {
      const { n, u, a } = JSON.parse(text);
      note(a);
      take([toBytes(u)]);
      saw(n);
    }),
  ];

  // --- what is written here --------------------------------------------------------------------------

  doc.on("update", (update, origin) => {
    if (origin !== REMOTE) sender.add(update);
    onChange();
  });

  /** @param {Event} event */
  function compose(event) {
    composing = event.type === "compositionstart";
    typedAt = performance.now();
    if (!composing) release();
  }

  /**
   * @param {HTMLTextAreaElement} area
   * @param {string} key
   */
  function bind(area, key) {
    bound.get(area)?.release();
    area.readOnly = readOnly;
    area.addEventListener("compositionstart", compose);
    const binding = bindArea(area, doc.getText(key), () => {
      sender.text = key;
      typedAt = performance.now();
    });
    area.addEventListener("compositionend", compose); // after the binding has read what was composed
    bound.set(area, binding);
    return binding;
  }

  /** @param {boolean} value */
  function setReadOnly(value) {
    readOnly = value;
    for (const area of bound.keys()) area.readOnly = value;
  }

  /** What a browser has taken away is put back. */
  function putBack() {
    for (const binding of bound.values()) binding.look();
  }

  /** All that is written is with the server. What is still being composed counts, too. */
  function flush() {
    for (const binding of bound.values()) binding.read();
    return sender.flush();
  }

  // --- coming and going ------------------------------------------------------------------------------

  /** The server takes nothing more of this page's history (it went back to a backup): its texts start anew. */
  function startAgain() {
    if (renewed) return sender.failed("offline"); // once is enough: it says so, and goes on trying
    /** @type {Record<string, string>} */
    const texts = {};
    for (const key of doc.share.keys()) if (!["forme", "transmis"].includes(key)) texts[key] = String(doc.getText(key));
    sender.stop(); // another refusal would begin the reload again, and again
    kept.keep({ texts, seat });
    left = true;
    location.reload();
  }

  function recover() {
    const { batches, texts, seat: written } = kept.read() || {};
    renewed = Boolean(texts) && written === seat; // those of another group are not this one's
    take(sender.recover(batches));
    for (const [key, text] of Object.entries((renewed && texts) || {})) {
      const area = document.createElement("textarea");
      const binding = bindArea(area, doc.getText(key), nothing);
      area.value = text;
      area.dispatchEvent(new Event("input"));
      binding.release();
    }
    if (!sender.unsent) kept.keep(null);
  }

  const leave = () => {
    for (const binding of bound.values()) binding.read();
    if (!left) sender.leave();
  };
  window.addEventListener("pagehide", leave);
  window.addEventListener("online", () => sender.flush());
  ready.then(recover);
  ask();

  return {
    doc,
    ready,
    writers,
    look: doc.getMap("forme"),
    passed: doc.getMap("transmis"),
    text: (/** @type {string} */ key) => doc.getText(key),
    bind,
    /**
     * An area that leaves the page: what it shows is no longer anybody's text.
     * @param {HTMLTextAreaElement} area
     */
    unbind(area) {
      bound.get(area)?.release();
      bound.delete(area);
    },
    putBack,
    flush,
    get unsent() {
      return !left && sender.unsent;
    },
    /** @param {boolean} value */
    set readOnly(value) {
      setReadOnly(value);
    },
    /** @param {string} value */
    set token(value) {
      sender.token = value;
    },
    /** Nothing is left behind on this device, sent or not. */
    forget() {
      left = true;
      kept.keep(null);
    },
    close() {
      leave();
      left = true;
      clearTimeout(gap);
      window.removeEventListener("pagehide", leave);
      deaf.forEach((stop) => stop());
      for (const binding of bound.values()) binding.release();
    },
  };
}
