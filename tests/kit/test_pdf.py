"""The PDF child: one warm process that always dies, and always comes back."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.test import RequestFactory

from metroloco_site.kit import pdf, pdf_frames

PAGE = (
    '<!doctype html><html lang="fr"><head><title>Un titre</title></head><body><h1>Bonjour</h1></body></html>'
)
# Nested floats: minutes of layout, in a page that no template of ours could make.
ENDLESS = PAGE.replace("<h1>", "<div style='display:flex'>" * 24 + "a" * 30_000 + "<h1>")


@pytest.fixture(autouse=True)
def fresh_child() -> Iterator[None]:
    pdf.stop()
    yield
    pdf.stop()


def pid() -> int:
    assert pdf._child.process is not None
    return pdf._child.process.pid


def gone(process_id: int, within_s: float = 5) -> bool:
    """True once the process has ended (or waits to be reaped by init)."""
    limit = time.monotonic() + within_s
    while time.monotonic() < limit:
        try:
            state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_tagged_pdf_with_its_title_and_language() -> None:
    document = pikepdf.open(io.BytesIO(pdf.render(PAGE, css="")))
    assert str(document.Root.Lang) == "fr"
    assert document.Root.MarkInfo.Marked
    assert document.Root.ViewerPreferences.DisplayDocTitle
    assert "/StructTreeRoot" in document.Root
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Un titre"


def test_the_same_process_renders_one_after_the_other_at_low_priority(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "NICENESS", 10)  # as outside the tests: tests/conftest.py
    pdf.stop()
    pdf.warm()
    first = pid()
    pdf.render(PAGE)
    pdf.render(PAGE)
    assert pid() == first
    assert os.getpriority(os.PRIO_PROCESS, first) == 10


def test_the_child_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METROLOCO_SECRET_KEY", "tout-a-fait-secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:motdepasse@h/db")
    pdf.warm()
    environment = Path(f"/proc/{pid()}/environ").read_bytes()
    assert b"tout-a-fait-secret" not in environment
    assert b"motdepasse" not in environment


def test_several_threads_share_it() -> None:
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(pdf.render(PAGE))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [content[:5] for content in made] == [b"%PDF-"] * 4


def test_killed_at_its_time_limit_then_works_again() -> None:
    pdf.render(PAGE)
    slow = pid()
    with pytest.raises(pdf.PdfFailed, match="trop de temps"):
        pdf.render(ENDLESS, timeout_s=0.5)
    assert gone(slow)
    assert pdf.render(PAGE).startswith(b"%PDF-")


def test_killed_between_two_renders() -> None:
    pdf.render(PAGE)
    os.kill(pid(), signal.SIGKILL)
    assert pdf.render(PAGE).startswith(b"%PDF-")


def test_killed_during_a_render_it_is_tried_once_more() -> None:
    pdf.render(PAGE)
    victim = pid()
    os.kill(victim, signal.SIGSTOP)  # it holds the job without answering
    killer = threading.Timer(0.3, os.kill, (victim, signal.SIGKILL))
    killer.start()
    assert pdf.render(PAGE).startswith(b"%PDF-")
    assert pid() != victim


def test_a_child_that_never_starts_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(pdf.PdfFailed, match="pas pu être préparé"):
        pdf.render(PAGE)


def test_a_document_that_fails_gives_a_sentence_and_the_next_one_works(
    caplog: pytest.LogCaptureFixture,
) -> None:
    nested = PAGE.replace("<h1>", "<div>" * 2_000 + "Confidentiel <h1>")
    with pytest.raises(pdf.PdfFailed, match="pas pu être préparé"):
        pdf.render(nested)
    assert "RecursionError" in caplog.text
    assert "Confidentiel" not in caplog.text
    assert pdf.render(PAGE).startswith(b"%PDF-")


def test_who_waits_too_long_for_a_turn_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pdf._child.lock, pytest.raises(pdf.PdfFailed, match="Beaucoup de documents"):
        pdf.render(PAGE, timeout_s=0.05)


@pytest.mark.parametrize("busy", [False, True])
def test_the_child_ends_with_its_parent(busy: bool) -> None:
    """The parent is killed with -9: nothing of its own runs any more."""
    script = f"""
import sys, threading, time
from django.conf import settings
settings.configure(BASE_DIR={str(settings.BASE_DIR)!r})
from metroloco_site.kit import pdf
pdf.render({PAGE!r}, css="")
print(pdf._child.process.pid, flush=True)
if {busy}:
    pdf.render({ENDLESS!r}, css="", timeout_s=60)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=settings.BASE_DIR, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(0.5)
    assert not gone(child, within_s=0.1)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(child)


def test_what_a_library_prints_does_not_get_between_the_frames() -> None:
    script = (
        "import metroloco_site.kit.pdf_child as child\n"
        "child._render = lambda job: print('bavard') or (True, b'x')\n"
        "child.main()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, "0"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    pdf_frames.write(child.stdin, b"{}")
    assert pdf_frames.read(child.stdout) == (True, b"x")
    child.communicate()


def test_a_cut_frame_is_no_frame() -> None:
    whole = io.BytesIO()
    pdf_frames.write(whole, b"texte")
    assert pdf_frames.read(io.BytesIO(whole.getvalue())) == (True, b"texte")
    for length in range(len(whole.getvalue())):
        assert pdf_frames.read(io.BytesIO(whole.getvalue()[:length])) is None


def test_the_response_is_shown_by_the_browser(rf: RequestFactory) -> None:
    response = pdf.respond(rf.get("/"), html=PAGE, filename="fiche-Étoile vive.pdf")
    assert response.content.startswith(b"%PDF-")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == "inline; filename*=utf-8''fiche-%C3%89toile%20vive.pdf"


def test_a_failure_is_a_page_that_says_what_was_kept(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(html: str) -> bytes:
        raise pdf.PdfFailed("Tout est enregistré.")

    monkeypatch.setattr(pdf, "render", fail)
    response = pdf.respond(rf.get("/"), html=PAGE, filename="fiche.pdf")
    assert response.status_code == 503
    assert "Tout est enregistré." in response.content.decode()


def test_a_whole_class_asking_at_once_leaves_threads_for_saving(rf: RequestFactory) -> None:
    pdf.render(PAGE)
    os.kill(pid(), signal.SIGSTOP)  # every render now waits
    threads = [
        threading.Thread(target=pdf.respond, args=[rf.get("/")], kwargs={"html": PAGE, "filename": "f.pdf"})
        for _ in range(pdf.MAX_REQUESTS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    response = pdf.respond(rf.get("/"), html=PAGE, filename="fiche.pdf")
    assert response.status_code == 503
    assert "Beaucoup de documents sont demandés en même temps." in response.content.decode()
    os.kill(pid(), signal.SIGCONT)
    for thread in threads:
        thread.join()
    assert pdf.respond(rf.get("/"), html=PAGE, filename="fiche.pdf").status_code == 200
