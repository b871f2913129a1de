"""A lesson as a folder of Markdown files with YAML front matter, read whole or refused whole."""

from metroloco_site.packs.rules.content import Pack
from metroloco_site.packs.rules.errors import PackError, PackErrors
from metroloco_site.packs.rules.reading import read_files, read_pack, read_zip

__all__ = ["Pack", "PackError", "PackErrors", "read_files", "read_pack", "read_zip"]
