"""A small pack of our own: nothing about Metroloco is special. Built, so that a test changes one thing."""

from pathlib import Path

Files = dict[str, str]

LESSON = """---
slug: petite-lecon
title: "Le jardin partagé"
subtitle: "Une leçon de deux parties"
credit: "notre équipe"
licence: "CC BY-SA 4.0"
sources:
  - label: "Un livre"
  - label: "Un site"
    link: "https://example.org/jardin"
---

Bienvenue au [jardin](lexique:jardin).
"""
PART = """---
number: {number}
kind: {kind}
title: "Partie {number}"
minutes: 15
objectives:
  - "Comprendre"
resources:
  - "Les annexes"
---

Répondez, puis lisez [Vos données](app:vos-donnees).
"""
QUESTION = """---
part: {part}
number: {number}
verb: {verb}
statement: "Repérer les outils du jardin."
fields:
  - key: outils
    label: "Les outils"
    hint: "Deux suffisent."
  - key: usages
    label: "Leurs usages"
---

- La bêche (annexe 1).
"""
ANNEXE = """---
part: {part}
number: {number}
slug: {slug}
title: "Un texte"
kind: text
source: "D’après un livre"
link: "https://example.org/texte"
added: true
note: "Écrit pour l’essai."
---

### Le jardin

On y [cultive](lexique:jardin) ensemble.
"""
TERM = """---
part: 1
term: "{term}"
full: "Jardin partagé"
---

Un lieu cultivé ensemble.
"""
CARD = """---
part: 1
verb: "{verb}"
definition: "Retrouver un élément."
action: "Le citer."
---

Citez entre guillemets.
"""
GRID = """---
part: 1
title: "Fiche d’évaluation"
levels:
  - code: TI
    label: "très insuffisant"
  - code: I
    label: "insuffisant"
  - code: S
    label: "satisfaisant"
  - code: TS
    label: "très satisfaisant"
criteria:
  - group: "Compétences"
    label: "Repérer"
    expectation: "complet"
  - group: "Connaissances"
    label: "Les outils"
---

Une note.
"""


def small_pack() -> Files:
    """Path by path, a pack in which nothing is wrong."""
    return {
        "README.md": "Ce fichier n’est lu par personne.\n",
        "lesson.md": LESSON,
        "parts/1.md": PART.format(number=1, kind="individual"),
        "parts/2.md": PART.format(number=2, kind="group"),
        "questions/1-1.md": QUESTION.format(part=1, number=1, verb="reperer"),
        "questions/1-2.md": QUESTION.format(part=1, number=2, verb="comparer"),
        "questions/2-1.md": QUESTION.format(part=2, number=1, verb="reperer").replace(
            "---\n\n-", "further: true\n---\n\n-"
        ),
        "annexes/1-1.md": ANNEXE.format(part=1, number=1, slug="texte"),
        "annexes/1-2.md": ANNEXE.format(part=1, number=2, slug="autre-texte"),
        "lexicon/jardin.md": TERM.format(term="Jardin"),
        "lexicon/beche.md": TERM.format(term="Bêche"),
        "method/comparer.md": CARD.format(verb="Comparer"),
        "method/reperer.md": CARD.format(verb="Repérer"),
        "grids/part-1.md": GRID,
    }


def changed(path: str, old: str, new: str) -> Files:
    """The small pack with one passage of one file written otherwise."""
    files = small_pack()
    assert old in files[path], f"{path} does not hold {old!r}"
    return files | {path: files[path].replace(old, new, 1)}


def write(folder: Path, files: Files) -> Path:
    """Puts the files in the folder, text as UTF-8, and gives the folder back."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8", "surrogateescape"))
    return folder
