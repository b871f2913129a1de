// Fetches a part of the page again when the server says that it has changed, at most once a second, and
// without disturbing what is focused, opened or half typed.

import { morphChildren } from "./morph.js";
import { reloadAtTop } from "./reload.js";

const LEAST_MS = 1000;
const AGAIN_MS = 3000; // after a failure

/**
 * Keeps `element` equal to what its data-fragment address gives; `after` runs each time it has changed.
 * Messages of the server (.messages) go to `#annonce`, where they stay until the next action.
 * Returns {ask, show}: `ask({now})` fetches, `show(html)` takes HTML that is there already.
 * @param {HTMLElement} element
 * @param {() => void} after
 */
export function follow(element, after) {
  let last = -LEAST_MS;
  /** @type {number | null} */
  let timer = null;
  let asking = 0;
  let shown = 0; // an answer that was asked for earlier than the one on screen is thrown away

  /**
   * @param {string} html
   * @param {number} [number]
   */
  function show(html, number = ++asking) {
    if (number < shown) return;
    shown = number;
    const template = document.createElement("template");
    template.innerHTML = html;
    announce(template.content);
    morphChildren(element, template.content);
    after();
  }

  async function load() {
    clearTimeout(timer);
    timer = null;
    last = performance.now();
    const number = ++asking;
    try {
      const response = await fetch(/** @type {string} */ (element.dataset.fragment), { cache: "no-store" });
      if (response.redirected || response.status === 404) return reloadAtTop(); // signed out, or gone
      if (!response.ok) throw new Error(String(response.status));
      show(await response.text(), number);
    } catch {
      timer ??= setTimeout(load, AGAIN_MS);
    }
  }

  function ask({ now = false } = {}) {
    if (now) return load();
    timer ??= setTimeout(load, Math.max(0, LEAST_MS - (performance.now() - last)));
  }
  return { ask, show };
}

/** @param {DocumentFragment} content */
function announce(content) {
  const said = content.querySelector(".messages");
  const place = document.querySelector("#annonce");
  if (!said || !place) return;
  place.replaceChildren(said);
  for (const empty of content.querySelectorAll('[role="status"]:empty')) empty.remove();
}
