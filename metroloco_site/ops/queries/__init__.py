"""Read only: what is told about people, and what the installation holds."""

from metroloco_site.ops.queries.installation import (
    Figures,
    applied_migrations,
    figures,
    last_deletion,
    page_weight,
    program_version,
    unknown_migrations,
)
from metroloco_site.ops.queries.told import THEMES, TITLES, YourData, told_models, your_data

__all__ = [
    "THEMES",
    "TITLES",
    "Figures",
    "YourData",
    "applied_migrations",
    "figures",
    "last_deletion",
    "page_weight",
    "program_version",
    "told_models",
    "unknown_migrations",
    "your_data",
]
