// A billet's QR code carries the personal code after « # », which browsers never send to a server.

const code = decodeURIComponent(location.hash.slice(1));
if (code) {
  document.querySelector('[name="personal_code"]').value = code;
  history.replaceState(null, "", location.pathname); // nothing stays in the history of a shared PC
}
