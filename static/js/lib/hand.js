// Which text of a field is the true one. A browser may empty a field by itself: WebKit resets whole forms when a page
// comes back from its back-forward cache, without any event, and once « pageshow » is over. What no hand has done is
// put back, and never sent.

const WRITTEN = ["input", "change", "compositionend"]; // some keyboards give « change » alone
const ABOUT_TO = ["paste", "cut", "drop"]; // the text is another one a moment later
const BEFORE = ["beforeinput", "focus"];
const LATER_MS = [0, 100, 500];

/**
 * The text that holds, where `shown` stands in a field of which the page knows `known` and which was loaded with
 * `loaded`, and no hand was seen. Something longer may be a corrector's; less, or what was there at first, is nobody's wish.
 * @param {string} known
 * @param {string} loaded
 * @param {string} shown
 */
export function holding(known, loaded, shown) {
  return shown === loaded || shown.length < known.length ? known : shown;
}

/** A field of text whose `value` is what a hand, or the page itself, has written there. */
export class Hand {
  /** @param {HTMLTextAreaElement | HTMLInputElement} area */
  constructor(area) {
    this.area = area;
    this.loaded = area.defaultValue;
    this.known = area.value; // a slow script may find somebody already writing
    /** @type {Event | null} */
    this.sign = null; // a cut, a paste: the text changes as soon as the browser has done it
    /** Is told when somebody has written. */
    this.changed = () => {};
    for (const name of WRITTEN) area.addEventListener(name, () => this.take());
    for (const name of BEFORE) area.addEventListener(name, () => this.look());
    for (const name of ABOUT_TO) {
      area.addEventListener(name, (event) => {
        this.sign = event;
        setTimeout(() => this.sign === event && this.look(), 0);
      });
    }
  }

  get value() {
    this.look();
    return this.known;
  }

  /** The page itself writes. */
  set value(text) {
    if (this.area.value !== text) this.area.value = text;
    this.known = this.area.value;
  }

  /** A hand was seen: what stands there is its text. */
  take() {
    this.sign = null;
    const { value } = this.area;
    if (value === this.known) return;
    this.known = value;
    this.changed();
  }

  /** Nobody was seen: what was taken away is put back; something longer counts. */
  look() {
    const { value } = this.area;
    const seen = this.sign && !this.sign.defaultPrevented;
    if (seen || holding(this.known, this.loaded, value) === value) this.take();
    else this.putBack();
  }

  /** Whatever stands there gives way to what is known. */
  putBack() {
    this.sign = null;
    if (this.area.value === this.known) return;
    this.area.value = this.known;
    this.area.dispatchEvent(new CustomEvent("ecrit", { bubbles: true }));
  }
}

/** @type {WeakMap<HTMLTextAreaElement | HTMLInputElement, Hand>} */
const hands = new WeakMap();

/**
 * The one Hand of this field.
 * @param {HTMLTextAreaElement | HTMLInputElement} area
 */
export function handOf(area) {
  const known = hands.get(area) || new Hand(area);
  hands.set(area, known);
  return known;
}

/**
 * What is chosen in a form, as a hand left it: radios, boxes, lists.
 * @param {HTMLFormElement} form
 */
export function choicesOf(form) {
  const all = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[type=radio], input[type=checkbox]")]);
  const read = () => all.map(({ checked }) => checked);
  let known = read();
  form.addEventListener("change", () => (known = read()));
  return { look: () => all.forEach((one, index) => (one.checked = known[index])) };
}

/**
 * Calls `look` on whatever brings a page back, and as it goes: at once, and again after the resets that come behind « pageshow ».
 * @param {() => void} look
 */
export function onReturn(look) {
  const back = () => {
    look();
    for (const later of LATER_MS) setTimeout(look, later);
  };
  for (const name of ["pageshow", "focus", "pagehide"]) window.addEventListener(name, back);
  for (const name of ["visibilitychange", "resume"]) document.addEventListener(name, back);
}
