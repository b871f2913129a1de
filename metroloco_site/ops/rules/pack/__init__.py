"""A lesson as a folder of Markdown files with YAML front matter, read whole or refused whole."""

from metroloco_site.ops.rules.pack.content import Pack
from metroloco_site.ops.rules.pack.errors import PackError, PackErrors
from metroloco_site.ops.rules.pack.reading import read_files, read_pack, read_zip

__all__ = ["Pack", "PackError", "PackErrors", "read_files", "read_pack", "read_zip"]
