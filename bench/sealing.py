"""密封: what one value costs, by cipher: `python -m bench.sealing`. No database is asked."""

import time
from collections.abc import Callable
from itertools import product
from typing import Any

from common.sealing import DOCUMENT, ID_NUMBER, PHONE, Kind, Sealer, Suite, new_keys

TIMES, ROUNDS = 20_000, 5
SAMPLES: dict[Kind, list[str]] = {
    ID_NUMBER: [f"530127{1940 + n % 80}0{1 + n % 9}1{n % 10}{n % 1000:03d}{n % 10}" for n in range(TIMES)],
    PHONE: [f"154{n * 7919 % 100_000_000:08d}" for n in range(TIMES)],
    DOCUMENT: [f"53012719500101{n:06d}43" for n in range(TIMES)],
}


def main() -> None:
    """Microseconds of this process for sealing and opening a value, the best of some rounds."""
    for (suite, digest), kind in product(((Suite.AES_GCM, "blake2b"), (Suite.SM4_GCM, "sm3")), SAMPLES):
        sealer = Sealer(kind, new_keys(digest=digest), suite)
        texts = SAMPLES[kind]
        values = [sealer.seal(text) for text in texts]
        seal, opened = _best(sealer.seal, texts), _best(sealer.open, values)
        found = f", digest of the whole {_best(sealer.whole, texts):.1f}" if kind.tails else ""
        print(f"{suite.name} {digest} {kind.name}: seal {seal:.1f}, open {opened:.1f}{found} µs")


def _best(work: Callable[[Any], object], over: list[Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for each in over:
            work(each)
        times.append(time.process_time() - started)
    return min(times) / len(over) * 1e6


if __name__ == "__main__":
    main()
