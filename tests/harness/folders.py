"""The folders that tests read."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
METROLOCO = ROOT / "fixtures" / "metroloco"
ATELIER = Path(__file__).parent / "packs" / "atelier"
