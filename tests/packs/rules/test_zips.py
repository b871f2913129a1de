"""A pack as a ZIP: the same reader, and nothing in the archive that reaches this machine."""

import io
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from metroloco_site.packs.rules import Pack, PackErrors, read_pack, read_zip
from tests.harness.packs import changed, small_pack, write
from tests.packs.rules.test_pictures import as_text, photo, with_picture


def zipped(files: dict[str, str], *, top: str = "", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, text in files.items():
            archive.writestr(top + path, text.encode("utf-8", "surrogateescape"))
    return out.getvalue()


def read(data: bytes) -> Pack:
    return read_zip(io.BytesIO(data))


def told(data: bytes) -> list[str]:
    with pytest.raises(PackErrors) as caught:
        read(data)
    return [str(error) for error in caught.value.errors]


@pytest.mark.parametrize("top", ["", "petite-lecon/"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_an_archive_is_the_same_pack_as_its_folder(tmp_path: Path, top: str, method: int) -> None:
    files = with_picture(as_text(photo("PNG")), "images/plan.png")
    folder = read_pack(write(tmp_path, files))
    assert read(zipped(files, top=top, method=method)) == folder


@pytest.mark.parametrize("top", ["", "petite-lecon\\"])
def test_an_archive_of_windows_powershell_5_is_the_same_pack(tmp_path: Path, top: str) -> None:
    names = {path.replace("/", "\\"): text for path, text in small_pack().items()}
    assert any("\\" in name for name in names)
    assert read(zipped(names, top=top)) == read_pack(write(tmp_path, small_pack()))


def test_a_file_given_twice_with_either_separator_is_refused() -> None:
    path = next(path for path in small_pack() if "/" in path)
    errors = told(zipped(small_pack() | {path.replace("/", "\\"): "x"}))
    assert any("deux fois" in error for error in errors)


def test_what_file_managers_add_is_left_out(tmp_path: Path) -> None:
    junk = {"__MACOSX/lesson/._lesson.md": "\0", "lesson/.DS_Store": "x", "lesson/parts/Thumbs.db": "x"}
    files = {f"lesson/{path}": text for path, text in small_pack().items()} | junk
    assert read(zipped(files)) == read_pack(write(tmp_path, small_pack()))


@pytest.mark.parametrize(
    "name",
    [
        "../lesson2.md",
        "parts/../../x.md",
        "/etc/passwd",
        "..\\x.md",
        "parts\\..\\..\\x.md",
        "C:\\x.md",
        "C:/x.md",
        "parts/1.sh",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    errors = told(zipped(small_pack() | {name: "x"}))
    assert len(errors) == 1
    assert "ce chemin sort du paquet" in errors[0] or "ce nom n’a pas de place ici" in errors[0]
    assert list(tmp_path.iterdir()) == [], "nothing is unpacked"


def test_a_symbolic_link_is_refused() -> None:
    out = io.BytesIO(zipped(small_pack()))
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("lexicon/lien.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert told(out.getvalue()) == [
        "lexicon/lien.md : c’est un lien symbolique : remplacez-le par le fichier lui-même."
    ]


def test_a_bomb_is_refused_before_it_grows() -> None:
    bomb = zipped(small_pack() | {"lexicon/bombe.md": "x" * 50_000_000})
    assert len(bomb) < 100_000
    errors = told(bomb)
    assert any("lexicon/bombe.md : ce fichier dépasse 200 ko" in error for error in errors)
    many = zipped(small_pack() | {f"lexicon/mot-{n}.md": "x" * 199_000 for n in range(40)})
    assert any("le paquet dépasse 2 Mo de textes" in error for error in told(many))


def test_a_size_that_lies_is_told() -> None:
    """The archive says 10 bytes in its list, and holds 100,000."""
    data = bytearray(zipped(small_pack() | {"lexicon/zzz.md": "x" * 100_000}))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    errors = told(bytes(data))
    assert any(
        error.startswith("lexicon/zzz.md : ce fichier ") and "refaites l’archive" in error for error in errors
    )


def test_a_file_given_twice_is_refused() -> None:
    out = io.BytesIO(zipped(small_pack()))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("lesson.md", "autre chose")
    assert told(out.getvalue()) == ["lesson.md : ce fichier est deux fois dans l’archive : refaites-la."]


def test_a_password_is_told() -> None:
    data = bytearray(zipped({"lesson.md": "x"}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    assert any("protégé par un mot de passe" in error for error in told(bytes(data)))


@pytest.mark.parametrize("data", [b"", b"PK", b"<html>", photo("PNG"), zipped(small_pack())[:-30]], ids=len)
def test_what_is_no_archive_is_one_sentence(data: bytes) -> None:
    assert told(data) == [
        "le fichier ZIP : ce fichier n’est pas une archive ZIP lisible : refaites-la à partir du dossier."
    ]


def test_an_archive_without_a_pack_is_told() -> None:
    assert any(
        "il n’y a pas de lesson.md dans l’archive" in error for error in told(zipped({"photo.jpg": "x"}))
    )
    assert any("il n’y a pas de lesson.md" in error for error in told(zipped({})))
    many = {f"lexicon/mot-{n}.md": "" for n in range(600)}
    assert told(zipped(many)) == [
        "le fichier ZIP : plus de 500 fichiers : ne mettez qu’un paquet dans l’archive."
    ]


def test_a_mistake_in_a_file_has_its_line() -> None:
    files = changed("questions/1-2.md", "verb: comparer", "verb: comparez")
    assert told(zipped(files, top="lecon/"))[0].startswith("questions/1-2.md, ligne 4 : ")


def test_a_damaged_file_is_told() -> None:
    data = bytearray(zipped(small_pack(), method=zipfile.ZIP_STORED))
    data[data.index(b"Bienvenue")] ^= 1
    assert any("lesson.md : ce fichier est abîmé" in error for error in told(bytes(data)))
    assert replace(read(zipped(small_pack())), digest="").lesson.slug == "petite-lecon"
