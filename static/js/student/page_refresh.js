// Asks for the page again and swaps what holds no text: the line at the top and the buttons. The caret,
// the texts and the scroll stay where they are.

const PARTS = [".topline-row", ".finish"];

/** @param {HTMLElement} element */
function key(element) {
  const name = element.getAttribute("formaction") || element.dataset.action || element.getAttribute("href");
  return name && (element.getAttribute("formaction") ? `[formaction="${name}"]` : `[data-action="${name}"]`);
}

/**
 * @param {string} selector
 * @param {Document} fresh
 */
function swap(selector, fresh) {
  const [old, made] = [document.querySelector(selector), fresh.querySelector(selector)];
  if (!old || !made) return;
  const focused = old.contains(document.activeElement) ? key(/** @type {HTMLElement} */ (document.activeElement)) : null;
  old.replaceWith(made);
  const again = focused && made.querySelector(focused);
  if (again) again.focus({ preventScroll: true });
}

/**
 * The page as this answer has it. Throws if it is no page of ours (proxy, sign-in of a Wi-Fi).
 * @param {Response} response
 */
export async function readPage(response) {
  if (!response.ok) throw new Error(String(response.status));
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!fresh.querySelector("#direct")) throw new Error("another page");
  return fresh;
}

/** @param {Document} fresh */
export function swapParts(fresh) {
  for (const selector of PARTS) swap(selector, fresh);
}
