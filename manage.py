#!/usr/bin/env python
"""Django's commands. Without an environment of their own they use the servers of a running `make run`."""

import os
import sys

from django.core.management import execute_from_command_line

from config.devstack import discover
from config.devstack.errors import CannotStart


def main() -> None:
    """Run the command of the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # GRAPEVINE_MODE says that somebody has thought about the environment; then it is left alone.
    if "GRAPEVINE_MODE" not in os.environ:
        try:
            os.environ.update(discover.environment())
        except CannotStart as reason:
            sys.exit(str(reason))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
