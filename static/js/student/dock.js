// Under 900 px: one thing at a time. The caret and the place of each view are there when it comes back.

const WIDE = "(min-width: 56.25em)";

/**
 * @param {HTMLElement} dock
 * @param {HTMLElement} desk
 * @param {Shelf} shelf
 */
export function setUpDock(dock, desk, shelf) {
  const links = [...dock.querySelectorAll("a")];
  /** @type {Record<string, number>} */
  const scrolls = {};
  /** @type {HTMLElement | null} */
  let caret = null;
  /** @type {string | null} */
  let annexe = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea.answer")) caret = event.target;
  });

  /** @param {string} name */
  function mark(name) {
    for (const link of links) {
      if (link.hash === `#${name}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** @param {string} name */
  function show(name) {
    const page = /** @type {Element} */ (document.scrollingElement);
    scrolls[/** @type {string} */ (desk.dataset.view)] = page.scrollTop;
    const view = name === "questions" ? "questions" : "shelf";
    desk.dataset.view = view;
    mark(name);
    page.scrollTo({ top: scrolls[view] || 0, behavior: "instant" });
    if (view === "questions") return caret && caret.focus({ preventScroll: true });
    if (shelf.current().panel.id !== "lexique") annexe = shelf.current().panel.id;
    shelf.open(name === "lexique" ? "lexique" : /** @type {string} */ (annexe));
    shelf.current().tab.focus({ preventScroll: true });
  }

  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(link.hash.slice(1));
    });
  }
  desk.dataset.view = "questions";
  mark("questions");
  // A tab of the shelf may change what the dock says.
  /** @type {HTMLElement} */ (desk.querySelector(".tabs")).addEventListener("click", () => {
    if (!matchMedia(WIDE).matches) mark(shelf.current().panel.id === "lexique" ? "lexique" : "annexes");
  });
}
