#!/usr/bin/env python
"""Django's command line; without DATABASE_URL it works on the embedded database of `make run`."""

import sys

from config.embedded import EmbeddedError
from config.local import environment


def main() -> None:
    try:
        with environment():
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
