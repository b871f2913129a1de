// Bytes as text, for what travels or is kept as text.

/** @param {Uint8Array} bytes */
export function toText(bytes) {
  let made = "";
  for (let at = 0; at < bytes.length; at += 8192) made += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(made);
}

/** @param {string} text */
export const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
