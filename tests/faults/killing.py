"""Kills at random moments, each followed by what a supervisor or operator does: until the office serves again."""

import random
import time
from collections import Counter
from collections.abc import Callable

from tests.faults.cluster import Cluster
from tests.faults.office import Office

BETWEEN = (0.3, 2.0)  # seconds of quiet before the next


def ways(cluster: Cluster, office: Office) -> dict[str, Callable[[], None]]:
    """What may be killed with -9, by name."""
    return {
        "all of PostgreSQL": cluster.kill_whole,
        "PostgreSQL's first process": cluster.kill_postmaster,
        "a session of PostgreSQL": cluster.kill_backend,
        "a web worker": office.kill_web_worker,
        "the web server": office.kill_master,
        "the job worker": office.kill_job_worker,
    }


def strikes(cluster: Cluster, office: Office, *, rounds: int, seed: int) -> Counter[str]:
    """Each way so many times, in random order at random moments; what was killed how often."""
    chance = random.Random(seed)
    kills, done = ways(cluster, office), Counter[str]()
    for name in chance.sample([*kills] * rounds, len(kills) * rounds):
        time.sleep(chance.uniform(*BETWEEN))
        kills[name]()
        done[name] += 1
        office.wait_until_back()
    time.sleep(BETWEEN[1])
    return done
