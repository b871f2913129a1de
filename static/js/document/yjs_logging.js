// What yjs says in the console, plainly: in place of lib0/logging (scripts/bundle), whose colours and pictures
// weigh a tenth of the whole library.

/** @param {unknown[]} words */
export const warn = (...words) => console.warn(...words);
export const print = warn;
export const [BOLD, UNBOLD, RED, ORANGE] = ["", "", "", ""];
