"""Fifty hostile texts through every way in: what comes back is a page of ours, and a PDF, within two seconds."""

import json
import os
import time
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from evaluations import actions
from lessons import live
from lessons.actions.clock import act
from lessons.actions.document_store import MOST_PAGES
from lessons.models import Answer, ClassRun, Criterion, Participant, Poster, PosterImage
from lessons.queries.documents import document
from lessons.rules import texts
from lessons.rules.clock import Kind
from lessons.rules.poster import MAX_TEXT
from metroloco_site.kit import pdf
from metroloco_site.privacy.models import DataRequest
from tests.evaluations.exports.test_sheets import _child_cpu_s
from tests.harness.builders import make
from tests.harness.hostile import FIFTY, HOSTILE, crossed

pytestmark = pytest.mark.django_db
MOST_S = 2.0
BUSY = 503
MEMBERS = 3 + len(HOSTILE) // MOST_PAGES  # who write in turn: a member has only so many forms
# Elsewhere (the value of a button that puts a remark back) the same words are a text like any other.
ADDRESSES = {"href", "src", "srcset", "action", "formaction", "data", "poster", "cite", "ping", "xlink:href"}


class Sound(HTMLParser):
    """Notes what no page of ours has: a script or a form of somebody else's, a handler, a second title."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.headings += tag == "h1"
        values = {name: value or "" for name, value in attrs}
        if tag in {"style", "iframe", "object", "embed", "base", "math", "noscript"}:
            self.faults.append(tag)
        if tag == "script" and not values.get("src", "").startswith("/static/"):
            self.faults.append("script")
        if tag == "form" and not values.get("action", "/").startswith("/"):
            self.faults.append(f"form to {values['action']}")
        for name, value in values.items():
            acts = name in ADDRESSES and value.strip().lower().startswith(
                ("javascript:", "data:text", "file:")
            )
            if name.startswith("on") or name in {"style", "srcdoc"} or acts:
                self.faults.append(f"{tag} {name}={value[:40]}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


class Walk:
    """Reads the pages after each text. Every fault is kept: a bench of a thousand texts says them all at once."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str, str]] = []
        self.slowest = (0.0, "", "")
        self.read = self.again = 0
        self.text = ""

    def get(self, client: Client, path: str) -> None:
        answer, took = self._ask(client, path)
        if answer.status_code == BUSY:  # a machine so busy that 20 s have not sufficed for half a second
            self.again += 1
            answer, took = self._ask(client, path)
        self.read += 1
        self.slowest = max(self.slowest, (round(took, 3), self.text, path))
        found = [f"status {answer.status_code}"] if answer.status_code != 200 else []
        found += [f"{took:.1f} s"] if took >= MOST_S else []
        if answer.headers["Content-Type"].startswith("text/html"):
            sound = Sound()
            sound.feed(answer.content.decode())
            found += sound.faults + ([f"{sound.headings} titles"] if sound.headings > 1 else [])
        elif path.endswith(".pdf") and not answer.content.startswith(b"%PDF"):
            found.append("no PDF")
        self.faults += [(self.text, path, fault) for fault in found]

    def claim(self, path: str, what: str, *, holds: bool) -> None:
        """What the pages cannot show: that the text arrived."""
        self.faults += [] if holds else [(self.text, path, what)]

    def _ask(self, client: Client, path: str) -> tuple[Any, float]:
        """The answer, and the processor's seconds: machines are shared."""
        pdf.warm()
        child = pdf._child.process
        start = time.thread_time() + _child_cpu_s()
        answer = client.get(path)
        same = pdf._child.process is child  # else it was killed at its limit
        took = time.thread_time() - start + (_child_cpu_s() if same else 0)
        return answer, took

    def end(self) -> None:
        """The verdict; the bench reads the figures from HOSTILE_REPORT."""
        if report := os.environ.get("HOSTILE_REPORT"):
            figures = {
                "pages": self.read,
                "again": self.again,
                "slowest": self.slowest,
                "faults": self.faults,
            }
            with Path(report).open("a", encoding="utf-8") as file:
                file.write(json.dumps(figures) + "\n")
        assert self.read
        assert self.faults == []


@pytest.fixture
def run(tmp_path: Path, settings: Settings) -> ClassRun:
    settings.MEDIA_ROOT = tmp_path / "media"
    made: ClassRun = make.class_run(participants=MEMBERS)
    made.phases.update(seconds=6 * 3600)  # a thousand texts take longer than a part
    make.start(made, timezone.now())
    make.groups(made, sizes=(MEMBERS,))
    ClassRun.objects.filter(pk=made.pk).update(results_published_at=timezone.now(), screen="wall")
    return made


def send_part_1(walk: Walk, run: ClassRun, person: Participant, text: str) -> None:
    student, there = make.student_client(person), f"/s/{person.public_id}/enregistrer/"
    answer = Answer.objects.get(sitting__participant=person, question__number=1)
    sent = {"part": "1", "writer": "page-abcd", "q1-reponse": text, "base-q1-reponse": str(answer.revision)}
    status = student.post(there, sent).status_code
    walk.claim(there, f"status {status}", holds=status == 302)
    answer.refresh_from_db()
    walk.claim(there, "not stored", holds=answer.text == texts.clean(text))  # else no page would be tried
    student.post(f"/s/{person.public_id}/demandes/", {"kind": "correction", "text": text[:1000]})


