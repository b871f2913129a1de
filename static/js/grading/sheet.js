// The copy on screen: its fields, the row in hand, and the values between which the teacher has to choose.

import { handOf } from "../lib/hand.js";
import { keyOf } from "./queue.js";

/** @type {Record<string, string>} */
const WORDS = { "": "non évalué", groupe: "comme le groupe" };
const OF_GROUP = "groupe:";

/** @param {string} copy */
const isPoster = (copy) => copy.startsWith(OF_GROUP);

/**
 * Copies that are not on screen and where the teacher has to choose; a poster is another page than a copy.
 * @param {Pick<Mark, "copy" | "label" | "address">[]} copies
 * @param {string} here
 */
function linksTo(copies, here) {
  const note = document.createElement("p");
  note.className = "clash note";
  note.dataset.kind = "error";
  note.append("Deux valeurs, à vous de choisir\u00a0: ");
  for (const { copy, label, address } of copies) {
    const link = document.createElement("a");
    Object.assign(link, { href: address, textContent: label });
    if (isPoster(copy) === isPoster(here)) link.dataset.step = "choice";
    note.append(link, " ");
  }
  return note;
}

export class Sheet {
  /**
   * @param {HTMLElement} main
   * @param {HTMLTemplateElement} template
   */
  constructor(main, template) {
    this.main = main;
    this.template = template;
    /** @type {string | undefined} */
    this.row = "";
  }

  get article() {
    return /** @type {HTMLElement} */ (this.main.querySelector("[data-copy]"));
  }

  get form() {
    return /** @type {HTMLFormElement} */ (this.main.querySelector("form.grid"));
  }

  get copy() {
    return /** @type {string} */ (this.article.dataset.copy);
  }

  /** Those on screen: a member's own are folded away until they are wanted. */
  get rows() {
    const all = [...this.form.querySelectorAll("fieldset.criterion")];
    return all.filter((row) => !row.closest("details:not([open])"));
  }

  get current() {
    return this.rows.find((row) => row.dataset.row === this.row) || this.rows[0];
  }

  get members() {
    return [...this.form.querySelectorAll("details[data-member]")];
  }

  /**
   * What the server held when the page was made.
   * @param {string} name
   */
  shown(name) {
    return this.form.elements[`avant-${name}`].value;
  }

  /**
   * @param {string} name
   * @param {string} value
   * @returns {HTMLInputElement | null}
   */
  radio(name, value) {
    return this.form.querySelector(`input[type=radio][name="${name}"][value="${value}"]`);
  }

  /** @param {HTMLElement} row */
  nameOfLevel(row) {
    return /** @type {HTMLInputElement} */ (row.querySelector("input[type=radio]")).name;
  }

  /**
   * A field of words; remarks already used are buttons of the same name.
   * @param {string} name
   * @returns {Area | null}
   */
  field(name) {
    return this.form.querySelector(`input[name="${name}"], textarea[name="${name}"]`);
  }

