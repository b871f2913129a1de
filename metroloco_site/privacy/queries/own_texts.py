"""What a participant wrote in their group's document, as text: the stored bytes say nothing to a reader."""

import re
from datetime import datetime

from django.db.models import Max, Q

from lessons.models import Participant, Poster, PosterLate, PosterUpdate, PosterWriter
from lessons.queries.documents import authors, replica
from lessons.rules.document_updates import Refused

Row = tuple[str, dict[str, object]]
NAMES = {"titre": "Le titre", "source": "La ligne des sources"}
_NUMBERED = re.compile(r"(q|essentiel-)(\d+)")
UNREADABLE = "un texte qui ne s’ajoute plus à l’affiche telle qu’elle est"


def said_in(key: str) -> str:
    """The name of a text or block of the document, for people."""
    if key in NAMES:
        return NAMES[key]
    if key.startswith(("legende-", "alt-")):
        return "La légende d’une image" if key.startswith("legende-") else "Ce que montre une image"
    found = _NUMBERED.match(key)
    if found is None:
        return key
    return f"Question {found[2]}" if found[1] == "q" else f"L’essentiel à transmettre, annexe {found[2]}"


def poster_rows(person: Participant) -> dict[str, list[Row]]:
    """By model: (name, values by field). Two queries more for each poster on which they wrote, nearly always one."""
    posters = list(
        Poster.objects.filter(Q(writers__participant=person) | Q(updates__participant=person)).distinct()
    )
    made: dict[str, list[Row]] = {"PosterUpdate": [], "PosterWriter": [], "PosterLate": _late(person)}
    last = PosterUpdate.objects.filter(participant=person).aggregate(at=Max("at"))["at"] if posters else None
    pages = PosterWriter.objects.filter(participant=person).order_by("pk") if posters else []
    clients = [page.client for page in pages]
    for poster in posters:
        made["PosterUpdate"] += [_text(key, said, last) for key, said in _own(poster, person)]
    if clients:
        made["PosterWriter"] = [
            ("", {"client": ", ".join(str(client) for client in clients), "participant": True})
        ]
    return made


def _own(poster: Poster, person: Participant) -> list[tuple[str, str]]:
    """Their stretches of each text, joined where others wrote in between."""
    found = {
        key: " […] ".join(text for who, text in stretches if who == person.pk and text.strip())
        for key, stretches in authors(poster).items()
    }
    return [(key, said) for key, said in sorted(found.items()) if said]


def _text(key: str, said: str, last: datetime | None) -> Row:
    return said_in(key), {"data": said, "participant": True, "at": last}


def _late(person: Participant) -> list[Row]:
    rows = (
        PosterLate.objects.filter(participant=person).select_related("poster").order_by("received_at", "pk")
    )
    return [
        (
            "",
            {
                "data": _adds(late),
                "participant": True,
                "received_at": late.received_at,
                "accepted_at": late.accepted_at,
                "dismissed_at": late.dismissed_at,
            },
        )
        for late in rows
    ]


def _adds(late: PosterLate) -> str:
    """The texts as they would be with it, where it still changes something."""
    held = replica(late.poster)
    before = held.texts()
    try:
        held.apply(bytes(late.data))
    except (Refused, ValueError):
        return UNREADABLE
    changed = {key: text for key, text in held.texts().items() if text != before.get(key)}
    return (
        "\n".join(f"{said_in(key)} : {text}" for key, text in sorted(changed.items()))
        or "déjà dans l’affiche"
    )
