// Says that the page is cut off, until it is over. Two witnesses: the last save, and what the server tells.

const PATIENCE_MS = 4000; // a stream that is back at once is no outage

/** @type {Record<string, string>} */
const TEXTS = {
  network:
    "Hors ligne. Votre texte est gardé sur cette page et partira de lui-même dès que la connexion reviendra. Ne fermez pas cet onglet.",
  server:
    "Le serveur n’a pas pu enregistrer. Votre texte est gardé sur cette page, un nouvel essai suit de lui-même. Ne fermez pas cet onglet.",
  left: "Un texte n’était pas encore parti. Il est gardé sur cette page et part de lui-même\u202f; ne fermez pas cet onglet.",
  gone: "Ce poste n’a plus accès à votre place (nouveau code personnel, ou retrait). Copiez votre texte, puis revenez avec votre code personnel.",
  long: "Un texte de votre affiche est trop long\u202f: le serveur ne le prend plus. Raccourcissez-le.",
  pages:
    "Cette affiche a été ouverte un trop grand nombre de fois à votre place\u202f: le serveur ne prend plus ce que vous écrivez. Copiez votre texte et prévenez votre enseignant.",
};

export class LinkNote {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.save = "";
    /** @type {number | null} */
    this.down = null;
    this.silent = false;
  }

  /**
   * What became of the last save: "" or a key of TEXTS.
   * @param {string} reason
   */
  saving(reason) {
    this.save = reason;
    if (!reason) this.hearing(true);
    this.draw();
  }

  /**
   * Whether the server is heard.
   * @param {boolean} up
   */
  hearing(up) {
    if (up) {
      clearTimeout(this.down);
      this.down = null;
      this.silent = false;
    }
    this.down ??= up ? null : setTimeout(() => this.lose(), PATIENCE_MS);
    this.draw();
  }

  lose() {
    this.silent = true;
    this.draw();
  }

  draw() {
    const text = TEXTS[this.save || (this.silent ? "network" : "")] || "";
    if (this.element.textContent !== text) this.element.textContent = text;
    this.element.hidden = !text;
  }
}
