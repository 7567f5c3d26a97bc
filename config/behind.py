"""在网页服务器之后: gunicorn for a server's service manager, on the socket that systemd hands over or that is named.

    python -m config.behind [unix:/folder/socket | 127.0.0.1:port]

Nothing is set up here, no database started and no job done: other units do that (docs/deploy.md).
"""

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn import util

from config.serve import Application, Server, share_figures, write_error

Answer = Callable[[dict[str, Any], Any], Iterable[bytes]]


class OfficeServer(Application):
    """The application behind another program of this machine."""

    def load(self) -> Answer:
        application = super().load()

        def from_this_machine(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            # Whoever comes through a Unix socket has no address; it is a program here, such as nginx.
            environ["REMOTE_ADDR"] = environ.get("REMOTE_ADDR") or "127.0.0.1"
            return application(environ, start)

        return from_this_machine


def main(bind: str) -> None:
    """Serve until told to stop; ends by SystemExit, as gunicorn does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    share_figures()
    util.write_error = write_error
    Server(OfficeServer(bind)).run()


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["127.0.0.1:8000"]))
