"""A class that has written something, for the tests of grading, sheets and PDFs."""

import json
from base64 import b64encode
from datetime import datetime

from django.db import transaction
from django.test import Client
from django.urls import reverse

from lessons.models import Answer, ClassRun, Criterion, Participant, SetAside
from lessons.rules import texts
from tests.harness import builders as make

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)></textarea>",
    "one long word": "a" * 10_000,
    "nested quotes": "\n".join("> " * depth + "x" for depth in range(200)),
    "NUL": "avant\x00après",
    "bidi": "\u202eretourné\u202c \u2067isolé \u061c\u200f fin",
    "blank lines": "\n" * 20_000,
    "short lines": "a\n" * 10_000,
    "spaces": "a" + " " * 19_998 + "b",
    "soft hyphens": "a\u00ad" * 10_000,
    "no-break spaces": "a\u00a0" * 10_000,
    "combining marks": "a" + "\u0301" * 9_999,
    "line separators": "a\u2028" * 10_000,
    "emoji": "👩‍👩‍👧‍👦" * 1_400,
    "Arabic": "العربية " * 1_200,
    "template": "{{ 7|add:7 }}{% debug %}",
    "entities": "&lt;b&gt;&#x0;&nbsp;" * 500,
}


def started_run(participants: int = 1) -> ClassRun:
    with transaction.atomic():  # joining locks its run, also where a server's own hands call this
        run = make.class_run(participants=participants)
        make.start(run)
    return run


def write(person: Participant, question: int, field: str, text: str, at: datetime | None = None) -> Answer:
    """The answer as a save leaves it."""
    answer = Answer.objects.get(sitting__participant=person, question__number=question, field=field)
    answer.text, answer.words = texts.clean(text), texts.count_words(text)
    answer.saved_at = at or make.at(10)
    answer.save()
    return answer


def late(answer: Answer, text: str = "Trop tard", reason: SetAside.Reason = SetAside.Reason.LATE) -> SetAside:
    return SetAside.objects.create(
        answer=answer,
        reason=reason,
        text=text,
        writer="page-tardive",
        seq=1,
        received_at=make.at(30),
    )


def criterion(run: ClassRun, number: int = 1) -> Criterion:
    return Criterion.objects.get(grid__part__lesson=run.lesson, number=number)


def sheets_url(name: str, *args: str) -> str:
    return reverse(f"evaluations:{name}", args=args)


def grade(person: Participant, name: str = "sheet-grade") -> str:
    return sheets_url(name, person.run.public_id, person.public_id)


def sent(person: Participant, name: str, value: str, *seen: str) -> dict[str, str]:
    """One field as the page's script sends it."""
    change = {"copy": person.public_id, "name": name, "value": value, "seen": seen or [""]}
    return {"changes": json.dumps([change])}


def press(teacher: Client, person: Participant, name: str, value: str, *seen: str) -> dict[str, str]:
    """What the page is told of that field."""
    response = teacher.post(sheets_url("marks-save", person.run.public_id), sent(person, name, value, *seen))
    assert response.status_code == 200
    result: dict[str, str] = response.json()["results"][0]
    assert (result.pop("copy"), result.pop("name")) == (person.public_id, name)
    return result


# As SACoche gives it: three pupils, two items, names below and beside, what the evaluation is, its codes.
SACOCHE = (
    ";1001;1002;1003;\r\n"
    "501;;;;FR.2 [S] [1] Repérer; dans un texte\r\n"
    "502; ;;;FR.3 [–] [1] Valeurs de l’ESS\r\n"
    ';"Zéphyrine QUATREBARBES";"Xénoclée OUISTREBOIS";"Adam ÉLUARD";\r\n'
    "\r\nSeconde 4\r\n22/11/2026\r\nL’ESS\r\n\r\nCODAGES AUTORISÉS : 1 2 3 4 A D E F N P R\r\n"
).encode("cp1252")


def sacoche_choices(person: Participant, *others: Participant, content: bytes = SACOCHE) -> dict[str, object]:
    """The second form as a browser sends it: these students from column 2 on, the two rows of the grid."""
    rows = {f"item-{number + 1}": str(criterion(person.run, number).pk) for number in (1, 2)}
    who = {f"eleve-{column}": one.public_id for column, one in enumerate((person, *others), start=2)}
    return {"fichier": b64encode(content).decode(), **rows, **who}
