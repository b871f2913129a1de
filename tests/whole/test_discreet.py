"""« Mode discret »: with one mirrored screen, no page of the teacher's names a student until it is asked for."""

import pytest

from lessons.models import Participant, PosterImage
from tests.harness import builders as make
from tests.whole.test_access import MATRIX, TEACHER, World, made, world
from tests.whole.test_house import ours

pytestmark = pytest.mark.django_db
__all__ = ["made", "world"]

NAMES = ("Zostère ambrée", "Yole grise")
# What the teacher asks for by its name, as a paper or a file: it is not on the mirrored screen by itself.
ASKED_FOR = {"results-csv", "results-ods", "download-fetch"}


@pytest.fixture
def named(world: World) -> World:
    """Both students in one group, the first the author of an image and of a text that came late."""
    for person, name in zip(world.run.participants.order_by("number"), NAMES, strict=True):
        Participant.objects.filter(pk=person.pk).update(pseudonym=name)
    poster = world.image.poster
    PosterImage.objects.filter(pk=world.image.pk).update(participant=world.person)
    poster.late.update(participant=world.person)
    make.poster_says(poster, {"titre": "Nos données"})
    return world


@pytest.mark.parametrize("discreet", [True, False])
def test_no_page_names_anybody(named: World, discreet: bool) -> None:
    teacher = make.teacher_client(named.run.owner)
    teacher.post("/prof/mode-discret/", {"discret": str(int(discreet))})
    naming = set()
    routes = {str(pattern.name): route for route, pattern in ours()}
    for name, (method, who) in MATRIX.items():
        route = routes[name]
        if method != "GET" or who != TEACHER or name in ASKED_FOR or route.endswith(".pdf"):
            continue
        answer = teacher.get(named.address(route))
        html = answer.content.decode() if answer.headers["Content-Type"].startswith("text/html") else ""
        if any(word in html for word in NAMES):
            naming.add(name)
    if discreet:
        assert naming == set()
    else:  # they do name them where nobody looks over the teacher's shoulder
        assert {"board-read", "participants-list", "posters-list", "poster-read", "groups-read"} <= naming
