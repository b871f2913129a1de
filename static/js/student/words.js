// Words as the server counts them: « l’ESS » and « peut-être » are one each.

const WORD = /[\p{L}\p{N}]+(?:[’'\-‑][\p{L}\p{N}]+)*/gu;

export function words(text) {
  const count = (text.match(WORD) || []).length;
  return `${count} ${count > 1 ? "mots" : "mot"}`;
}
