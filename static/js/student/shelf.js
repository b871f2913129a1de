// Annexes and lexicon: tabs that keep their scroll where there is room, terms that open in place.
// Without JavaScript everything stands one below the other and terms are links to their entry.

function panels(shelf) {
  return [...shelf.querySelectorAll(".tab")].map((tab) => ({
    tab,
    panel: document.querySelector(tab.getAttribute("href")),
    scroll: 0,
  }));
}

export function setUpShelf(shelf) {
  const all = panels(shelf);
  if (!all.length) return;
  const list = shelf.querySelector(".tabs");
  list.setAttribute("role", "tablist");
  for (const { tab, panel } of all) {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
  }
  let current = null;
  const open = (entry) => {
    if (current) current.scroll = shelf.scrollTop;
    current = entry;
    for (const { tab, panel } of all) {
      const chosen = panel === entry.panel;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
    }
    shelf.scrollTop = entry.scroll;
  };
  all.forEach((entry, index) => {
    entry.tab.addEventListener("click", (event) => {
      event.preventDefault();
      open(entry);
    });
    entry.tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const target = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : index + step;
      if (Number.isNaN(target)) return;
      event.preventDefault();
      const next = all[(target + all.length) % all.length];
      open(next);
      next.tab.focus();
    });
  });
  open(all[0]);
  return (id) => {
    const entry = all.find(({ panel }) => panel.id === id);
    if (entry) open(entry);
  };
}

/** A starred term opens its definition under its paragraph; the button or Escape closes it. */
export function setUpTerms(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a.term");
    if (!link) return;
    const entry = document.querySelector(link.getAttribute("href"));
    if (!entry) return;
    event.preventDefault();
    toggleDefinition(link, entry);
  });
  root.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest(".definition, a.term");
    if (open) closeDefinition(document.querySelector(".definition"));
  });
}

function closeDefinition(definition) {
  if (!definition) return;
  const link = definition.opener;
  definition.remove();
  link.setAttribute("aria-expanded", "false");
  link.focus();
}

function toggleDefinition(link, entry) {
  const known = document.querySelector(".definition");
  const again = known && known.opener === link;
  closeDefinition(known);
  if (again) return;
  const definition = document.createElement("aside");
  definition.className = "definition";
  definition.setAttribute("aria-label", `Lexique : ${entry.querySelector("dt").textContent.trim()}`);
  const title = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = entry.querySelector("dt").textContent.trim();
  title.append(strong);
  const body = document.createElement("div");
  body.append(...entry.querySelector("dd").cloneNode(true).childNodes);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-link";
  close.textContent = "Fermer";
  definition.append(title, body, close);
  definition.opener = link;
  close.addEventListener("click", () => closeDefinition(definition));
  link.setAttribute("aria-expanded", "true");
  link.closest("p, li, dd, blockquote, h2, h3").after(definition);
  definition.tabIndex = -1;
  definition.focus();
}

/** Under 900 px: one thing at a time, and the caret stays where it was when the questions come back. */
export function setUpDock(dock, desk, openPanel) {
  const links = [...dock.querySelectorAll("a")];
  let caret = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea.answer")) caret = event.target;
  });
  const show = (link) => {
    for (const other of links) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    const target = link.getAttribute("href").slice(1);
    desk.dataset.view = target === "questions" ? "questions" : "shelf";
    if (target === "lexique") openPanel("lexique");
    if (target === "questions" && caret) caret.focus();
  };
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(link);
    });
  }
  show(links[0]);
}
