// A billet's QR code carries the personal code and its seal after « # », which browsers never send to a server.

const [code, seal] = decodeURIComponent(location.hash.slice(1)).split(".");
if (code) {
  /** @type {HTMLInputElement} */ (document.querySelector('[name="personal_code"]')).value = code;
  /** @type {HTMLInputElement} */ (document.querySelector('[name="seal"]')).value = seal || "";
  history.replaceState(null, "", location.pathname); // nothing stays in the history of a shared PC
}
