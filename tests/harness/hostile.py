"""Fifty texts that somebody sends one day, on purpose or not; the bench crosses them into a thousand."""

import os
from random import Random

from tests.harness.sheet_builders import HOSTILE as ON_PAPER
from tests.lessons.browser.test_hostile_writing import HOSTILE as IN_A_BROWSER

MARKUP = {
    "svg onload": "<svg/onload=alert(1)>",
    "broken out of an attribute": "\" autofocus onfocus=alert(1) x=\"",
    "broken out of a single-quoted one": "' onmouseover='alert(1)",
    "javascript address": "[clic](javascript:alert(1)) <a href=JaVaScRiPt:alert(1)>x</a>",
    "data address": "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "style": "<style>*{display:none}</style><p style='position:fixed;inset:0'>",
    "frame": "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "form of theirs": "</form><form action='http://ailleurs.example/'><button>Enregistrer</button></form>",
    "base and meta": "<base href='http://ailleurs.example/'><meta http-equiv=refresh content='0;url=//x.example'>",
    "closing the title": "</title></head><body><h1>Gagné</h1>",
    "comment never closed": "<!-- et tout disparaît",
    "cdata": "<![CDATA[<script>alert(1)</script>]]>",
    "math mutation": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "noscript mutation": "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "template element": "<template><script>alert(1)</script></template>",
    "half a tag": "<img src=x onerror=alert(1)//",
    "details": "<details open ontoggle=alert(1)>x</details>",
    "file for the PDF": "<link rel=attachment href='file:///etc/passwd'><img src='file:///etc/hostname'>",
    "formula": "=HYPERLINK(\"http://ailleurs.example\";\"clic\")",
    "format string": "%s %n %(x)s {0.__class__} ${{7*7}} <%= 7*7 %>",
    "query": "'; DROP TABLE lessons_answer; -- ' OR 1=1",
    "path": "../../../../etc/passwd\\..\\..\\secret-key",
}  # fmt: skip
FIFTY = (
    {f"paper, {name}": text for name, text in ON_PAPER.items()}
    | {f"browser, {name}": text for name, text in IN_A_BROWSER.items()}
    | MARKUP
)


def crossed(count: int, seed: int = 7) -> dict[str, str]:
    """So many more: two or three of the fifty, cut anywhere and joined."""
    random, texts = Random(seed), list(FIFTY.values())
    made = {}
    for number in range(count):
        pieces = []
        for text in random.sample(texts, random.choice((2, 3))):
            start = random.randrange(len(text))
            pieces.append(text[start : start + random.choice((20, 200, 4_000))])
        made[f"crossed {number}"] = "".join(pieces)
    return made


HOSTILE = FIFTY | crossed(max(0, int(os.environ.get("HOSTILE_TEXTS", "50")) - len(FIFTY)))
