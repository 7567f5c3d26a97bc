"""Workers that are killed while they take a roster: `python -m tests.rosters.dying_worker ROSTER CLERK DELAYS`.

Each delay in seconds is a fork that takes the roster and is sent SIGKILL after it; null lets it finish. One line each:
how the process ended.
"""

import json
import os
import signal
import sys
import time

import django


def take(roster_id: int, clerk_id: int) -> None:
    from offices.models import Staff
    from rosters.services.taking import take_roster
    from tests.rosters.deposited import TAKEN

    take_roster(roster_id=roster_id, by=Staff.objects.get(pk=clerk_id), at=TAKEN)


def main() -> None:
    django.setup()
    from payments.paper import fonts

    fonts.undrawable("字")
    roster_id, clerk_id = int(sys.argv[1]), int(sys.argv[2])
    for delay in json.loads(sys.argv[3]):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                take(roster_id, clerk_id)
                code = 0
            finally:
                os._exit(code)
        if delay is not None:
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
