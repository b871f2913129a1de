"""Every form of every page, sent with what nobody types: an answer in French each time, and a database that holds.

On SQLite and on PostgreSQL, whose columns refuse other things (NUL, halves of a character, long numbers).
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.urls import resolve

from tests.whole.test_access import MATRIX, OPEN, World, made, world
from tests.whole.test_house import ours

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
__all__ = ["made", "world"]

SENT = {
    "NUL": b"a\x00b",
    "no UTF-8": b"a\xed\xa0\xbdb\xff",
    "too long a number for any column": b"9" * 30,
    "for a column of 32 bits": b"3000000000",
    "for one of 16 bits": b"40000",
    "below all": b"-1",
    "another script's digits": "٣".encode(),
    "long": b"x" * 60_000,
}


@dataclass
class Form:
    """A form as the page has it: what it would send untouched, and what of it can be typed or forged."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page, and the addresses with a question to which it links."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.found: list[Form] = []
        self.asked: set[str] = set()
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name, value = values.get("name", ""), values.get("value", "")
        if tag == "a" and "?" in values.get("href", ""):
            self.asked.add(urljoin(self.page, values["href"]))
        elif tag == "form":
            self._form = Form(
                urljoin(self.page, values.get("action", "")), values.get("method", "get").lower()
            )
            self.found.append(self._form)
        elif self._form and name and tag in ("input", "textarea", "select"):
            self._form.fields.setdefault(name, value)
            self._select = name if tag == "select" else ""
        elif self._form and name and tag == "button":
            self._form.fields.setdefault(name, value)
        elif self._form and tag == "option" and value and self._select:
            self._form.fields[self._select] = self._form.fields[self._select] or value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


@dataclass
class Sweep:
    """Sends each field of each kind of form once with each value; keeps every fault."""

    client: Client
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    faults: list[tuple[str, str, str, int]] = field(default_factory=list)

    def read(self, path: str) -> None:
        answer = self.client.get(path)
        if not answer.headers["Content-Type"].startswith("text/html") or answer.status_code != OPEN:
            return
        page = Forms(path)
        page.feed(answer.content.decode())
        for form in page.found:
            for name in form.fields:
                self.forge(form, name)
        for address in sorted(address for address in page.asked if ".pdf" not in address):
            query = dict(pair.partition("=")[::2] for pair in urlsplit(address).query.split("&"))
            for name in query:
                self.forge(Form(urlsplit(address).path, "get", query), name)

    def forge(self, form: Form, name: str) -> None:
        path = urlsplit(form.action).path
        kind = (form.method, resolve(path).view_name, re.sub(r"\d+|[A-Za-z0-9_-]{16}", "#", name))
        if kind in self.seen or name == "csrfmiddlewaretoken":
            return
        self.seen.add(kind)
        for what, value in SENT.items():
            body = urlencode({**form.fields, name: value})
            held = dict(self.client.cookies)
            with transaction.atomic():
                status = self.send(form.method, path, body)
                transaction.set_rollback(True)  # so that the next one finds the page as it was
            self.client.cookies.clear()  # and is still let in: « Quitter ce poste » is a form too
            self.client.cookies.update(held)
            if status >= 500:
                self.faults.append((*kind[1:], what, status))

    def send(self, method: str, path: str, body: str) -> int:
        if method == "get":
            return self.client.get(f"{path}?{body}").status_code
        return self.client.post(path, body, content_type="application/x-www-form-urlencoded").status_code


def swept(world: World, who: str) -> Sweep:
    """All pages that this person may read, at their addresses of the access matrix."""
    sweep = Sweep(world.clients[who]())
    sweep.client.raise_request_exception = False
    routes = {str(pattern.name): route for route, pattern in ours()}
    for name, (method, answers) in MATRIX.items():
        mine = answers[3 if who == "teacher" else 1] == OPEN
        if method == "GET" and mine and not routes[name].endswith((".pdf", ".zip", ".csv", ".ods")):
            sweep.read(world.address(routes[name]))
    return sweep


@pytest.mark.parametrize(("who", "kinds"), [("teacher", 100), ("student", 20), ("anonymous", 4)])
def test_no_form_ends_in_a_fault(world: World, who: str, kinds: int) -> None:
    sweep = swept(world, who)
    assert sweep.faults == []
    assert len(sweep.seen) >= kinds  # the pages were read, and their forms found
    for session in Session.objects.all():  # what is to be said once waits there: nobody's name
        assert "pseudonym" not in str(session.get_decoded())
