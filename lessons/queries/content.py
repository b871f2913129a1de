"""The content of one lesson version, rendered once: it never changes, so it is kept in memory."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from django.db.models import Exists, OuterRef
from django.urls import reverse

from annexes.models import Annexe, CaseStudy, LexiconEntry, MethodCard
from annexes.queries import pictures
from lessons.models import Lesson, Part, Question
from lessons.rules.texts import count_words
from metroloco_site.kit.markdown import to_html

Html = Callable[[str], str]  # from the Markdown of the pack


@dataclass(frozen=True)
class FieldContent:
    key: str
    label: str
    hint: str


@dataclass(frozen=True)
class CardContent:
    slug: str
    verb: str
    definition: str
    action: str
    html: str
    added: bool


@dataclass(frozen=True)
class QuestionContent:
    pk: int
    number: int
    statement: str
    task: str  # the statement after its verb, as shown beside the verb
    card: CardContent | None
    fields: tuple[FieldContent, ...]
    expected_html: str
    further: bool


@dataclass(frozen=True)
class AnnexeContent:
    pk: int
    number: int
    slug: str
    title: str
    kind: str
    kind_label: str
    source: str
    link: str
    video: str  # slug of the lesson's own video, whose text `html` then is
    html: str
    words: int
    note: str
    added: bool


@dataclass(frozen=True)
class TermContent:
    slug: str
    term: str
    full: str
    html: str
    source: str
    link: str
    note: str
    added: bool


@dataclass(frozen=True)
class PartContent:
    pk: int
    number: int
    kind: str
    title: str
    minutes: int
    objectives: tuple[str, ...]
    resources: tuple[str, ...]
    instructions_html: str
    questions: tuple[QuestionContent, ...]
    annexes: tuple[AnnexeContent, ...]
    terms: tuple[TermContent, ...]
    cards: tuple[CardContent, ...]
    common: frozenset[int]  # numbers of the annexes that all members of a group consult
    lots: Sequence[Mapping[str, object]]  # as models.Part has them
    # What was rendered of it for everybody (kit.templatetags.common); it goes when the content goes.
    kept: dict[Hashable, str] = field(default_factory=dict, compare=False, repr=False)

    def annexe(self, number: int) -> AnnexeContent | None:
        return next((annexe for annexe in self.annexes if annexe.number == number), None)

    def question(self, number: int) -> QuestionContent | None:
        return next((question for question in self.questions if question.number == number), None)


@dataclass(frozen=True)
class LessonContent:
    pk: int
    slug: str
    version: int
    title: str
    subtitle: str
    credit: str
    licence: str
    opening_html: str
    has_cases: bool  # cards of « Ils font autrement » (queries.cases)
    parts: tuple[PartContent, ...]

    def part(self, number: int) -> PartContent:
        return next(part for part in self.parts if part.number == number)


@lru_cache(maxsize=32)
def lesson_content(lesson_id: int) -> LessonContent:
    """Everything of one lesson version, as HTML. Raises Lesson.DoesNotExist."""
    cases = CaseStudy.objects.filter(collection=OuterRef("collection"))
    lesson = Lesson.objects.annotate(has_cases=Exists(cases)).get(pk=lesson_id)
    html = writer(lesson.collection_id)
    return LessonContent(
        pk=lesson.pk,
        slug=lesson.slug,
        version=lesson.version,
        title=lesson.title,
        subtitle=lesson.subtitle,
        credit=lesson.credit,
        licence=lesson.licence,
        opening_html=html(lesson.opening),
        has_cases=vars(lesson)["has_cases"],
        parts=tuple(_part(part, lesson.collection_id, html) for part in lesson.parts.all()),
    )


def writer(collection_id: int) -> Html:
    """Markdown to HTML, with the pictures of this collection."""
    pages = {"vos-donnees": reverse("privacy:data-read")}
    return partial(to_html, pages=pages, pictures=pictures(collection_id))


def _part(part: Part, collection_id: int, html: Html) -> PartContent:
    own = {"collection_id": collection_id, "part": part.number}
    cards = {card.slug: _card(card, html) for card in MethodCard.objects.filter(collection_id=collection_id)}
    questions = tuple(_question(question, cards, html) for question in part.questions.all())
    used = {question.card.slug for question in questions if question.card}
    return PartContent(
        pk=part.pk,
        number=part.number,
        kind=part.kind,
        title=part.title,
        minutes=part.minutes,
        objectives=tuple(part.objectives),
        resources=tuple(part.resources),
        instructions_html=html(part.instructions),
        questions=questions,
        annexes=tuple(_annexe(annexe, html) for annexe in Annexe.objects.filter(**own)),
        # Terms of the parts before are known, and may be used again.
        terms=tuple(
            _term(term, html)
            for term in LexiconEntry.objects.filter(collection_id=collection_id, part__lte=part.number)
        ),
        cards=tuple(card for slug, card in cards.items() if slug in used),
        common=frozenset(part.common),
        lots=tuple(part.lots),
    )


def _card(card: MethodCard, html: Html) -> CardContent:
    return CardContent(card.slug, card.verb, card.definition, card.action, html(card.body), card.added)


def _question(question: Question, cards: dict[str, CardContent], html: Html) -> QuestionContent:
    card = cards.get(question.verb)
    task = question.statement.removeprefix(card.verb) if card else question.statement
    return QuestionContent(
        pk=question.pk,
        number=question.number,
        statement=question.statement,
        task=task.strip(),
        card=card,
        fields=tuple(FieldContent(f["key"], f["label"], f.get("hint", "")) for f in question.fields),
        expected_html=html(question.expected),
        further=question.further,
    )


def _annexe(annexe: Annexe, html: Html) -> AnnexeContent:
    return AnnexeContent(
        pk=annexe.pk,
        number=annexe.number,
        slug=annexe.slug,
        title=annexe.title,
        kind=annexe.kind,
        kind_label=annexe.get_kind_display(),
        source=annexe.source,
        link=annexe.link,
        video=annexe.video,
        html=html(annexe.body),
        words=count_words(annexe.body),
        note=annexe.note,
        added=annexe.added,
    )


def _term(entry: LexiconEntry, html: Html) -> TermContent:
    return TermContent(
        slug=entry.slug,
        term=entry.term,
        full=entry.full,
        html=html(entry.body),
        source=entry.source,
        link=entry.link,
        note=entry.note,
        added=entry.added,
    )


def preview(row: Annexe | LexiconEntry | MethodCard, html: Html) -> AnnexeContent | TermContent | CardContent:
    """What a page will show of a row that may not be stored yet."""
    if isinstance(row, Annexe):
        return _annexe(row, html)
    return _term(row, html) if isinstance(row, LexiconEntry) else _card(row, html)
