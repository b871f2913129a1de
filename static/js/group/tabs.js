// The views of the group's work as tabs; under 900 px a dock beside them. One at a time, each where it was left.

const WIDE = "(min-width: 56.25em)";
/** @type {Record<string, string | null>} */
const SHELF = { annexes: null, lexique: "lexique" }; // what stands in the shelf, and its panel

/**
 * @typedef {{name: string, tab: HTMLAnchorElement, panel: HTMLElement, scroll: number, caret: HTMLElement | null}} View
 * @param {HTMLElement} nav
 * @param {View[]} entries
 */
function markUp(nav, entries) {
  nav.setAttribute("role", "tablist");
  for (const { tab, panel } of entries) {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
  }
}

/**
 * `shelf` is setUpShelf()'s. `shown(name)` is told which view opens. Returns {open(name), openAnnexe(id)}.
 * A reload keeps the view; the address may ask for one (« …/#ecrire »).
 * @param {HTMLElement} desk
 * @param {HTMLElement} dock
 * @param {Shelf} shelf
 * @param {(name: string) => void} shown
 */
export function setUpViews(desk, dock, shelf, shown) {
  const nav = /** @type {HTMLElement} */ (desk.querySelector(".views"));
  const links = [...dock.querySelectorAll("a")];
  /** @type {View[]} */
  const entries = /** @type {HTMLAnchorElement[]} */ ([...nav.querySelectorAll(".tab")]).map((tab) => {
    const name = tab.hash.slice(1);
    return { name, tab, panel: /** @type {HTMLElement} */ (document.getElementById(name)), scroll: 0, caret: null };
  });
  let current = entries[0];
  /** @type {string | null} */
  let annexe = null;

  /** @param {string} name */
  function markDock(name) {
    for (const link of links) {
      if (link.hash === `#${name}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** @param {View} entry */
  function show(entry) {
    current = entry;
    for (const { tab, panel } of entries) {
      const chosen = panel === entry.panel;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
    }
    history.replaceState({ view: entry.name }, ""); // not in the address: the browser would scroll there
    markDock(entry.name === "groupe" ? "groupe" : "ecrire");
    shown(entry.name);
  }

  function keepPlace() {
    if (desk.dataset.view === "questions") current.scroll = /** @type {Element} */ (document.scrollingElement).scrollTop;
  }

  /** @param {string} name */
  function open(name) {
    const entry = entries.find((one) => one.name === name);
    const there = entry === current && desk.dataset.view === "questions";
    if (!entry || there) return;
    keepPlace();
    desk.dataset.view = "questions";
    show(entry);
    /** @type {Element} */ (document.scrollingElement).scrollTo({ top: entry.scroll, behavior: "instant" });
    if (entry.caret && entry.caret.isConnected) entry.caret.focus({ preventScroll: true });
  }

  /**
   * The shelf stands beside the work, or takes its place under 900 px.
   * @param {string | null} id
   */
  function openShelf(id) {
    if (shelf.current().panel.id !== "lexique") annexe = shelf.current().panel.id;
    shelf.open(id || /** @type {string} */ (annexe));
    if (matchMedia(WIDE).matches) return;
    keepPlace();
    desk.dataset.view = "shelf";
    markDock(id === "lexique" ? "lexique" : "annexes");
    /** @type {Element} */ (document.scrollingElement).scrollTo({ top: 0, behavior: "instant" });
    shelf.current().tab.focus({ preventScroll: true });
  }

  /** @param {Clicked} event */
  function follow(event) {
    const link = event.target.closest("a[href^='#']");
    const name = link && link.hash.slice(1);
    if (!name || link.matches(".term, .skip-link")) return;
    if (name in SHELF) openShelf(SHELF[name]);
    else if (entries.some((one) => one.name === name)) open(name);
    else if (name.startsWith("annexe-") && !link.closest(".shelf")) openShelf(name);
    else return;
    event.preventDefault();
  }

  nav.addEventListener("keydown", (event) => {
    const step = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1 })[event.key];
    if (!step) return;
    event.preventDefault();
    const next = entries[(entries.indexOf(current) + step + entries.length) % entries.length];
    next.caret = null;
    open(next.name);
    next.tab.focus();
  });
  desk.addEventListener("click", follow);
  dock.addEventListener("click", follow);
  desk.addEventListener("focusin", ({ target }) => {
    const entry = entries.find(({ panel }) => panel.contains(target));
    if (entry && target.matches("textarea")) entry.caret = target;
  });
  // A tab of the shelf may change what the dock says.
  /** @type {HTMLElement} */ (desk.querySelector(".shelf .tabs")).addEventListener("click", () => {
    if (!matchMedia(WIDE).matches) markDock(shelf.current().panel.id === "lexique" ? "lexique" : "annexes");
  });
  markUp(nav, entries);
  desk.dataset.view = "questions";
  const wanted = (history.state && history.state.view) || location.hash.slice(1);
  show(entries.find(({ name }) => name === wanted) || entries[0]);
  return { open, openAnnexe: openShelf };
}
