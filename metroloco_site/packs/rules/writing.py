"""A pack as files, in the one form that `check_pack --fix` and `dump_pack` write: the canonical form.

Keys stand in the order in which the reader asks for them; texts are quoted, numbers and names are not;
what is empty is left out; Unix line ends, no byte order mark, one line end at the end.
"""

from collections.abc import Iterator
from typing import Any

from metroloco_site.packs.rules.blobs import Content
from metroloco_site.packs.rules.content import Pack
from metroloco_site.packs.rules.files import LESSON, PICTURES, SLUG, VIDEOS
from metroloco_site.packs.rules.keys import TYPED
from metroloco_site.packs.rules.pictures import SUFFIXES
from metroloco_site.packs.rules.schema import KINDS, Key

Files = dict[str, Content]
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n"})
_PLAIN = frozenset({"slug", "choice"})


def pack_files(pack: Pack) -> Files:
    """Path by path, sorted; README.md is not of the pack. Reading them gives the same pack."""
    files: Files = {path: document(kind, item) for path, kind, item in items(pack)}
    files |= {f"{PICTURES}/{p.slug}.{SUFFIXES[p.media_type]}": p.data for p in pack.pictures}
    files |= {f"{VIDEOS}/{v.slug}.{v.media_type.removeprefix('video/')}": v.blob for v in pack.videos}
    files |= {f"{VIDEOS}/{v.slug}.vtt": v.subtitles for v in pack.videos if v.subtitles}
    return dict(sorted(files.items()))


def items(pack: Pack) -> Iterator[tuple[str, str, object]]:
    """Every file of Markdown: its path, its kind, its content."""
    yield LESSON, "lesson", pack.lesson
    yield from ((f"parts/{part.number}.md", "part", part) for part in pack.parts)
    yield from ((f"questions/{q.part}-{q.number}.md", "question", q) for q in pack.questions)
    yield from ((f"annexes/{a.part}-{a.number}.md", "annexe", a) for a in pack.annexes)
    yield from ((f"lexicon/{term.slug}.md", "term", term) for term in pack.lexicon)
    yield from ((f"method/{card.slug}.md", "card", card) for card in pack.method)
    yield from ((f"grids/part-{grid.part}.md", "grid", grid) for grid in pack.grids)
    yield from ((f"cases/{case.slug}.md", "case", case) for case in pack.cases)


def document(kind: str, item: object) -> bytes:
    """One file: its keys, then its Markdown."""
    front = "".join(line + "\n" for line in _table(KINDS[kind].keys, item))
    body = getattr(item, KINDS[kind].body)
    rest = f"\n{body}\n" if body else ""
    return f"---\n{front}---\n{rest}".encode()


def _table(keys: tuple[Key, ...], item: object) -> Iterator[str]:
    for key in keys:
        value = getattr(item, key.name)
        if value or key.required:
            yield from _lines(key, value)


def _lines(key: Key, value: Any) -> Iterator[str]:  # noqa: ANN401 - as many types as there are kinds of key
    if key.kind == "texts":
        yield f"{key.name}:"
        yield from (f"  - {_quoted(text)}" for text in value)
    elif key.kind == "tables":
        yield f"{key.name}:"
        for row in value:
            marks = iter(["  - "])
            yield from (next(marks, "    ") + line for line in _table(key.of, row))
    elif key.kind == "numbers":
        yield f"{key.name}: [{', '.join(map(_number, value))}]"
    elif key.kind == "choices":
        yield f"{key.name}: [{', '.join(value)}]"
    elif isinstance(value, str):
        yield f"{key.name}: {_text(key, value)}"
    else:
        yield f"{key.name}: {str(value).lower()}"  # a number, or true


def _text(key: Key, value: str) -> str:
    bare = key.kind in _PLAIN and SLUG.fullmatch(value) and not TYPED.fullmatch(value)
    return value if bare else _quoted(value)


def _number(value: int | str) -> str:
    """A number; what a form holds in the place of one stays as it is, for the reader to refuse."""
    return str(value) if isinstance(value, int) else _quoted(value)


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
