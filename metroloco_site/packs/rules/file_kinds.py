"""One reader for each kind of file: which keys it has, how long they may be, what its text is for.

The lengths are those of the model columns; `tests/packs/actions/test_loading.py` holds the two against each other.
"""

from dataclasses import dataclass

from annexes.rules import CASE_NEEDS, CASE_VALUES
from metroloco_site.packs.rules.content import (
    ANNEXE_KINDS,
    LEVELS,
    PART_KINDS,
    PackAnnexe,
    PackCard,
    PackCase,
    PackCriterion,
    PackField,
    PackGrid,
    PackLesson,
    PackLevel,
    PackLot,
    PackPart,
    PackQuestion,
    PackSource,
    PackTerm,
)
from metroloco_site.packs.rules.files import PackFile
from metroloco_site.packs.rules.front_matter import Document
from metroloco_site.packs.rules.keys import Keys

MAX_MINUTES = 240  # a part; a morning


@dataclass(frozen=True)
class Sheet:
    """One file being read: what its name says, its keys and its Markdown."""

    file: PackFile
    document: Document
    keys: Keys

    @property
    def body(self) -> str:
        return self.document.body

    def filled_body(self, what: str) -> str:
        """The body, where there must be one."""
        if not self.body:
            self.keys.refuse(
                self.document.body_line, f"il manque {what} : écrivez le texte sous le second « --- »."
            )
        return self.body


def read_lesson(sheet: Sheet) -> PackLesson:
    """lesson.md."""
    keys = sheet.keys
    return PackLesson(
        slug=keys.slug("slug"),
        title=keys.text("title", 200),
        subtitle=keys.text("subtitle", 300),
        credit=keys.text("credit", 300),
        licence=keys.text("licence", 100),
        sources=tuple(map(_source, keys.tables("sources", once="label"))),
        opening=sheet.body,
    )


def _source(keys: Keys) -> PackSource:
    source = PackSource(label=keys.text("label", 400), link=keys.link("link"))
    keys.finish()
    return source


def read_part(sheet: Sheet) -> PackPart:
    """parts/N.md."""
    keys = sheet.keys
    return PackPart(
        number=keys.numbered("number", sheet.file.named[0]),
        kind=keys.choice("kind", PART_KINDS),
        title=keys.text("title", 200),
        minutes=keys.number("minutes", MAX_MINUTES),
        objectives=keys.texts("objectives", 300),
        resources=keys.texts("resources", 300),
        common=keys.numbers("common", 99, required=False),
        lots=tuple(map(_lot, keys.tables("lots", required=False))),
        instructions=sheet.filled_body("la consigne"),
    )


def _lot(keys: Keys) -> PackLot:
    lot = PackLot(
        members=keys.number("members", 99),
        title=keys.text("title", 120),
        annexes=keys.numbers("annexes", 99),
    )
    keys.finish()
    return lot


def read_question(sheet: Sheet) -> PackQuestion:
    """questions/P-N.md."""
    keys = sheet.keys
    part, number = sheet.file.named
    return PackQuestion(
        part=keys.numbered("part", part),
        number=keys.numbered("number", number),
        verb=keys.slug("verb"),
        statement=keys.text("statement", 400),
        fields=tuple(map(_field, keys.tables("fields", once="key"))),
        further=keys.flag("further"),
        expected=sheet.body,
    )


def _field(keys: Keys) -> PackField:
    field = PackField(
        key=keys.slug("key"), label=keys.text("label", 120), hint=keys.text("hint", 300, required=False)
    )
    keys.finish()
    return field


def read_annexe(sheet: Sheet) -> PackAnnexe:
    """annexes/P-N.md."""
    keys = sheet.keys
    part, number = sheet.file.named
    annexe = PackAnnexe(
        part=keys.numbered("part", part),
        number=keys.numbered("number", number),
        slug=keys.slug("slug"),
        title=keys.text("title", 200),
        kind=keys.choice("kind", ANNEXE_KINDS),
        source=keys.text("source", 400, required=False),
        link=keys.link("link"),
        video=keys.slug("video", required=False),
        added=keys.flag("added"),
        note=keys.text("note", 400, required=False),
        body=sheet.body,
    )
    if annexe.video and annexe.kind != "video":
        keys.refuse(
            keys.line("video"), "« video » n’a de sens que si « kind » vaut video : corrigez l’un des deux."
        )
    if annexe.video:
        sheet.filled_body("le texte de la vidéo, ce qu’elle dit et montre")
    elif annexe.kind != "video":  # the teacher gives the address of a video: it may have no text
        sheet.filled_body("le texte de l’annexe")
    return annexe


def read_term(sheet: Sheet) -> PackTerm:
    """lexicon/<slug>.md."""
    keys = sheet.keys
    return PackTerm(
        slug=sheet.file.named[0],
        part=keys.number("part", 99),
        term=keys.text("term", 120),
        full=keys.text("full", 200, required=False),
        source=keys.text("source", 400, required=False),
        link=keys.link("link"),
        added=keys.flag("added"),
        note=keys.text("note", 400, required=False),
        body=sheet.filled_body("la définition"),
    )


def read_card(sheet: Sheet) -> PackCard:
    """method/<slug>.md."""
    keys = sheet.keys
    return PackCard(
        slug=sheet.file.named[0],
        part=keys.number("part", 99),
        verb=keys.text("verb", 60),
        definition=keys.text("definition", 300),
        action=keys.text("action", 300),
        added=keys.flag("added"),
        body=sheet.filled_body("le mode d’emploi du verbe"),
    )


def read_case(sheet: Sheet) -> PackCase:
    """cases/<slug>.md."""
    keys = sheet.keys
    return PackCase(
        slug=sheet.file.named[0],
        name=keys.text("name", 120),
        form=keys.text("form", 200, required=False),
        place=keys.text("place", 200, required=False),
        values=keys.choices("values", CASE_VALUES),
        needs=keys.choices("needs", CASE_NEEDS),
        link=keys.link("link"),
        note=keys.text("note", 400, required=False),
        sources=tuple(map(_source, keys.tables("sources", once="label"))),
        body=sheet.filled_body("le texte de la fiche"),
    )


def read_grid(sheet: Sheet) -> PackGrid:
    """grids/part-N.md."""
    keys = sheet.keys
    return PackGrid(
        part=keys.numbered("part", sheet.file.named[0]),
        title=keys.text("title", 200),
        levels=tuple(map(_level, keys.tables("levels", once="code", exactly=LEVELS))),
        criteria=tuple(map(_criterion, keys.tables("criteria", once="label"))),
        note=sheet.body,
    )


def _level(keys: Keys) -> PackLevel:
    level = PackLevel(code=keys.text("code", 4), label=keys.text("label", 60))
    keys.finish()
    return level


def _criterion(keys: Keys) -> PackCriterion:
    criterion = PackCriterion(
        group=keys.text("group", 60),
        label=keys.text("label", 120),
        expectation=keys.text("expectation", 300, required=False),
    )
    keys.finish()
    return criterion
