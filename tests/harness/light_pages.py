"""A student's page from the light part and from the view, and what may happen to it, for the tests of both."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from lessons.actions import participants, saving
from lessons.actions.clock import act, set_extra_time
from lessons.actions.joining import Token
from lessons.live import pages, routes
from lessons.models import Answer, ClassRun, Participant, Phase
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft
from metroloco_site.kit import steady
from metroloco_site.kit.asgi_answers import Message
from tests.harness import builders as make
from tests.harness.asgi import Reply, scope
from tests.harness.builders import NOW

HERE = NOW + timedelta(minutes=2, milliseconds=345)


def at_one_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is another at each load is the same: two answers can be compared."""
    monkeypatch.setattr(steady, "now", lambda: HERE)
    monkeypatch.setattr(pages, "secrets", SimpleNamespace(token_urlsafe=lambda _: "toujours-la-meme"))
    monkeypatch.setattr(pages, "sign", lambda listener: f"jeton:{listener.participant}:{listener.version}")
    monkeypatch.setattr(pages.moulds, "_kept", {})


def light(person: Participant, **given: str) -> Reply | None:
    """The light part's answer; None if it leaves it to the view. `given`: headers, or another method, path, query."""
    reply = Reply()
    key = make.student_client(person).cookies["participant"].OutputString()
    headers = {"cookie": key} | {name.replace("_", "-"): value for name, value in given.items()}
    method = headers.pop("method", "GET")
    path = headers.pop("path", f"/s/{person.public_id}/") + headers.pop("query", "")

    async def receive() -> Message:
        raise AssertionError("nothing is read of what a GET may bring")

    async def send(message: Message) -> None:
        reply.take(message)

    return reply if asyncio.run(routes.serve_student(scope(method, path, headers), receive, send)) else None


def view(person: Participant, **headers: str) -> Reply:
    answer = make.student_client(person).get(f"/s/{person.public_id}/", headers=headers)
    return Reply(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)


def same(person: Participant) -> None:
    ours, theirs = light(person), view(person)
    assert ours is not None
    assert ours.body.decode() == theirs.body.decode()
    assert ours.headers == theirs.headers | {"content-length": str(len(theirs.body))}


def write(person: Participant, text: str, *, at: datetime = HERE, base: int = 0) -> None:
    phase = make.phase(person.run)
    question = phase.part.questions.earliest("number")
    saving.save_answers(
        token=Token(person.pk, person.token_version), phase=phase, writer="page-1234",
        drafts=[Draft(question.number, question.fields[0]["key"], text, base, 1)], now=at,
    )  # fmt: skip


def change_run(**values: object) -> Callable[[Participant], object]:
    return lambda person: ClassRun.objects.filter(pk=person.run_id).update(**values)


def change_person(**values: object) -> Callable[[Participant], object]:
    return lambda person: Participant.objects.filter(pk=person.pk).update(**values)


def clock(
    kind: Kind, part: int = 1, seconds: int = 0, *, keeps_extra: bool = True
) -> Callable[[Participant], object]:
    return lambda person: act(
        phase=make.phase(person.run, part), kind=kind, now=HERE, seconds=seconds, keeps_extra=keeps_extra
    )


def give_extra(person: Participant) -> None:
    set_extra_time(participant=person, unit="minutes", amount=5)


def say_done(person: Participant) -> None:
    participants.say_done(participant=person, phase=make.phase(person.run), now=HERE, done=True)


def write_and_take_back(person: Participant) -> None:
    write(person, "Un texte")
    write(person, "", base=1)


HAPPENINGS: dict[str, Callable[[Participant], object]] = {
    "writes": lambda person: write(person, "Un texte"),
    "writes late": lambda person: write(person, "Trop tard", at=HERE + timedelta(hours=1)),
    "takes back": lambda person: write(person, "", base=1),
    "writes and takes back": write_and_take_back,
    "asks for help": change_person(help_at=HERE),
    "is helped": change_person(help_at=None),
    "says done": say_done,
    "has extra time": give_extra,
    "is renamed": lambda person: change_person(pseudonym=f"Nouveau nom {person.number}")(person),
    "is hidden": change_person(hidden=True),
    "is absent": change_person(absent=True),
    "writes on paper": change_person(on_paper=True),
    "leaves": change_person(left_at=HERE),
    "starts": clock(Kind.START),
    "pauses": clock(Kind.PAUSE),
    "resumes": clock(Kind.RESUME),
    "extends": clock(Kind.EXTEND, seconds=60),
    "ends": clock(Kind.END, keeps_extra=False),
    "ends but for some": clock(Kind.END, keeps_extra=True),
    "reopens": clock(Kind.REOPEN, seconds=300),
    "starts part 2": clock(Kind.START, 2),
    "suspends": change_run(suspended_at=HERE),
    "goes on": change_run(suspended_at=None),
    "closes": change_run(closed_at=HERE),
    "publishes": change_run(results_published_at=HERE),
    "lets assess": change_run(self_assessment_at=HERE),
    "opens the gallery": change_run(gallery_opened_at=HERE),
    "gives another name": change_run(label="Seconde 5"),
    "gives a video": change_run(video_link="https://exemple.fr/film"),
    "has a field less": lambda person: Answer.objects.filter(
        sitting__participant=person, field="reponse"
    ).delete(),
    "is a rehearsal": change_run(rehearsal_speed=5),
    "raises the revision": change_run(revision=77),
    "time goes by": lambda person: Phase.objects.filter(run=person.run_id).update(ends_at=HERE),
}


def told(person: Participant) -> bool:
    """The light part's page, if it makes one, is the view's."""
    ours = light(person)
    if ours is not None:
        theirs = view(person)
        assert theirs.status == 200
        assert ours.body.decode() == theirs.body.decode()
    return ours is not None
