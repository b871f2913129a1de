"""Reading the keys of one front matter by the type each must have; what is wrong is noted, never raised.

A value that cannot be read comes back empty ("", 0, False, ()), so that the rest of the file is looked at
too. Such a value goes nowhere: a pack with one error is refused whole.
"""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from urllib.parse import urlsplit

from metroloco_site.packs.rules.errors import PackError, one_of, shown
from metroloco_site.packs.rules.files import SLUG
from metroloco_site.packs.rules.front_matter import UNPRINTABLE, Entry, Node, Scalar, Sequence, Table

MAX_SLUG = 50  # characters
MAX_LINK = 400  # characters
MAX_ITEMS = 40  # in one list
# What a YAML reader other than ours would take for a number, a date, a truth value or nothing.
TYPED = re.compile(
    r"\d{4}-\d\d?-\d\d?|[-+]?(\d[\d_]*|0[xo]\w+|\d*\.?\d+([eE][-+]?\d+)?|\.inf|\.nan)|true|false|yes|no|on|off|null|~",
    re.IGNORECASE,
)


def link_fault(link: str) -> str:
    """Why this address cannot be followed by a reader, or ""."""
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        return "cette adresse est mal formée : recopiez-la depuis le navigateur."
    if parts.scheme not in {"http", "https"} or not host:
        return (
            f"« {shown(link)} » n’est pas une adresse du web : elle doit commencer par https:// ou http://."
        )
    if re.search(r"[\s<>\"\\]", link):
        return (
            "cette adresse contient un espace, un guillemet ou un chevron : recopiez-la depuis le navigateur."
        )
    if len(link) > MAX_LINK:
        return f"cette adresse a {len(link)} signes, {MAX_LINK} au plus : prenez une adresse plus courte."
    return ""


