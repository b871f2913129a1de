// Fetches a part of the page again when the server says that it has changed, at most once a second,
// and never under a hand: an open menu or a focused field waits.

const LEAST_MS = 1000;

/** Keeps `element` equal to what its data-fragment address gives. Returns ask(now). */
export function follow(element, after) {
  let last = 0;
  let timer = null;
  let asking = false;

  async function load() {
    timer = null;
    if (asking) return ask();
    asking = true;
    last = performance.now();
    try {
      const response = await fetch(element.dataset.fragment, { cache: "no-store" });
      if (response.redirected) return location.reload(); // signed out
      if (response.status === 404) return location.reload();
      if (response.ok) replace(element, await response.text());
    } catch {
      timer ??= setTimeout(load, 3000);
    } finally {
      asking = false;
    }
    after();
  }

  function ask({ now = false } = {}) {
    if (now) {
      clearTimeout(timer);
      timer = null;
      return load();
    }
    timer ??= setTimeout(load, Math.max(0, LEAST_MS - (performance.now() - last)));
  }
  return ask;
}

function replace(element, html) {
  const focused = document.activeElement;
  const key = element.contains(focused) ? path(focused, element) : null;
  const open = [...element.querySelectorAll("details")].map((details) => details.open);
  const template = document.createElement("template");
  template.innerHTML = html;
  element.replaceChildren(template.content);
  [...element.querySelectorAll("details")].forEach((details, index) => {
    details.open = open[index] ?? false;
  });
  const again = key && element.querySelector(key);
  if (again) again.focus({ preventScroll: true });
}

/** A selector for the same control in the new fragment: by address and value, not by place. */
function path(node) {
  if (node.id) return `#${CSS.escape(node.id)}`;
  if (node.name && node.value) {
    return `${node.localName}[name="${CSS.escape(node.name)}"][value="${CSS.escape(node.value)}"]`;
  }
  const href = node.getAttribute("href");
  return href ? `${node.localName}[href="${CSS.escape(href)}"]` : null;
}
