"""« Ils font autrement »: the cards of a lesson version, searched and filtered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from annexes.models import CaseStudy
from annexes.rules import CASE_NEEDS, CASE_VALUES
from lessons.queries.content import Html, writer
from lessons.rules.citing import case_line, folded, found

MOST_QUERY = 100  # characters


@dataclass(frozen=True)
class CaseContent:
    """A card. `line` is what citing it writes on a poster; `text` is what is searched."""

    slug: str
    name: str
    form: str
    place: str
    values: Mapping[str, str]
    needs: Mapping[str, str]
    link: str
    note: str
    sources: tuple[Mapping[str, str], ...]
    html: str
    line: str
    text: str
    number: int = 0  # its place by name, from 1, in one lesson version


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; `card` is one card alone, as large as it goes."""

    query: str
    value: str
    need: str
    card: str

    @property
    def anything(self) -> bool:
        return bool(self.query or self.value or self.need or self.card)


@dataclass(frozen=True)
class CasesPage:
    """`values` and `needs` are those that some card has."""

    cases: tuple[CaseContent, ...]
    count: int
    asked: Asked
    values: Mapping[str, str]
    needs: Mapping[str, str]

    @property
    def one(self) -> CaseContent | None:
        return self.cases[0] if self.asked.card and self.cases else None


@lru_cache(maxsize=32)
def cases_of(lesson_id: int) -> tuple[CaseContent, ...]:
    """Every card of one lesson version, by name; it never changes, so it is kept in memory. Two queries."""
    rows = list(CaseStudy.objects.filter(collection__lesson=lesson_id))
    html = writer(rows[0].collection_id) if rows else str
    cards = sorted((case_content(row, html) for row in rows), key=lambda case: folded(case.name))
    return tuple(replace(card, number=number) for number, card in enumerate(cards, 1))


def case_content(row: CaseStudy, html: Html) -> CaseContent:
    """A row as pages show it, stored or not."""
    values = {key: word for key, word in CASE_VALUES.items() if key in row.values}
    needs = {key: word for key, word in CASE_NEEDS.items() if key in row.needs}
    words = [row.name, row.form, row.place, *values.values(), *needs.values(), row.body]
    return CaseContent(
        slug=row.slug,
        name=row.name,
        form=row.form,
        place=row.place,
        values=values,
        needs=needs,
        link=row.link,
        note=row.note,
        sources=tuple(row.sources),
        html=html(row.body),
        line=case_line(row.name, [source["label"] for source in row.sources]),
        text=folded(" ".join(words)),
    )


def case_of(lesson_id: int, slug: str) -> CaseContent | None:
    """The card of that name in this lesson version."""
    return next((case for case in cases_of(lesson_id) if case.slug == slug), None)


def cases_page(lesson_id: int, asked: Asked) -> CasesPage:
    """The cards that have all that is asked for."""
    cases = cases_of(lesson_id)
    return CasesPage(
        cases=tuple(case for case in cases if _fits(case, asked)),
        count=len(cases),
        asked=asked,
        values={key: word for key, word in CASE_VALUES.items() if any(key in c.values for c in cases)},
        needs={key: word for key, word in CASE_NEEDS.items() if any(key in c.needs for c in cases)},
    )


def _fits(case: CaseContent, asked: Asked) -> bool:
    return (
        (not asked.value or asked.value in case.values)
        and (not asked.need or asked.need in case.needs)
        and (not asked.card or asked.card == case.slug)
        and found(case.text, asked.query)
    )
