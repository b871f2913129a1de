// Speaking turns: a tally for the group's eyes, on this device alone. Nothing of it is ever sent.

const PREFIX = "parole";

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) || {};
  } catch {
    return {};
  }
}

function keep(key, counts) {
  try {
    sessionStorage.setItem(key, JSON.stringify(counts));
  } catch {
    // a device without storage counts until the page goes
  }
}

function button(text, label, press) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "btn btn-small", textContent: text, onclick: press });
  made.setAttribute("aria-label", label);
  return made;
}

function line(member, counts, count) {
  const made = document.createElement("li");
  const name = document.createElement("bdi");
  const figure = document.createElement("output");
  name.textContent = member.name;
  figure.textContent = counts[member.id] || 0;
  const add = (step) => () => {
    count(member.id, step);
    figure.textContent = counts[member.id];
  };
  made.append(
    name,
    button("−", `Une prise de parole de moins\u00a0: ${member.name}`, add(-1)),
    figure,
    button("+", `Une prise de parole de plus\u00a0: ${member.name}`, add(1)),
  );
  return made;
}

/** Returns {draw(members), forget()}. */
export function setUpTally(section) {
  const key = `${PREFIX} ${section.dataset.place}`;
  const counts = read(key);
  const list = section.querySelector("ul");
  let drawn = "";

  function count(id, step) {
    counts[id] = Math.max(0, (counts[id] || 0) + step);
    keep(key, counts);
  }

  return {
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
