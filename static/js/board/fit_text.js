// A projected text is never cut: where it does not fit (an odd screen, other fonts), it is made smaller.

const LEAST = 0.35;

/**
 * Fits the text of the screen under `root`; to be called again when the text or the window changes.
 * @param {ParentNode} root
 */
export function fit(root) {
  const main = root.querySelector("main.screen");
  const text = main && main.querySelector(".screen-text, .screen-fit");
  if (!text) return;
  main.scrollTop = 0;
  const pages = Number(main.dataset.pages || 1); // a poster made bigger: one stretch of it after the other
  if (pages > 1) {
    main.style.removeProperty("--fit");
    main.scrollTop = ((main.scrollHeight - main.clientHeight) * Number(main.dataset.page)) / (pages - 1);
    return;
  }
  let size = 1;
  main.style.setProperty("--fit", String(size));
  while (size > LEAST && overflows(main)) {
    size -= size > 0.6 ? 0.04 : 0.02;
    main.style.setProperty("--fit", String(size));
  }
  main.dataset.fit = size.toFixed(2);
}

/** @param {HTMLElement} main */
function overflows(main) {
  return main.scrollHeight > main.clientHeight + 1 || main.scrollWidth > main.clientWidth + 1;
}
