// Several students, one PC: what a browser keeps of a page that was left must not be shown to the next one.

const CHANNEL = "poste";

/** Empties the page as it goes, so that the copy that a browser may keep in memory holds no word of it. */
export function emptyOnLeave() {
  window.addEventListener("pagehide", () => document.body.replaceChildren());
}

/**
 * Another tab of this browser has left the place: `left()` is called in the others.
 * @param {() => void} left
 */
export function onLeftElsewhere(left) {
  if ("BroadcastChannel" in window) new BroadcastChannel(CHANNEL).addEventListener("message", left);
}

export function tellOtherTabs() {
  if (!("BroadcastChannel" in window)) return;
  // eslint-disable-next-line compat/compat -- asked for in the line above
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("quitte");
  channel.close();
}
