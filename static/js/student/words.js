// Words as the server counts them (lessons/rules/texts.py): « l’ESS » and « peut-être » are one each, an accent
// that is a sign of its own cuts no word in two, and a soft hyphen stands for nothing.

const WORD = /[\p{L}\p{N}]+(?:[’'\-‑][\p{L}\p{N}]+)*/gu;
const UNCOUNTED = /[\p{M}\p{Cf}]/gu;

/** @param {string} text */
export const countWords = (text) => (text.replace(UNCOUNTED, "").match(WORD) || []).length;

/** @param {string} text */
export function words(text) {
  const count = countWords(text);
  return `${count} ${count > 1 ? "mots" : "mot"}`;
}
