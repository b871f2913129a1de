// Makes an element like another one, touching only what differs: what is focused, opened or half typed
// stays as it is.

/**
 * Makes the children of `old` like those of `fresh`. Elements with an id are found again wherever they are.
 * @param {Element} old
 * @param {ParentNode & Node} fresh
 */
export function morphChildren(old, fresh) {
  const known = new Map();
  for (const child of old.children) if (child.id) known.set(child.id, child);
  let at = /** @type {Element | null} */ (old.firstChild); // or a text, as below
  for (const wanted of /** @type {Element[]} */ ([...fresh.childNodes])) {
    const found = wanted.id ? known.get(wanted.id) : similar(at, wanted) ? at : null;
    if (!found || found.nodeName !== wanted.nodeName) {
      old.insertBefore(wanted, at);
      continue;
    }
    if (found === at) at = /** @type {Element | null} */ (found.nextSibling);
    else old.insertBefore(found, at);
    morph(found, wanted);
  }
  while (at) {
    const next = /** @type {Element | null} */ (at.nextSibling);
    at.remove();
    at = next;
  }
}

/**
 * @param {Element | null} node
 * @param {Element} wanted
 */
function similar(node, wanted) {
  return node !== null && node.nodeType === wanted.nodeType && node.nodeName === wanted.nodeName && !node.id;
}

/**
 * @param {Element} old or a text, a comment
 * @param {Element} fresh of the same kind
 */
function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !(name === "open" && old.localName === "details")) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.localName !== "video") morphChildren(old, fresh);
}
