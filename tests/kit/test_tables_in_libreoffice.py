"""Our tables as LibreOffice reads them: the same cells, accents and numbers, and nothing that it runs."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from evaluations import actions
from evaluations.exports import class_results
from evaluations.queries.report import grid_of
from metroloco_site.kit.tables import Cell, Table, as_csv, as_ods
from tests.evaluations.actions.test_poster_grading import class_in_groups
from tests.harness.builders import NOW
from tests.kit.test_tables import OFFICE, TABLE, TEXT

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# A French reader of UTF-8 with semicolons, who lets formulas run (the last of these is worse than the default).
FRENCH_CSV = "CSV:59,34,76,1,,1036,false,false,false,false,false,-1,true"
LIMIT_S = 120  # a first start makes a profile
TEXTS = (
    "Œillet d’été, « naïf »", "=1+1", '=HYPERLINK("http://x.example";"clic")', "+33", "-2", "@SUM(A1)", "\tx",
    "deux\nlignes", "a;b", 'dit "oui"', "  trois   espaces ", "007", "👩‍👩‍👧", "العربية", "<b>&amp;</b>", "12,5",
)  # fmt: skip
NUMBERS: tuple[int | float | None, ...] = (0, 35, 12.5, -3.25, 1_000_000, None)


def converted(
    folder: Path, files: dict[str, bytes], *options: str
) -> dict[str, list[list[str | float | None]]]:
    """The cells of each file after one run of LibreOffice, which has a profile of its own."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--norestore", *options, "--convert-to", "fods", "--outdir"]
    subprocess.run(
        [*command, folder / "out", *(folder / name for name in files)],
        env={**os.environ, "HOME": str(folder)}, check=True, capture_output=True, timeout=LIMIT_S,
    )  # fmt: skip
    return {name: list(_rows(folder / "out" / f"{Path(name).stem}.fods")) for name in files}


def _rows(path: Path) -> Iterator[list[str | float | None]]:
    for row in ET.parse(path).getroot().iter(f"{TABLE}table-row"):  # noqa: S314 - made by us
        cells: list[str | float | None] = []
        for cell in row:
            cells += [_value(cell)] * min(int(cell.get(f"{TABLE}number-columns-repeated", "1")), 50)
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield cells


def _value(cell: ET.Element) -> str | float | None:
    if formula := cell.get(f"{TABLE}formula"):
        return f"FORMULE {formula}"
    kind = cell.get(f"{OFFICE}value-type")
    if kind == "string":
        return "\n".join(map(_line, cell.iter(f"{TEXT}p")))
    return float(cell.get(f"{OFFICE}value", "nan")) if kind else None


def _line(paragraph: ET.Element) -> str:
    parts = [paragraph.text or ""]
    for child in paragraph.iter():
        if child is paragraph:
            continue
        sign = {f"{TEXT}tab": "\t", f"{TEXT}s": " " * int(child.get(f"{TEXT}c", "1"))}.get(child.tag, "")
        parts += [sign, child.text or "", child.tail or ""]
    return "".join(parts)


def wanted(table: Table, *, guarded: bool) -> list[list[str | float | None]]:
    """The cells as they were given; `guarded`: with the apostrophe before what would run."""

    def seen(cell: Cell) -> str | float | None:
        if isinstance(cell, str):
            return f"'{cell}" if guarded and cell[:1] in ("=", "+", "-", "@", "\t") else cell
        return None if cell is None else float(cell)

    rows = [[seen(cell) for cell in row] for row in [table.header, *table.rows]]
    for row in rows:
        while row[-1] is None:
            row.pop()
    return rows


def test_libreoffice_reads_the_same_cells_and_runs_none(tmp_path: Path) -> None:
    run = class_in_groups()
    first, second, _ = run.participants.all()
    on = {"participant": first, "criterion": grid_of(run)[0], "now": NOW}
    actions.set_level(**on, level=4)  # type: ignore[arg-type]
    actions.set_observations(**on, observations="=Précis ; net")  # type: ignore[arg-type]
    actions.set_remark(participant=second, text="Deux\nlignes", now=NOW)
    of_class = class_results(run)
    rows: list[list[Cell]] = [[text, 1] for text in TEXTS]
    odd = Table("Cas", ["Texte", "Nombre"], [*rows, *(["n", number] for number in NUMBERS)])

    ods = converted(tmp_path, {"classe.ods": as_ods(of_class), "cas.ods": as_ods(odd)})
    assert ods["classe.ods"] == wanted(of_class, guarded=False)
    spaced = [
        [cell.replace("\t", " ") if isinstance(cell, str) else cell for cell in row] for row in odd.rows
    ]
    assert ods["cas.ods"] == wanted(replace(odd, rows=spaced), guarded=False), (
        "a space for a tab, else the same"
    )

    unguarded = "\ufeffa;b\r\n=1+1;x\r\n".encode()
    files = {"c.csv": as_csv(of_class), "d.csv": as_csv(odd), "e.csv": unguarded}
    found = converted(tmp_path, files, f"--infilter={FRENCH_CSV}")
    assert found["c.csv"] == wanted(of_class, guarded=True)
    assert found["e.csv"][1][0] == "FORMULE of:=1+1", "it would have run what we do not guard"
    # A CSV has no types: what looks like a French number is one.
    as_read = {"007": 7.0, "12,5": 12.5}
    assert found["d.csv"] == [
        [as_read.get(str(row[0]), row[0]), *row[1:]] for row in wanted(odd, guarded=True)
    ]
