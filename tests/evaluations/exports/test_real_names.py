"""Real names on paper: there in the document that comes back, and in no byte of the disk, the database or a log."""

import codecs
import http.client
import io
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from evaluations.models import ExportJob
from evaluations.rules.roster import MOST_BYTES, BadRoster, Seat, names_of
from lessons.models import ClassRun
from metroloco_site.kit.uploads import MAX_IN_MEMORY
from tests.evaluations.rules.test_sacoche import chosen
from tests.harness import builders as make
from tests.harness.board_world import World, make_world
from tests.harness.server import Server
from tests.harness.sheet_builders import SACOCHE, started_run

NAME, OTHER = "Zéphyrine Quatrebarbes", "Xénoclée Ouistrebois"
SEATS = [Seat(1, 7, "Huppe vive"), Seat(2, None, "Loutre calme"), Seat(3, 12, "Dune"), Seat(4, None, "Dune")]


def words_of(content: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


# --- the list ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_list_is_read_as_spreadsheets_write_it(mark: str, encoding: str) -> None:
    content = f"Billet{mark}Nom\r\n7{mark}{NAME}\r\n\r\nloutre  CALME{mark}{OTHER}\r\n".encode(encoding)
    assert names_of(content, SEATS) == {1: NAME, 2: OTHER}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "mac_roman"])
def test_a_list_is_read_as_excel_saves_it_elsewhere(encoding: str) -> None:
    """« Texte Unicode », and Excel for the Mac."""
    bom = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    content = f"Billet\tNom\r\n7\t{NAME}\r\nLoutre calme\tÉloïse Çà d’Œuf\r\n".encode(encoding)
    assert names_of(bom + content, SEATS) == {1: NAME, 2: "Éloïse Çà d’Œuf"}


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', ""])
@pytest.mark.parametrize("number", ["7", "07", "007"])
def test_a_list_may_say_its_separator_and_pad_its_numbers(first: str, number: str) -> None:
    content = f"{first}\r\nBillet;Nom\r\n{number};Un, deux, trois\r\nLoutre calme;a\x0bb\r\n"
    assert names_of(content.encode(), SEATS) == {1: "Un, deux, trois", 2: "a b"}


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_workbook_is_told_how_to_become_a_list(start: bytes) -> None:
    with pytest.raises(BadRoster, match=r"classeur.*CSV"):
        names_of(start + b"\0" * 99, SEATS)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "7;Ada\n99;Eve",
            ["Ligne 2, colonne 1\u00a0: ni billet ni pseudonyme d’une fiche de cette activité."],
        ),
        ("Dune;Ada", ["Ligne 1, colonne 1\u00a0: ni billet ni pseudonyme d’une fiche de cette activité."]),
        ("7;Ada\nHuppe vive;Eve", ["Ligne 2, colonne 1\u00a0: cet élève a déjà un nom plus haut."]),
        ("7;Ada;Eve", ["Ligne 1, il faut deux colonnes\u00a0: le billet ou le pseudonyme, puis le nom."]),
        ("7;" + "a" * 81, ["Ligne 1, colonne 2\u00a0: plus de 80 signes."]),
        ("", ["Le fichier ne contient aucun nom."]),
        ("x" * (MOST_BYTES + 1), ["Le fichier dépasse 200\u00a0ko\u202f: ce n’est pas une liste de classe."]),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(content: str, said: list[str]) -> None:
    with pytest.raises(BadRoster) as bad:
        names_of(content.encode(), SEATS)
    assert list(bad.value.sentences) == said


def test_any_bytes_end_in_a_sentence() -> None:
    for content in (bytes(range(256)) * 20, b"\0" * 50, b'"' * 99, b"PK\x03\x04" + b"\xff" * 99):
        with pytest.raises(BadRoster):
            names_of(content, SEATS)


# --- the document -----------------------------------------------------------------------------------


@pytest.fixture
def run() -> ClassRun:
    return started_run(participants=2)


def ask(client: Client, run: ClassRun, content: bytes) -> HttpResponse:
    address = reverse("evaluations:names-print", args=[run.public_id])
    return client.post(address, {"liste": SimpleUploadedFile("liste.csv", content)})  # type: ignore[return-value]


