"""The migrations of `households`, and those of a release that never came out."""

from pathlib import Path

from households import migrations

__path__ = [str(Path(__file__).parent), *migrations.__path__]
