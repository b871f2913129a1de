// What changed between two states of a text, without ever cutting a pair of surrogates (an emoji) in two.

/** @param {number} code */
const isHigh = (code) => code >= 0xd800 && code <= 0xdbff;
/** @param {number} code */
const isLow = (code) => code >= 0xdc00 && code <= 0xdfff;
/**
 * @param {string} text
 * @param {number} at
 */
const cuts = (text, at) => at > 0 && at < text.length && isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1));

/**
 * {at, removed, inserted}: at offset `at` of `before`, so many units go and this text comes; null if nothing
 * changed. `caret`, where the writer's caret is in `after`, tells which of several equal letters was typed.
 * @param {string} before
 * @param {string} after
 * @param {number} [caret]
 */
export function diff(before, after, caret = after.length) {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  const limit = Math.min(most, Math.max(0, caret - Math.max(0, after.length - before.length)));
  let start = 0;
  while (start < limit && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  while (start < most - end && before[start] === after[start]) start += 1; // the caret was no help
  while (start > 0 && (cuts(before, start) || cuts(after, start))) start -= 1;
  while (end > 0 && (cuts(before, before.length - end) || cuts(after, after.length - end))) end -= 1;
  return { at: start, removed: before.length - end - start, inserted: after.slice(start, after.length - end) };
}
