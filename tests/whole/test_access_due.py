"""The access matrix on the day on which an activité is due: hidden from everybody whom it lets in before."""

import pytest

from lessons.models import ClassRun
from tests.whole.test_access import MATRIX, WHO, World, _no_paper, made, world  # noqa: F401 - three are fixtures
from tests.whole.test_house import ours

pytestmark = pytest.mark.django_db
OF_A_RUN = [
    name
    for name, pattern in ((str(pattern.name), route) for route, pattern in ours())
    if any(part in pattern for part in ("<slug:run>", "<slug:participant>", "<slug:key>", "<slug:code>"))
]


@pytest.mark.parametrize("name", [name for name in OF_A_RUN if name != "run-delete"])
def test_an_activite_whose_date_has_come_is_shown_to_nobody(world: World, name: str) -> None:  # noqa: F811
    """Those whom `test_access` lets in find nothing: it is hidden for a day, then erased."""
    method, _ = MATRIX[name]
    route = next(route for route, pattern in ours() if pattern.name == name)
    ClassRun.objects.update(due=True)
    for who in WHO[1:]:
        client, body = world.clients[who](), world.body.get(name, {})
        answer = (
            client.post(world.address(route), body) if method == "POST" else client.get(world.address(route))
        )
        opens = answer.status_code in (302, 403) and who != "teacher" and route.startswith("prof/")
        assert answer.status_code == 404 or opens, (who, answer.status_code)  # « opens »: of the sign-in page
        assert world.person.pseudonym not in answer.content.decode()
