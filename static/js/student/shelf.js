// Annexes and lexicon: tabs that keep their scroll. Without JavaScript everything stands one below the other;
// with it only the open panel is in the document, so that an old tablet lays out a page half as long.

/**
 * @typedef {{tab: HTMLAnchorElement, panel: HTMLElement, scroll: number}} Entry
 * @param {HTMLElement} shelf
 * @returns {Entry[]}
 */
function entriesOf(shelf) {
  return /** @type {HTMLAnchorElement[]} */ ([...shelf.querySelectorAll(".tab")]).map((tab) => ({
    tab,
    panel: /** @type {HTMLElement} */ (document.querySelector(/** @type {string} */ (tab.getAttribute("href")))),
    scroll: 0,
  }));
}

/**
 * @param {HTMLElement} shelf
 * @param {Entry[]} entries
 */
function markUp(shelf, entries) {
  /** @type {HTMLElement} */ (shelf.querySelector(".tabs")).setAttribute("role", "tablist");
  for (const { tab, panel } of entries) {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
  }
}

/**
 * What scrolls: the shelf where it stands beside the questions, else the page.
 * @param {HTMLElement} shelf
 */
function scroller(shelf) {
  return getComputedStyle(shelf).overflowY === "auto" ? shelf : /** @type {Element} */ (document.scrollingElement);
}

/**
 * Returns {open(id), current(), find(id)}: a panel; the tab and panel in sight; an element of any panel.
 * @param {HTMLElement} shelf
 * @returns {Shelf}
 */
export function setUpShelf(shelf) {
  const entries = entriesOf(shelf);
  markUp(shelf, entries);
  let current = entries[0];

  /** @param {Entry} entry */
  function show(entry) {
    current = entry;
    for (const { tab, panel } of entries) {
      const chosen = panel === entry.panel;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) shelf.append(panel);
      else panel.remove();
    }
  }

  /** @param {Entry} entry */
  function open(entry) {
    if (entry === current) return;
    const page = scroller(shelf);
    current.scroll = page.scrollTop;
    show(entry);
    page.scrollTo({ top: entry.scroll, behavior: "instant" });
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} index
   */
  function onKey(event, index) {
    const to = /** @type {Record<string, number | undefined>} */ ({ ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 })[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const entry = entries[(to + entries.length) % entries.length];
    open(entry);
    entry.tab.focus();
  }

  entries.forEach((entry, index) => {
    entry.tab.addEventListener("click", (event) => {
      event.preventDefault();
      open(entry);
    });
    entry.tab.addEventListener("keydown", (event) => onKey(event, index));
  });
  show(entries[0]); // the lexicon is always there
  return {
    open: (id) => entries.filter(({ panel }) => panel.id === id).forEach(open),
    current: () => current,
    find: (id) => entries.map(({ panel }) => panel.querySelector(`#${CSS.escape(id)}`)).find(Boolean),
  };
}
