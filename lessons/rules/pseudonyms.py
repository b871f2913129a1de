"""Pseudonyms: those we propose and those that are typed."""

import random
import unicodedata
from collections.abc import Collection

MAX_LENGTH = 30
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


def all_proposals() -> list[str]:
    """Every pseudonym that we can propose (several hundred)."""
    return [f"{noun} {m}" for noun in MASCULINE for m, _ in QUALITIES] + [
        f"{noun} {f}" for noun in FEMININE for _, f in QUALITIES
    ]


def propose(count: int, taken: Collection[str], rng: random.Random) -> list[str]:
    """`count` pseudonyms that nobody has, different from one another where there are enough nouns."""
    used = {name.casefold() for name in taken}
    free = [name for name in all_proposals() if name.casefold() not in used]
    rng.shuffle(free)
    seen_nouns = {name.split()[0] for name in taken if " " in name}
    free.sort(key=lambda name: name.split()[0] in seen_nouns)
    first: dict[str, str] = {}
    for name in free:
        first.setdefault(name.split()[0], name)
    others = [name for name in free if first[name.split()[0]] != name]
    return [*first.values(), *others][:count]


def clean(typed: str) -> str:
    """The pseudonym as stored: one line, no control, invisible or direction marks, at most 30 signs."""
    normal = unicodedata.normalize("NFC", typed)
    visible = "".join(" " if ch.isspace() else ch for ch in normal)
    visible = "".join(ch for ch in visible if unicodedata.category(ch)[0] != "C")
    return " ".join(visible.split())[:MAX_LENGTH].strip()
