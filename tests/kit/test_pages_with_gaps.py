"""A page cut at what differs: filled, it is what rendering gives; packed, it unpacks to the same."""

import gzip
import zlib
from collections.abc import Mapping, Sequence

import pytest
from django.utils.html import escape
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from metroloco_site.kit.pages_with_gaps import mould

NAMES = ("one", "two")
parts = st.lists(st.tuples(st.text(max_size=300), st.sampled_from(["", *NAMES])), max_size=8)


def render(cut: Sequence[tuple[str, str]], values: Mapping[str, str]) -> str:
    return "".join(text + values.get(name, "") for text, name in cut)


@given(cut=parts, one=st.text(max_size=200), two=st.text(max_size=200))
def test_filled_and_packed_it_is_what_rendering_gives(cut: list[tuple[str, str]], one: str, two: str) -> None:
    values = {"one": one, "two": two}
    made = mould(NAMES, lambda marks: render(cut, marks))
    page = render(cut, {name: str(escape(value)) for name, value in values.items()}).encode()
    assert made.fill(values) == page
    assert gzip.decompress(made.pack(values)) == page


@pytest.mark.parametrize("size", [0, 1, 199, 200, 201, 70_000])
def test_a_value_of_any_length_comes_out_whole(size: int) -> None:
    made = mould(["one"], lambda marks: f"<p>{marks['one']}</p>")
    value = ("mot " * size)[:size]
    assert gzip.decompress(made.pack({"one": value})) == f"<p>{value}</p>".encode()
    assert len(made.pack({"one": value})) < 300


def test_what_is_safe_is_not_escaped_again() -> None:
    made = mould(["one"], lambda marks: marks["one"])
    assert made.fill({"one": mark_safe("<b>gras</b>")}) == b"<b>gras</b>"
    assert made.fill({"one": "<b>gras</b>"}) == b"&lt;b&gt;gras&lt;/b&gt;"


def test_a_gap_without_a_value_is_an_error() -> None:
    made = mould(["one"], lambda marks: marks["one"])
    with pytest.raises(KeyError):
        made.fill({})


def test_nobody_can_write_a_mark() -> None:
    seen: list[str] = []

    def told(marks: Mapping[str, str]) -> str:
        seen.append(marks["one"])
        return marks["one"]

    first = mould(["one"], told)
    assert first.fill({"one": seen[0]}).decode() == seen[0]
    mould(["one"], told)
    assert seen[0] != seen[1]


def test_what_is_shared_is_compressed() -> None:
    made = mould(["one"], lambda marks: "mot " * 1000 + marks["one"])
    packed = made.pack({"one": "secret"})
    assert len(packed) < 100
    assert b"secret" in packed
    assert zlib.decompress(packed, wbits=31).endswith(b"secret")


@given(
    names=st.lists(st.from_regex(r"[-a-zA-Z0-9_]{1,12}", fullmatch=True), min_size=1, max_size=4, unique=True)
)
def test_any_slug_names_a_gap(names: list[str]) -> None:
    made = mould(names, lambda marks: "".join(marks[name] for name in names))
    assert made.gaps == tuple(names)
    assert made.fill({name: f"<{name}>" for name in names}).decode() == "".join(f"&lt;{n}&gt;" for n in names)
