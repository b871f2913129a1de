"""kill -9 under 35 writers: what was acknowledged is there afterwards, and the clock is right."""

import pytest

from bench.kill9 import Class
from bench.poster_kill import Groups
from tests.harness.server import Server

ROUNDS = 5  # 200 in the bench
POSTER_ROUNDS = 2


@pytest.mark.slow
def test_no_acknowledged_text_is_lost(server: Server) -> None:
    pupils = Class(server, seed=3)
    for _ in range(ROUNDS):
        pupils.round()
    found = pupils.figures
    assert found.lost == []
    assert found.damaged == []
    assert found.clocks_wrong == []
    assert found.acknowledged > 35 * ROUNDS


@pytest.mark.slow
def test_no_acknowledged_edit_of_a_poster_is_lost(server: Server) -> None:
    groups = Groups(server)
    for _ in range(POSTER_ROUNDS):
        groups.round()
    assert groups.lost == []
    assert groups.damaged == []
    assert groups.acknowledged > 16 * POSTER_ROUNDS