class Keys:
    """The keys of one table. `asked` is what the reader knows; `finish` refuses the others."""

    def __init__(self, file: str, table: Table, errors: list[PackError]) -> None:
        self.file, self.table, self.errors = file, table, errors
        self.asked: list[str] = []

    def refuse(self, line: int, message: str) -> None:
        self.errors.append(PackError(self.file, line, message))

    def line(self, key: str) -> int:
        """The line of this key; that of the table where the key is missing."""
        entry = self.table.entries.get(key)
        return entry.line if entry else self.table.line

    def item_line(self, key: str, index: int) -> int:
        """The line of an element of a list that was read, else that of the key."""
        entry = self.table.entries.get(key)
        items = entry.node.items if entry and isinstance(entry.node, Sequence) else ()
        return items[index].line if index < len(items) else self.line(key)

    def text(self, key: str, most: int, *, required: bool = True) -> str:
        """One line of at most `most` characters."""
        scalar = self._scalar(key, required=required)
        return self._checked(scalar, key, most) if scalar else ""

    def slug(self, key: str, *, required: bool = True) -> str:
        """Small letters, digits and hyphens, as in a file name."""
        value = self.text(key, MAX_SLUG, required=required)
        if value and not SLUG.fullmatch(value):
            example = "minuscules sans accent, chiffres et traits d’union, par exemple « circuit-court »"
            self.refuse(self.line(key), f"« {key} » ne convient pas : {example}.")
            return ""
        return value

    def link(self, key: str) -> str:
        """A web address, or "" where there is none."""
        value = self.text(key, MAX_LINK, required=False)
        if value and (fault := link_fault(value)):
            self.refuse(self.line(key), fault)
            return ""
        return value

    def choice(self, key: str, values: Collection[str]) -> str:
        value = self.text(key, MAX_SLUG)
        if value and value not in values:
            self.refuse(self.line(key), f"« {key} » vaut « {shown(value)} » : mettez {one_of(values)}.")
            return ""
        return value

    def choices(self, key: str, values: Collection[str]) -> tuple[str, ...]:
        """Words of a closed list, in its order: at least one, none twice."""
        found: list[str] = []
        for item in self._items(key):
            scalar = self._as_scalar(item, key)
            value = scalar.value.strip() if scalar else ""
            if value in found:
                self.refuse(item.line, f"« {key} » contient « {shown(value)} » deux fois : gardez-en un.")
            elif value and value not in values:
                fault = f"« {key} » contient « {shown(value)} » : mettez {one_of(values)}."
                self.refuse(item.line, fault)
            elif value:
                found.append(value)
        return tuple(value for value in values if value in found)

    def number(self, key: str, most: int) -> int:
        """A whole number from 1 to `most`."""
        scalar = self._scalar(key, required=True)
        return self._whole(scalar, key, most) if scalar else 0

    def _whole(self, scalar: Scalar, key: str, most: int) -> int:
        # Digits are counted first: int() refuses thousands of them.
        if scalar.plain and re.fullmatch(r"[1-9][0-9]{0,4}", scalar.value) and int(scalar.value) <= most:
            return int(scalar.value)
        self.refuse(scalar.line, f"« {key} » doit être un nombre entier de 1 à {most}, sans guillemets.")
        return 0

    def numbered(self, key: str, name: str) -> int:
        """The number that the file name says as well."""
        value = self.number(key, 99)
        if value and str(value) != name:
            self.refuse(
                self.line(key),
                f"« {key} » vaut {value}, mais le nom du fichier dit {name} : corrigez l’un ou l’autre.",
            )
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where there is none."""
        scalar = self._scalar(key, required=False)
        if scalar is None:
            return False
        if not scalar.plain or scalar.value not in {"true", "false"}:
            self.refuse(scalar.line, f"« {key} » doit être true ou false, sans guillemets.")
        return scalar.value == "true"

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """A list of lines, at least one."""
        scalars = [self._as_scalar(item, key) for item in self._items(key)]
        return tuple(self._checked(scalar, key, most) for scalar in scalars if scalar)

    def numbers(self, key: str, most: int, *, required: bool = True) -> tuple[int, ...]:
        """A list of whole numbers from 1 to `most`, none twice."""
        found: list[int] = []
        for item in self._items(key, required=required):
            scalar = self._as_scalar(item, key)
            number = self._whole(scalar, key, most) if scalar else 0
            if number in found:
                self.refuse(item.line, f"« {key} » contient {number} deux fois : gardez-en un.")
            elif number:
                found.append(number)
        return tuple(found)

    def tables(
        self, key: str, *, once: str = "", exactly: int = 0, required: bool = True
    ) -> "Iterator[Keys]":
        """A list of tables, at least one, or `exactly` so many; none has the same `once` as another."""
        items = self._items(key, required=required)
        if items and exactly and len(items) != exactly:
            wanted = f"il en faut {exactly}, ni plus ni moins"
            self.refuse(self.line(key), f"« {key} » a {len(items)} élément(s) : {wanted}.")
        seen: set[str] = set()
        for item in items:
            if isinstance(item, Table):
                table = Keys(self.file, item, self.errors)
                if once:
                    table.check_once(once, seen)
                yield table
            else:
                self.refuse(
                    item.line, f"un élément de « {key} » n’a pas de clés : écrivez « - clé: valeur »."
                )

    def check_once(self, key: str, seen: set[str]) -> None:
        """Notes a value that is in `seen` already, but for capitals; adds it to `seen`."""
        entry = self.table.entries.get(key)
        if entry and isinstance(entry.node, Scalar):
            value = entry.node.value.strip()
            if value.casefold() in seen:
                self.refuse(
                    entry.line, f"« {key} » vaut « {shown(value)} » deux fois : changez l’un des deux."
                )
            seen.add(value.casefold())

    def finish(self) -> None:
        """Refuses the keys that nobody asked for."""
        for key, entry in self.table.entries.items():
            if key not in self.asked:
                near = get_close_matches(key, self.asked, n=1) or self.asked
                remedy = f"écrivez {one_of(near)}, ou retirez-la"
                self.refuse(entry.line, f"la clé « {shown(key)} » est inconnue : {remedy}.")

    def _entry(self, key: str, *, required: bool) -> Entry | None:
        self.asked.append(key)
        entry = self.table.entries.get(key)
        if entry is None and required:
            self.refuse(self.table.line, f"il manque la clé « {key} » : ajoutez une ligne « {key}: … ».")
        return entry

    def _items(self, key: str, *, required: bool = True) -> tuple[Node, ...]:
        """The elements of a list; none where it is no list or an empty one, which is noted."""
        entry = self._entry(key, required=required)
        if entry is None:
            return ()
        items = entry.node.items if isinstance(entry.node, Sequence) else ()
        if not items:
            self.refuse(entry.line, f"« {key} » doit être une liste : un élément par ligne, après « - ».")
        if len(items) > MAX_ITEMS:
            self.refuse(entry.line, f"« {key} » a plus de {MAX_ITEMS} éléments : raccourcissez la liste.")
        return items[:MAX_ITEMS]

    def _scalar(self, key: str, *, required: bool) -> Scalar | None:
        entry = self._entry(key, required=required)
        return self._as_scalar(entry.node, key) if entry else None

    def _as_scalar(self, node: Node, key: str) -> Scalar | None:
        if not isinstance(node, Scalar):
            self.refuse(node.line, f'« {key} » doit avoir une seule valeur, non une liste : « {key}: "…" ».')
        elif not node.value.strip():
            self.refuse(node.line, f"« {key} » est vide : donnez une valeur ou retirez la ligne.")
        else:
            return node
        return None

    def _checked(self, scalar: Scalar, key: str, most: int) -> str:
        """The text of a value that must be one printable line; "" where it is not."""
        value = scalar.value.strip()
        if scalar.plain and TYPED.fullmatch(value):
            fault = f"doit être un texte : mettez « {shown(value)} » entre guillemets droits"
        elif "\n" in value:
            fault = "tient sur une seule ligne : écrivez « > » à la place de « | »"
        elif UNPRINTABLE.search(value):
            fault = "contient un caractère interdit : effacez la suite qui commence par « \\ »"
        elif len(value) > most:
            fault = f"a {len(value)} signes, {most} au plus : raccourcissez"
        else:
            return value
        self.refuse(scalar.line, f"« {key} » {fault}.")
        return ""
