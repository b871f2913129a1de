// Speaking turns: a tally for the group's eyes, on this device alone. Nothing of it is ever sent.

const PREFIX = "parole";

/**
 * @param {string} key
 * @returns {Record<string, number>}
 */
function read(key) {
  try {
    return JSON.parse(/** @type {string} */ (sessionStorage.getItem(key))) || {};
  } catch {
    return {};
  }
}

/**
 * @param {string} key
 * @param {Record<string, number>} counts
 */
function keep(key, counts) {
  try {
    sessionStorage.setItem(key, JSON.stringify(counts));
  } catch {
    // a device without storage counts until the page goes
  }
}

/**
 * @param {string} text
 * @param {string} label
 * @param {() => void} press
 */
function button(text, label, press) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "btn btn-small", textContent: text, onclick: press });
  made.setAttribute("aria-label", label);
  return made;
}

/**
 * @param {Pick<Member, "id" | "name">} member
 * @param {Record<string, number>} counts
 * @param {(id: string, step: number) => void} count
 */
function line(member, counts, count) {
  const made = document.createElement("li");
  const name = document.createElement("bdi");
  const figure = document.createElement("output");
  name.textContent = member.name;
  figure.textContent = String(counts[member.id] || 0);
  const add = (/** @type {number} */ step) => () => {
    count(member.id, step);
    figure.textContent = String(counts[member.id]);
  };
  made.append(
    name,
    button("−", `Une prise de parole de moins\u00a0: ${member.name}`, add(-1)),
    figure,
    button("+", `Une prise de parole de plus\u00a0: ${member.name}`, add(1)),
  );
  return made;
}

/**
 * Returns {draw(members), forget()}.
 * @param {HTMLElement} section
 */
export function setUpTally(section) {
  const key = `${PREFIX} ${section.dataset.place}`;
  const counts = read(key);
  const list = /** @type {HTMLElement} */ (section.querySelector("ul"));
  let drawn = "";

  /**
   * @param {string} id
   * @param {number} step
   */
  function count(id, step) {
    counts[id] = Math.max(0, (counts[id] || 0) + step);
    keep(key, counts);
  }

  return {
    /** @param {Member[]} members */
    draw(members) {
      const wanted = members.map(({ id, name }) => `${id} ${name}`).join("|");
      if (wanted === drawn) return;
      drawn = wanted;
      list.replaceChildren(...members.map((member) => line(member, counts, count)));
      section.hidden = false;
    },
    forget() {
      try {
        sessionStorage.removeItem(key);
      } catch {
        // nothing was kept
      }
    },
  };
}
