// Two texts for one field: both are kept by the server, both are shown, the student chooses.

/** Shows `other` beside the area; `settle(revision)` once chosen. */
export function showConflict(box, other, revision, settle) {
  let conflict = box.querySelector(".conflict:not([data-waiting])");
  if (!conflict) {
    conflict = document.querySelector("#deux-textes").content.firstElementChild.cloneNode(true);
    box.append(conflict);
  }
  conflict.querySelector(".other-text").textContent = other || "(rien d’écrit)";
  wire(conflict, box.querySelector("textarea"), other, () => settle(revision));
}

/** A version that waited on the server since an earlier visit: the area is already up to date. */
export function wireWaiting(box, settle) {
  const conflict = box.querySelector(".conflict[data-waiting]");
  if (!conflict) return;
  conflict.querySelector(".conflict-choice").hidden = false;
  wire(conflict, box.querySelector("textarea"), conflict.querySelector(".other-text").textContent, () => settle());
}

function wire(conflict, area, other, settle) {
  conflict.querySelector('[data-choose="mine"]').onclick = () => {
    conflict.remove();
    settle();
    area.focus();
  };
  conflict.querySelector('[data-choose="other"]').onclick = () => {
    area.value = other || "";
    conflict.remove();
    settle();
    area.focus();
  };
}
