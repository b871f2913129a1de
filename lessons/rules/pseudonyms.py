"""Pseudonyms: those we propose and those that are typed."""

import random
import unicodedata
from collections.abc import Collection

MAX_LENGTH = 30
SIMULATED = "(simulé)"  # at the end of each pseudonym of a rehearsal's students
MASCULINE = (
    "Arbousier", "Bécasseau", "Coquelicot", "Cormoran", "Courlis", "Dauphin", "Écureuil", "Galet", "Genêt",
    "Goéland", "Grillon", "Héron", "Hérisson", "Lézard", "Martinet", "Mimosa", "Nuage", "Oyat", "Pin", "Rouget",
    "Tamaris", "Vanneau",
)  # fmt: skip
FEMININE = (
    "Abeille", "Alouette", "Bruyère", "Cigale", "Coccinelle", "Dune", "Étoile", "Fauvette", "Fougère", "Huppe",
    "Immortelle", "Lagune", "Libellule", "Loutre", "Marée", "Mouette", "Palourde", "Pignade", "Rainette",
    "Sittelle", "Sterne", "Vague",
)  # fmt: skip
QUALITIES = (
    ("agile", "agile"), ("attentif", "attentive"), ("calme", "calme"), ("clair", "claire"), ("curieux", "curieuse"),
    ("discret", "discrète"), ("doré", "dorée"), ("fidèle", "fidèle"), ("habile", "habile"), ("jovial", "joviale"),
    ("léger", "légère"), ("libre", "libre"), ("matinal", "matinale"), ("paisible", "paisible"),
    ("patient", "patiente"), ("rapide", "rapide"), ("rêveur", "rêveuse"), ("serein", "sereine"), ("vif", "vive"),
)  # fmt: skip


_OF_NOUN = {
    **{noun: tuple(f"{noun} {m}" for m, _ in QUALITIES) for noun in MASCULINE},
    **{noun: tuple(f"{noun} {f}" for _, f in QUALITIES) for noun in FEMININE},
}


def propose(count: int, taken: Collection[str], rng: random.Random) -> list[str]:
    """`count` pseudonyms that nobody has, different from one another where there are enough nouns."""
    used = {name.casefold() for name in taken}
    seen_nouns = {name.split()[0] for name in taken if " " in name}
    nouns = rng.sample(list(_OF_NOUN), len(_OF_NOUN))
    nouns.sort(key=seen_nouns.__contains__)  # stable: nouns that nobody has come first
    first: list[str] = []
    others: list[str] = []
    for noun in nouns:
        if len(first) == count:  # a class asks for six: the other nouns need not be looked at
            return first
        free = [name for name in _OF_NOUN[noun] if name.casefold() not in used]
        if free:
            first.append(free.pop(rng.randrange(len(free))))
        others += free
    rng.shuffle(others)
    others.sort(key=lambda name: name.split()[0] in seen_nouns)
    return [*first, *others][:count]


def clean(typed: str) -> str:
    """The pseudonym as stored: one line, no control, invisible or direction marks, at most 30 signs."""
    normal = unicodedata.normalize("NFC", typed)
    visible = "".join(" " if ch.isspace() else ch for ch in normal)
    visible = "".join(ch for ch in visible if unicodedata.category(ch)[0] != "C")
    return " ".join(visible.split())[:MAX_LENGTH].strip()
