"""The application as `make run` serves it, without the setting up: `python -m tests.faults.server CLUSTER PORT`."""

import sys
from contextlib import nullcontext

import django

from config.serve import serve
from config.watch import watching

if __name__ == "__main__":
    django.setup()
    cluster, port = sys.argv[1:]
    with watching(cluster) if cluster else nullcontext():
        serve(int(port))
