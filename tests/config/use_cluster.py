"""Use the embedded test cluster, started as a process of its own, until told on standard input to leave."""

import sys

from config.embedded import use

if __name__ == "__main__":
    with use("test") as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        sys.stdin.readline()
