// An answer as high as its text, up to the style sheet's limit. Browsers that know `field-sizing` do it alone;
// iOS has no handle to pull either.

const LOOK_MS = 500; // texts also change without a word: a draft, another device, a choice between two versions

/** @param {HTMLTextAreaElement} area */
function fit(area) {
  if (area.scrollHeight <= area.clientHeight) return;
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

/**
 * `root` holds the areas, those to come too. They grow and never shrink: what is below stays where it is.
 * @param {HTMLElement} root
 */
export function growAreas(root) {
  if (CSS.supports("field-sizing", "content")) return;
  const fitAll = () => root.querySelectorAll("textarea.answer").forEach(fit);
  root.addEventListener("input", ({ target }) => target.matches("textarea.answer") && fit(/** @type {HTMLTextAreaElement} */ (/** @type {Element} */ (target))));
  setInterval(fitAll, LOOK_MS);
  fitAll();
}