@pytest.mark.django_db
def test_the_document_bears_the_names_and_is_made_at_once(run: ClassRun) -> None:
    first, second = run.participants.all()
    answer = ask(make.teacher_client(run.owner), run, f"{first.pseudonym};{NAME}".encode())
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    text = words_of(answer.content)
    assert NAME in text
    assert second.pseudonym in text, "who is not on the list has a sheet all the same"
    assert len(pikepdf.open(io.BytesIO(answer.content)).pages) == 2
    assert not ExportJob.objects.exists()


@pytest.mark.django_db
def test_a_list_that_does_not_fit_makes_nothing_and_repeats_no_name(run: ClassRun) -> None:
    answer = ask(make.teacher_client(run.owner), run, f"99;{NAME}".encode())
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Ligne 1, colonne 1" in text
    assert NAME not in text
    client = make.teacher_client(run.owner)
    nothing = client.post(reverse("evaluations:names-print", args=[run.public_id]))
    assert nothing.status_code == 422
    assert ask(make.teacher_client(make.user()), run, b"1;Ada").status_code == 404


@pytest.mark.django_db
def test_a_file_too_big_for_memory_is_not_put_on_disk(
    run: ClassRun, tmp_path: Path, settings: Settings
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0  # every file that is read would become one on disk
    answer = ask(make.teacher_client(run.owner), run, NAME.encode() * (MAX_IN_MEMORY // 20))
    assert answer.status_code == 422
    assert "dépasse 200\u00a0ko" in answer.content.decode()
    assert list(tmp_path.iterdir()) == []


def bytes_that_hold(needles: list[bytes], *folders: Path) -> list[str]:
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    contents = ((path, path.read_bytes()) for path in files)
    return [f"{path}: {n!r}" for path, content in contents for n in needles if n in content]


def posted(world: World, path: str, fields: dict[str, str], files: dict[str, bytes]) -> bytes:
    """A form of « Documents à télécharger » as a browser sends it, to the real server."""
    cookie, page = f"enseignant={world.made['session']}", f"/prof/activites/{world.made['run']}/documents/"
    line = http.client.HTTPConnection("127.0.0.1", world.server.port, timeout=60)
    line.request("GET", page, headers={"Cookie": cookie})
    match = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', line.getresponse().read().decode())
    assert match
    parts = [
        f'--fin\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (fields | {"csrfmiddlewaretoken": match[1]}).items()
    ]
    parts += [
        f'--fin\r\nContent-Disposition: form-data; name="{name}"; filename="f.csv"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, content in files.items()
    ]
    headers = {"Cookie": cookie, "Content-Type": "multipart/form-data; boundary=fin"}
    line.request("POST", page + path, b"".join(parts) + b"--fin--\r\n", headers)
    answer = line.getresponse().read()
    line.close()
    return answer


def through_sacoche(world: World, names: str) -> bytes:
    """Both forms; what comes back in the end."""
    page = posted(world, "sacoche/", {}, {"fichier": SACOCHE, "liste": names.encode()}).decode()
    assert "QUATREBARBES" in page
    return posted(world, "sacoche/remplir/", chosen(page), {})


@pytest.mark.slow
def test_no_byte_of_disk_database_or_log_holds_a_name(server: Server, tmp_path: Path) -> None:
    """Through the real server: its data folder, its log, its temporary folder, its database."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    server.stop()
    server.environment["TMPDIR"] = str(temporary)
    server.start()
    world = make_world(server, names=("Huppe vive", "Loutre calme"))
    names = f"Huppe vive;{NAME}\nLoutre calme;{OTHER}"
    content = posted(world, "noms/", {}, {"liste": names.encode()})
    wrong = posted(world, "noms/", {}, {"liste": f"99;{NAME}".encode()})
    text = words_of(content)
    assert NAME in text
    assert OTHER in text
    assert b"Ligne 1, colonne 1" in wrong
    assert through_sacoche(world, names) == SACOCHE, "nobody is graded yet"
    refused = posted(world, "sacoche/", {}, {"fichier": f";1;{NAME}\n5;;".encode()})
    assert "Ligne 1, colonne 3" in refused.decode()
    words = [*NAME.split(), *OTHER.split(), "QUATREBARBES", "OUISTREBOIS"]
    needles = [word.encode(e) for word in words for e in ("utf-8", "latin-1", "utf-16-le")]
    assert bytes_that_hold([b"Huppe vive"], server.data) or connection.vendor != "sqlite", (
        "the search finds what is there"
    )
    assert bytes_that_hold(needles, server.data, temporary, server.log_file.parent) == []
    server.stop()
    assert bytes_that_hold(needles, server.data, temporary, server.log_file.parent) == []
