// Sends each change of the sheet at once, one request at a time, and again until it is stored.

const RETRIES_MS = [1000, 2000, 5000, 10_000];

class SignedOut extends Error {}
class Refused extends Error {}

/** Posts the fields; gives the time of storing, « 10 h 42 min 07 s ». */
async function post(form, fields) {
  const token = form.elements.csrfmiddlewaretoken;
  const response = await fetch(form.dataset.save, {
    method: "POST",
    body: new URLSearchParams([...fields]),
    headers: { "X-CSRFToken": token.value },
    redirect: "manual",
    keepalive: true, // goes on when the teacher has already clicked « Suivant »
  });
  if (response.type === "opaqueredirect") throw new SignedOut();
  if (response.status === 403) await renew(token);
  const answer = [200, 422].includes(response.status) ? await response.json() : {};
  if (response.status === 422) throw new Refused(answer.error);
  if (!response.ok) throw new Error(String(response.status));
  return answer.saved_at;
}

/** After signing in again in another tab, the page needs the new session's token. */
async function renew(token) {
  const response = await fetch(location.href, { cache: "no-store", redirect: "manual" });
  if (!response.ok) throw new SignedOut();
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  token.value = page.querySelector("[name=csrfmiddlewaretoken]").value;
}

/** Keeps what is not stored yet. `tell(state, text)` says what is going on. */
export function createSaver(form, tell) {
  const waiting = new Map(); // field name → newest value
  let underWay = null;
  let failures = 0;
  let timer = null;

  function forget(fields) {
    for (const [name, value] of fields) if (waiting.get(name) === value) waiting.delete(name);
  }

  function fail(error, fields) {
    if (error instanceof Refused) {
      forget(fields);
      return tell("error", `Pas enregistré. ${error.message}`);
    }
    tell(
      "error",
      error instanceof SignedOut
        ? "Votre session est terminée : reconnectez-vous dans un autre onglet, cette page garde votre saisie."
        : "Pas encore enregistré, nouvel essai…",
    );
    timer = setTimeout(send, RETRIES_MS[Math.min(failures, RETRIES_MS.length - 1)]);
    failures += 1;
  }

  async function send() {
    clearTimeout(timer);
    if (underWay || waiting.size === 0) return;
    underWay = new Map(waiting);
    if (failures === 0) tell("saving", "Enregistrement…");
    try {
      const savedAt = await post(form, underWay);
      failures = 0;
      forget(underWay);
      tell("saved", `Enregistré à ${savedAt}`);
    } catch (error) {
      fail(error, underWay);
    } finally {
      underWay = null;
    }
    if (failures === 0) send();
  }

  return {
    put(name, value) {
      waiting.set(name, value);
      send();
    },
    /** True while something could still be lost with the page. */
    get pending() {
      return waiting.size > 0;
    },
    /** The page goes: what changed since the request under way is sent beside it. */
    leave() {
      const rest = [...waiting].filter(([name, value]) => underWay?.get(name) !== value);
      if (rest.length) post(form, rest).catch(() => {});
    },
  };
}
