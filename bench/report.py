"""One JSON file and a table, with the figure to reach beside each figure."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def write_json(figures: dict[str, Any], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


def write(figures: dict[str, Any], out: Path) -> None:
    write_json(figures, out)
    print(table(figures))
    print(f"\n{out}")


def table(figures: dict[str, Any]) -> str:
    scale = figures["reference_loop_s"] / figures["loop_s"]
    rows = [("", *[f"{size} students" for size in figures["sizes"]], "to reach")]
    sizes = list(figures["sizes"].values())
    rows += [(label, *[str(pick(size)) for size in sizes], goal) for label, pick, goal in _ROWS]
    rows.append(("CPU per student, scaled, s",
                 *[str(round(size["cpu_per_student_s"] * scale, 4)) for size in sizes], "≤ 0.09 at 35"))  # fmt: skip
    limit = figures["limit"]
    rows.append(("limit (bare view), CPU a save, ms", str(limit["cpu_per_save_ms"]), "", ""))
    rows.append(("fixed loop, s", str(figures["loop_s"]), "", f"reference {figures['reference_loop_s']}"))
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, (38, 26, 26, 20), strict=False))
                     for row in rows)  # fmt: skip


def _times(done: dict[str, Any]) -> str:
    return " / ".join(str(done.get(name, "–")) for name in ("p50", "p95", "max"))


_ROWS: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("CPU per student for the lesson, s", lambda f: f["cpu_per_student_s"], "≤ 0.09, ≤ 0.08"),
    ("CPU per autosave, ms", lambda f: f["cpu_per_autosave_ms"], "≤ 2, then ≤ 1"),
    ("CPU per final save (four fields), ms", lambda f: f["cpu_per_final_save_ms"], ""),
    ("CPU per join with page and files, ms", lambda f: f["cpu_join_and_page_ms"], ""),
    ("CPU per page after the start, ms", lambda f: f["cpu_start_and_page_ms"], ""),
    ("CPU per poll, ms", lambda f: f["cpu_per_poll_ms"], "≤ 0.5"),
    ("autosave p50 / p95 / max, ms", lambda f: _times(f["autosaves"]), "p95 ≤ 100"),
    ("bell p50 / p95 / max, ms", lambda f: _times(f["bell"]), "p95 ≤ 100 at 350"),
    ("event to screens p50 / p95 / max, ms", lambda f: _times(f["event_to_screens"]), "p95 ≤ 50 at 350"),
    ("errors", lambda f: sum(sum(e.values()) for e in f["errors"].values()), "0"),
    ("texts acknowledged", lambda f: f["texts_acknowledged"], ""),
    ("of these lost", lambda f: f["texts_lost"], "0"),
    ("memory (PSS), MB", lambda f: round(sum(f["memory_mb"].values())), "≤ 200"),
]
