// A starred term opens its definition under its paragraph; the button or Escape closes it. Without
// JavaScript it is a link to its entry of the lexicon.

/** @type {{link: HTMLAnchorElement, box: HTMLElement} | null} */
let open = null; // {link, box}

/**
 * `find(id)` gives an entry of the lexicon.
 * @param {HTMLElement} root
 * @param {(id: string) => Element | null | undefined} find
 */
export function setUpTerms(root, find) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a.term");
    const entry = link && find(link.hash.slice(1));
    if (!entry) return;
    event.preventDefault();
    if (open && open.box.contains(link)) return fill(open.box, entry); // a term of a definition
    const again = open && open.link === link;
    close();
    if (!again) show(link, entry);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !open) return;
    if (open.box.contains(document.activeElement) || open.link === document.activeElement) close();
  });
}

function close() {
  if (!open) return;
  const { link, box } = open;
  open = null;
  box.remove();
  link.setAttribute("aria-expanded", "false");
  link.focus();
}

/**
 * @param {HTMLAnchorElement} link
 * @param {Element} entry
 */
function show(link, entry) {
  const box = document.createElement("div");
  box.className = "definition";
  box.setAttribute("role", "note");
  box.tabIndex = -1;
  fill(box, entry);
  link.setAttribute("aria-expanded", "true");
  place(box, link);
  open = { link, box };
  box.focus();
}

/**
 * @param {HTMLElement} box
 * @param {HTMLElement} link
 */
function place(box, link) {
  const block = link.closest("p, blockquote, li, dd, td, h2, h3, h4");
  if (!block || block.matches("li, dd, td")) (block || /** @type {HTMLElement} */ (link.parentElement)).append(box);
  else block.after(box);
}

/**
 * @param {HTMLElement} box
 * @param {Element} entry
 */
function fill(box, entry) {
  const term = /** @type {HTMLElement} */ (entry.querySelector("dt")).textContent.trim();
  box.setAttribute("aria-label", `Lexique\u00a0: ${term}`);
  const title = document.createElement("p");
  title.append(document.createElement("strong"));
  /** @type {Node} */ (title.firstChild).textContent = term;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn-link", textContent: "Fermer", onclick: close });
  box.replaceChildren(title, .../** @type {HTMLElement} */ (entry.querySelector("dd")).cloneNode(true).childNodes, button);
  box.focus();
}
