"""The key of a form that was sent: the same number with the same fields, and nothing else, gives the same one."""

from hypothesis import given
from hypothesis import strategies as st

from metroloco_site.kit.once import MARK, MOST_DRAWN, key_of, new_number

words = st.text(st.characters(), max_size=20)
fields = st.lists(st.tuples(words, words), max_size=6)
drawn = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=MOST_DRAWN)


@given(fields, st.randoms(use_true_random=False))
def test_the_same_press_has_the_same_key_in_whatever_order_its_fields_come(
    says: list[tuple[str, str]], rng: object
) -> None:
    number, other = new_number(), list(says)
    rng.shuffle(other)  # type: ignore[attr-defined]
    key = key_of(number, says)
    assert key
    assert len(key) == 64
    assert key == key_of(number, other)


@given(fields, fields)
def test_other_fields_are_another_press(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    number = new_number()
    assert (key_of(number, one) == key_of(number, other)) == (sorted(one) == sorted(other))


@given(fields, drawn, drawn)
def test_another_number_or_what_a_page_that_came_back_drew_is_another_press(
    says: list[tuple[str, str]], one: str, other: str
) -> None:
    number = new_number()
    keys = {key_of(sent, says) for sent in (number, new_number(), number + MARK + one, number + MARK + other)}
    assert None not in keys
    assert len(keys) == (3 if one == other else 4)


@given(words, drawn)
def test_a_number_that_no_page_of_ours_gave_is_none(typed: str, end: str) -> None:
    assert key_of(typed, []) is None
    assert key_of(new_number() + end, []) is None
    assert key_of(new_number() + MARK + "a" * (MOST_DRAWN + 1), []) is None