def open_part_2(run: ClassRun) -> PosterImage:
    image: PosterImage = make.image(Poster.objects.get(group__run=run))
    act(phase=make.phase(run), kind=Kind.END, now=timezone.now(), keeps_extra=False)
    act(phase=make.phase(run, 2), kind=Kind.START, now=timezone.now())
    return image


def send_part_2(walk: Walk, person: Participant, image: PosterImage, text: str) -> str:
    """The page that answers; empty where all is well."""
    keys = (
        "titre",
        "source",
        "q1-reponse",
        f"legende-{image.public_id}",
        f"alt-{image.public_id}",
        "essentiel-1",
    )
    sent = {"affiche": live.seat_for(image.poster.group_id, person.pk)}
    stored, there = document(image.poster).texts, f"/s/{person.public_id}/affiche/enregistrer/"
    for key in keys:
        sent |= {key: text[:MAX_TEXT], f"base-{key}": stored.get(key, "")}
    answer = make.student_client(person).post(there, sent)
    walk.claim(there, f"status {answer.status_code}", holds=answer.status_code == 302)
    image.poster.refresh_from_db()
    held = document(image.poster).texts
    found = {held.get(key, "") for key in keys}
    walk.claim(there, "not stored", holds=found == {texts.clean(text[:MAX_TEXT])})
    page: str = answer.content.decode()
    return page


def teach(walk: Walk, run: ClassRun, person: Participant, text: str) -> None:
    """Renamed through the page; remarks as its script sends them; the request refused with this reason."""
    teacher, here = make.teacher_client(run.owner), f"/prof/activites/{run.public_id}"
    there = f"{here}/participants/{person.public_id}/"
    status = teacher.post(there, {"pseudonym": text[:30]}).status_code
    walk.claim(there, f"status {status}", holds=status in (200, 302, 422))
    row = Criterion.objects.filter(grid__part__lesson=run.lesson).earliest("number")
    now = timezone.now()
    actions.set_observations(participant=person, criterion=row, observations=texts.clean(text[:500]), now=now)
    actions.set_remark(participant=person, text=texts.clean(text[:500]), now=now)
    asked = DataRequest.objects.filter(participant=person, state="waiting").last()
    if asked:
        teacher.post(f"{here}/demandes/{asked.pk}/", {"faite": "0", "text": text[:1000]})
        DataRequest.objects.exclude(pk=asked.pk).delete()


def test_fifty() -> None:
    assert len(FIFTY) == 50
    assert len(set(crossed(100).values())) == 100


def test_one_form_too_many_says_so_and_is_noticed(run: ClassRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lessons.actions.document_store.MOST_PAGES", 1)
    walk, image, (person, other, *_) = Walk(), open_part_2(run), run.participants.all()
    assert send_part_2(walk, person, image, "un") == ""
    assert walk.faults == []
    page = send_part_2(walk, person, image, "deux")
    assert "enregistré cette affiche un trop grand nombre de fois\u00a0: rien n’a changé" in page
    assert [fault for *_, fault in walk.faults] == ["status 409", "not stored"]
    assert send_part_2(walk, other, image, "trois") == ""
    assert len(walk.faults) == 2


@pytest.mark.slow
def test_every_way_in_ends_in_a_safe_page(run: ClassRun) -> None:
    """Part 1: the answer, the name, the remarks, the request and its reason."""
    person = run.participants.earliest("number")
    student, teacher = make.student_client(person), make.teacher_client(run.owner)
    here, mine = f"/prof/activites/{run.public_id}/", f"/s/{person.public_id}/"
    pdf.warm()
    walk = Walk()
    for name, text in HOSTILE.items():
        walk.text = name
        send_part_1(walk, run, person, text)
        teach(walk, run, person, text)
        for path in (mine, "/vos-donnees/", f"{mine}donnees.json", f"{mine}fiche/"):
            walk.get(student, path)
        for rest in (
            "",
            "participants/",
            f"participants/{person.public_id}/",
            f"fiches/{person.public_id}/",
            "demandes/",
        ):
            walk.get(teacher, here + rest)
        if not name.startswith("paper"):  # those are in test_sheets_pdf, one by one
            walk.get(teacher, f"{here}fiches/{person.public_id}.pdf")
    walk.end()


@pytest.mark.slow
def test_every_way_onto_a_poster_ends_in_a_safe_page(run: ClassRun) -> None:
    """Part 2: title, source, answer, caption, text alternative, what is passed on."""
    image = open_part_2(run)
    members = cycle([(member, make.student_client(member)) for member in run.participants.all()])
    teacher, here = make.teacher_client(run.owner), f"/prof/activites/{run.public_id}/"
    pdf.warm()
    walk = Walk()
    for (name, text), (person, student) in zip(HOSTILE.items(), members, strict=False):
        walk.text, mine = name, f"/s/{person.public_id}/"
        send_part_2(walk, person, image, text)
        for path in (mine, "/vos-donnees/", f"{mine}donnees.json"):
            walk.get(student, path)
        for rest in ("groupes/", "affiches/", "affiches/1/"):
            walk.get(teacher, here + rest)
        walk.get(Client(), f"/ecran/{run.screen_key}/")
        if name not in FIFTY:  # those are in test_posters_pdf; the bench's own are tried here
            walk.get(teacher, f"{here}affiches/1/affiche.pdf")
    walk.end()
