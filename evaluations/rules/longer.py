"""What a remark said before nearly all of it went: kept in its own row, by the rule of the answers."""

from datetime import datetime

from lessons.rules.forgiving import Best, Kept, best_after, is_much_longer, takes_much, too_many
from lessons.rules.texts import count_words

# « kept »: those that wait, at most MOST_KEPT; « best »: the longest so far, while the remark says less.
Longer = dict[str, list[dict[str, str]]]


def waiting(stored: Longer, text: str) -> tuple[Kept, ...]:
    """Those worth a line beside what the remark says now, the newest first."""
    words = count_words(text)
    found = [one for one in _read(stored, "kept") if is_much_longer(one, text, words)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def after(stored: Longer, before: str, at: datetime, text: str) -> Longer:
    """What the row keeps once `text` replaces what it said `before`, which was there `at` that instant."""
    words = count_words(text)
    last = Kept(0, before, count_words(before), at)
    best = _read(stored, "best")
    taken = [one for one in (*best, last) if takes_much(one.words, words)]
    # What is taken away once more is kept once.
    kept = {one.text: one for one in (*_read(stored, "kept"), *taken)}
    rows = [one for one in kept.values() if one.text not in text]  # else it is taken back
    gone = too_many(rows)
    which = best_after(max((one.words for one in best), default=0), last.words, words)
    found = {
        "kept": [one for one in rows if one not in gone],
        "best": {Best.ANEW: [], Best.SAME: best, Best.BEFORE: [last]}[which],
    }
    return {name: [_entry(one) for one in rows] for name, rows in found.items() if rows}


def _read(stored: Longer, name: str) -> list[Kept]:
    return [
        Kept(0, one["text"], count_words(one["text"]), datetime.fromisoformat(one["at"]))
        for one in stored.get(name, [])
    ]


def _entry(one: Kept) -> dict[str, str]:
    return {"text": one.text, "at": one.at.isoformat()}