  /** Observations and the general remark. */
  get texts() {
    return [...this.form.querySelectorAll("textarea[name]")];
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  write(name, value) {
    const field = this.field(name);
    if (field?.type === "radio") {
      const radio = this.radio(name, value);
      if (radio) radio.checked = true;
    } else if (field && field !== document.activeElement) handOf(field).value = value;
  }

  /**
   * A level as it is read aloud; words as they are.
   * @param {string} name
   * @param {string} value
   */
  spoken(name, value) {
    const field = /** @type {Area} */ (this.field(name));
    if (field.type !== "radio") return value || "(rien)";
    if (value === "groupe" && field.closest("[data-absent]")) return WORDS[""];
    return WORDS[value] ?? /** @type {HTMLElement | undefined} */ (this.radio(name, value)?.nextElementSibling)?.title ?? value;
  }

  /**
   * Puts what this tab knows better than the page, which may have been fetched earlier.
   * @param {import("./queue.js").Queue} queue
   * @param {number} madeAt
   */
  refresh(queue, madeAt) {
    const names = /** @type {HTMLInputElement[]} */ ([...this.form.querySelectorAll('[name^="avant-"]')]).map((hidden) => hidden.name.slice(6));
    for (const name of names) {
      const key = keyOf(this.copy, name);
      const stored = queue.stored.get(key);
      const newer = stored && stored.at > madeAt;
      if (newer) this.form.elements[`avant-${name}`].value = stored.value;
      else queue.stored.delete(key);
      const wanted = queue.waiting.get(key)?.value ?? (newer ? stored.value : undefined);
      if (wanted !== undefined) this.write(name, wanted);
    }
    this.drawClashes(queue);
    this.sum();
  }

  /**
   * What a browser has taken away, or brought back from an earlier visit.
   * @param {import("./queue.js").Queue} queue
   */
  putBack(queue) {
    for (const field of this.texts) handOf(field).look();
    for (const { name: before, value } of /** @type {NodeListOf<HTMLInputElement>} */ (this.form.querySelectorAll('[name^="avant-"]'))) {
      const name = before.slice(6);
      if (this.field(name)?.type === "radio") this.write(name, queue.waiting.get(keyOf(this.copy, name))?.value ?? value);
    }
    this.sum();
  }

  /** @param {import("./queue.js").Queue} queue */
  drawClashes(queue) {
    for (const block of this.form.querySelectorAll(".clash")) block.remove();
    const elsewhere = new Map();
    for (const { copy, name, value, clash, label, address } of queue.clashes) {
      if (copy !== this.copy) {
        elsewhere.set(copy, { copy, label, address });
        continue;
      }
      const block = /** @type {HTMLElement} */ (/** @type {Element} */ (this.template.content.firstElementChild).cloneNode(true));
      /** @type {HTMLElement} */ (block.querySelector("[data-stored]")).textContent = this.spoken(name, /** @type {string} */ (clash));
      /** @type {HTMLElement} */ (block.querySelector("[data-mine]")).textContent = this.spoken(name, value);
      block.dataset.name = name;
      /** @type {HTMLElement} */ (/** @type {Area} */ (this.field(name)).closest(".levels, .words")).after(block);
      block.closest("details")?.setAttribute("open", "");
    }
    const links = [...elsewhere.values()];
    if (links.length) /** @type {HTMLElement} */ (this.form.querySelector(".grid-rows")).prepend(linksTo(links, this.copy));
  }

  /** What follows from the levels: what is missing, and what was changed for whom. */
  sum() {
    this.listMissing();
    for (const member of this.members) this.tellMember(member);
  }

  /** @param {HTMLDetailsElement} member */
  tellMember(member) {
    const changed = [];
    for (const row of member.querySelectorAll("fieldset.criterion")) {
      const chosen = /** @type {HTMLInputElement} */ (row.querySelector("input:checked"));
      row.toggleAttribute("data-own", chosen.value !== "groupe");
      const groups = row.querySelector("[data-group-level]"); // who is absent has none
      if (groups) groups.textContent = `\u00a0: ${this.code(`niveau-${row.dataset.of}`)}`;
      if (chosen.value !== "groupe") changed.push(`${row.dataset.criterion} ${this.code(chosen.name)}`);
    }
    const untouched = WORDS["absent" in member.dataset ? "" : "groupe"];
    const told = changed.length ? `changé pour cet élève (${changed.join(", ")})` : untouched;
    /** @type {HTMLElement} */ (member.querySelector("[data-told]")).textContent = told;
  }

  /**
   * The letters of the level chosen there.
   * @param {string} name
   */
  code(name) {
    const chosen = /** @type {HTMLInputElement | null} */ (this.form.querySelector(`input[name="${name}"]:checked`));
    return chosen?.value ? /** @type {HTMLElement} */ (chosen.nextElementSibling).dataset.code : WORDS[""];
  }

  listMissing() {
    const names = this.rows
      .filter((row) => !row.closest("details") && row.querySelector("input:checked")?.value === "")
      .map((row) => row.dataset.criterion);
    /** @type {HTMLElement} */ (this.form.querySelector("[data-missing]")).textContent = names.length
      ? `Reste non évalué\u00a0: ${names.join(", ")}.`
      : this.rows.length > 0 ? "Toutes les lignes sont évaluées." : "";
  }

  /**
   * The row in hand: the one that keys grade.
   * @param {HTMLElement | null | undefined} row
   * @param {{focus?: boolean}} [how]
   */
  hold(row, { focus = false } = {}) {
    if (!row) return;
    this.row = row.dataset.row;
    for (const other of this.rows) other.toggleAttribute("data-held", other === row);
    if (focus) /** @type {HTMLElement} */ (row.querySelector("input:checked") || row.querySelector("input[type=radio]")).focus();
  }

  /**
   * The row before or after the one in hand; `here`: of the group's rows, or of the same member's.
   * @param {number} by
   * @param {{here?: boolean}} [how]
   */
  move(by, { here = false } = {}) {
    const block = this.current?.closest("details");
    const rows = here ? this.rows.filter((row) => row.closest("details") === block) : this.rows;
    const at = rows.indexOf(this.current);
    this.hold(rows[Math.min(rows.length - 1, Math.max(0, at + by))], { focus: true });
  }

  /** The same row for the next member; after the last one, for the whole group again. */
  toMember() {
    const row = this.current;
    if (!row || !this.members.length) return;
    const number = row.dataset.of ?? row.dataset.row;
    const next = this.members[this.members.indexOf(/** @type {HTMLDetailsElement} */ (row.closest("details"))) + 1];
    if (next) next.open = true;
    const wanted = next ? `[data-of="${number}"]` : `[data-row="${number}"]`;
    this.hold((next ?? this.form).querySelector(wanted), { focus: true });
  }
}
