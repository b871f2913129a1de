// One key, one gesture. Off while something is typed, and when the teacher does not want them (WCAG 2.1.4).

import { isOpen } from "../lib/dialog.js";

const LEVELS = ["0", "1", "2", "3", "4"];

const typing = (target) => target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

/** `on`: {level(value), row(by), copy(by), words(), member(), zoom(), help(), wanted()}. */
export function setUpKeys(dialog, on) {
  const gestures = {
    ArrowDown: () => on.row(1),
    ArrowUp: () => on.row(-1),
    j: () => on.copy(1),
    k: () => on.copy(-1),
    o: () => on.words(),
    m: () => on.member(),
    g: () => on.level("groupe"),
    z: () => on.zoom(),
    "?": () => on.help(),
  };
  const arrows = { ArrowRight: 1, ArrowLeft: -1 };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOpen(dialog)) return;
    if (typing(target)) {
      if (key === "Escape") on.row(0);
      return;
    }
    if (!on.wanted()) return;
    if (key in arrows && target.type !== "radio") on.copy(arrows[key]);
    else if (LEVELS.includes(key)) on.level(key === "0" ? "" : key);
    else if (gestures[key] ?? gestures[key.toLowerCase()]) (gestures[key] ?? gestures[key.toLowerCase()])();
    else return;
    event.preventDefault();
  });
}
