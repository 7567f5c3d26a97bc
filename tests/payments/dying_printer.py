"""A worker that is killed in the middle of a print run: `python -m tests.payments.dying_printer PARTS WHEN`.

It draws PARTS parts of five receipts each. The next one kills it: `before` it is kept (claimed and drawn), or `after`.
"""

import os
import signal
import sys
from typing import Any

import django


def main() -> None:
    django.setup()
    from offices import jobs
    from payments.printing import job as printing_job
    from payments.printing import spool

    parts, when = int(sys.argv[1]), sys.argv[2]
    keep = spool.put
    printing_job.AT_ONCE = 5

    def keep_or_die(name: Any, place: int, part: Any) -> None:
        if place < parts or when == "after":
            keep(name, place, part)
        if place == parts:
            os.kill(os.getpid(), signal.SIGKILL)

    spool.put = keep_or_die
    jobs.run_next()


if __name__ == "__main__":
    main()
