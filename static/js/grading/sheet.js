// The copy on screen: its fields, the row in hand, and the values between which the teacher has to choose.

import { keyOf } from "./queue.js";

const WORDS = { "": "non évalué" };

/** Copies that are not on screen and where the teacher has to choose. */
function linksTo(copies) {
  const note = document.createElement("p");
  note.className = "clash note";
  note.dataset.kind = "error";
  note.append("Deux valeurs, à vous de choisir\u00a0: ");
  for (const { label, address } of copies) {
    const link = document.createElement("a");
    Object.assign(link, { href: address, textContent: label });
    link.dataset.step = "choice";
    note.append(link, " ");
  }
  return note;
}

export class Sheet {
  constructor(main, template) {
    Object.assign(this, { main, template });
    this.row = "";
  }

  get article() {
    return this.main.querySelector("[data-copy]");
  }

  get form() {
    return this.main.querySelector("form.grid");
  }

  get copy() {
    return this.article.dataset.copy;
  }

  get rows() {
    return [...this.form.querySelectorAll("fieldset.criterion")];
  }

  get current() {
    return this.form.querySelector(`fieldset[data-row="${CSS.escape(this.row)}"]`) || this.rows[0];
  }

  /** What the server held when the page was made. */
  shown(name) {
    return this.form.elements[`avant-${name}`].value;
  }

  radio(name, value) {
    return this.form.querySelector(`input[type=radio][name="${name}"][value="${value}"]`);
  }

  /** A field of words; remarks already used are buttons of the same name. */
  field(name) {
    return this.form.querySelector(`input[name="${name}"], textarea[name="${name}"]`);
  }

  write(name, value) {
    if (name.startsWith("niveau-")) {
      const radio = this.radio(name, value);
      if (radio) radio.checked = true;
      return;
    }
    const field = this.field(name);
    if (field && field.value !== value && field !== document.activeElement) field.value = value;
  }

  /** A level as it is read aloud; words as they are. */
  spoken(name, value) {
    if (!name.startsWith("niveau-")) return value || "(rien)";
    return WORDS[value] ?? this.radio(name, value)?.nextElementSibling.title ?? value;
  }

  /** Puts what this tab knows better than the page, which may have been fetched earlier. */
  refresh(queue, madeAt) {
    const names = [...this.form.querySelectorAll('[name^="avant-"]')].map((hidden) => hidden.name.slice(6));
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
    this.listMissing();
  }

  drawClashes(queue) {
    for (const block of this.form.querySelectorAll(".clash")) block.remove();
    const elsewhere = new Map();
    for (const { copy, name, value, clash, label, address } of queue.clashes) {
      if (copy !== this.copy) {
        elsewhere.set(copy, { label, address });
        continue;
      }
      const block = this.template.content.firstElementChild.cloneNode(true);
      block.querySelector("[data-stored]").textContent = this.spoken(name, clash);
      block.querySelector("[data-mine]").textContent = this.spoken(name, value);
      block.dataset.name = name;
      this.field(name).closest(".levels, .words").after(block);
    }
    if (elsewhere.size) this.form.querySelector(".grid-rows").prepend(linksTo([...elsewhere.values()]));
  }

  listMissing() {
    const names = this.rows
      .filter((row) => row.querySelector("input[type=radio]:checked")?.value === "")
      .map((row) => row.dataset.criterion);
    this.form.querySelector("[data-missing]").textContent = names.length
      ? `Reste non évalué\u00a0: ${names.join(", ")}.`
      : this.rows.length > 0 ? "Toutes les lignes sont évaluées." : "";
  }

  /** The row in hand: the one that keys grade. */
  hold(row, { focus = false } = {}) {
    if (!row) return;
    this.row = row.dataset.row;
    for (const other of this.rows) other.toggleAttribute("data-held", other === row);
    if (focus) (row.querySelector("input:checked") || row.querySelector("input[type=radio]")).focus();
  }

  /** The row before or after the one in hand. */
  move(by) {
    const rows = this.rows;
    const at = rows.indexOf(this.current);
    this.hold(rows[Math.min(rows.length - 1, Math.max(0, at + by))], { focus: true });
  }
}
