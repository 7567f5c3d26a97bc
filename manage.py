#!/usr/bin/env python
"""Django's command line; without DATABASE_URL it works on the embedded database of `make run`."""

import sys
from contextlib import suppress

from config.embedded import EmbeddedError
from config.local import environment

# Commands of our own that need tables and rule sets: on a new machine they are made first.
ON_TABLES = {"assess", "check_roster", "load_ruleset", "load_policy_text", "seed_demo"}


def main() -> None:
    try:
        with environment():
            from django.core.exceptions import ImproperlyConfigured
            from django.core.management import execute_from_command_line

            from config import roles

            if ON_TABLES.intersection(sys.argv[1:2]):
                from config.run import furnish

                furnish()
            with suppress(ImproperlyConfigured):  # Django says it
                roles.for_command("".join(sys.argv[1:2]))
            execute_from_command_line(sys.argv)
    except (EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
