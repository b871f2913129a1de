#!/usr/bin/env python
"""Django's command line for Metroloco en classe."""

import os
import sys


def main() -> None:
    """Django's own form, with our settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "metroloco_site.settings")
    if sys.argv[1:] == ["demo"]:  # the settings make the data folder: it is chosen before they are read
        from metroloco_site.kit import throwaway_folder

        throwaway_folder.make()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
