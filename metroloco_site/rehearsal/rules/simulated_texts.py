"""What simulated students write: the samples of the lesson where there are some, else sentences for any question.

The sentences say nothing that could be right or wrong: they are there to be seen arriving, counted and printed.
"""

from collections.abc import Callable
from random import Random

from lessons.rules.poster import SOURCE, TITLE
from metroloco_site.rehearsal.rules import invented_texts

_OPENINGS = (
    "La question demande ceci\u00a0: «\u00a0{about}\u00a0».",
    "Nous devons répondre à «\u00a0{about}\u00a0».",
    "À propos de «\u00a0{about}\u00a0», voici ce que j’ai compris.",
)
_SENTENCES = (
    "Je m’appuie sur la première annexe, qui donne un exemple précis.",
    "Une autre annexe dit presque le contraire, et il faut choisir laquelle croire.",
    "D’abord, on voit ce qui change pour les personnes concernées.",
    "Ensuite, on peut se demander qui décide et qui paie.",
    "Par exemple, un habitant qui n’a pas de téléphone ne serait pas compté.",
    "Je ne suis pas sûr de ce mot, je l’ai cherché dans le lexique.",
    "Les chiffres cités aident à comprendre, mais ils ne disent pas tout.",
    "Il y a un avantage évident et un inconvénient moins visible.",
    "Pour conclure, la réponse dépend de ce que l’on veut protéger.",
    "En résumé, je retiens deux idées et il me reste une question.",
)
_TITLES = ("Notre projet commun", "Ce que nous proposons", "Autrement, c’est possible", "Une idée à partager")
_SOURCE = "Annexes de la leçon."
_ESSENTIAL = "L’essentiel de l’annexe {number}\u00a0: "


def answer(lesson: str, key: str, about: str, number: int) -> str:
    """What simulated student `number` writes in the field `key` (rules.poster.field_key) of a question."""
    known = _known(lesson, invented_texts.answers, key)
    return known[(number - 1) % len(known)] if known else _filler(about, f"{key}:{number}")


def block(lesson: str, key: str, about: str, group: int) -> str:
    """What group `group` writes in this text of its poster: a block, its title or its source."""
    known = _known(lesson, invented_texts.poster_blocks, key)
    if known:
        return known[(group - 1) % len(known)]
    if key == TITLE:
        return _TITLES[group % len(_TITLES)]
    return _SOURCE if key == SOURCE else _filler(about, f"{key}:{group}")


def essential(lesson: str, key: str, annexe: int, group: int) -> str:
    """What the reader of an annexe passes on to group `group`."""
    known = _known(lesson, invented_texts.essentials, key)
    if known:
        return known[(group - 1) % len(known)]
    return _ESSENTIAL.format(number=annexe) + " ".join(_dice(f"{key}:{group}").sample(_SENTENCES, 2))


def _filler(about: str, seed: str) -> str:
    dice = _dice(seed)
    told = dice.sample(_SENTENCES, dice.randint(2, 6))
    return " ".join([dice.choice(_OPENINGS).format(about=about.rstrip(" ?.!\u00a0\u202f")), *told])


def _dice(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - the same text each time, that is the point


def _known(lesson: str, read: Callable[[str], tuple[str, ...]], key: str) -> tuple[str, ...]:
    """Of our own lesson, and only where the installation has the files."""
    if lesson != invented_texts.LESSON:
        return ()
    try:
        return tuple(text for text in read(key) if text)
    except OSError:
        return ()
