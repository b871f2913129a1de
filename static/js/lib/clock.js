// The server's clock is the only one. A device clock may be hours off or be set while the page is
// open, so only performance.now() is used, anchored to the last instant that the server gave.

const MOVED_MS = 2000;

let serverAt = 0;
let localAt = 0;
let gap = Date.now() - performance.now();

/**
 * Anchors the clock to an instant given by the server (milliseconds since 1970), received at `at`.
 * @param {number} milliseconds
 * @param {number} [at]
 */
export function setServerTime(milliseconds, at = performance.now()) {
  serverAt = milliseconds;
  localAt = at;
}

/** When the page itself arrived, on performance.now()'s scale: scripts may start long after it. */
export function pageArrived() {
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return entry && entry.responseStart > 0 ? entry.responseStart : performance.now();
}

/** The server's time now, in milliseconds since 1970. */
export function serverNow() {
  return serverAt + (performance.now() - localAt);
}

/**
 * True once after the device slept (performance.now() may have stood still meanwhile) or its clock was
 * set: ask the server for the time again.
 */
export function timeMoved() {
  const now = Date.now() - performance.now();
  const moved = Math.abs(now - gap) > MOVED_MS;
  gap = now;
  return moved;
}

/**
 * « 9:24 », rounded up to the second; « 0:00 » at the end.
 * @param {number} milliseconds
 */
export function figure(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * A number or null from a data attribute.
 * @param {string | undefined} text
 */
export function number(text) {
  return text === undefined || text === "" ? null : Number(text);
}

/**
 * Milliseconds left of {status, deadline, remaining}; null before the start.
 * @param {Pick<Time, "status" | "deadline" | "remaining">} time
 */
export function left({ status, deadline, remaining }) {
  if (status === "paused") return Math.max(0, /** @type {number} */ (remaining));
  return deadline === null ? null : Math.max(0, deadline - serverNow());
}
