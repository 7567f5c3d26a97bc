"""One row of the bench's table: a job, ours and the peer's figure, and what the ratio must be."""

from dataclasses import dataclass
from typing import Literal

Size = Literal["small", "full"]
SIZES: tuple[Size, ...] = ("small", "full")


@dataclass(frozen=True, slots=True)
class Result:
    """`ratio` is the figure that is asked for: how many times as fast, or as much time, as the peer; or ours itself.

    `at_most`: the ratio must not exceed `required`; else it must reach it. Without `required` the row only tells.
    """

    job: str
    ours: str
    peer: str
    ratio: float
    required: float | None = None
    aim: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def held(self) -> str:
        """`aim`, `yes` or `no`; empty where nothing is required."""
        if self.required is None:
            return ""
        if self.aim is not None and self._reaches(self.aim):
            return "aim"
        return "yes" if self._reaches(self.required) else "no"

    def _reaches(self, bound: float) -> bool:
        return self.ratio <= bound if self.at_most else self.ratio >= bound

    def cells(self) -> tuple[str, ...]:
        """The row as texts: job, ours, peer, ratio, required, aim, held, note."""
        sign = "≤" if self.at_most else "≥"
        asked = [f"{sign} {_told(each)}" if each is not None else "" for each in (self.required, self.aim)]
        return (self.job, self.ours, self.peer, _told(self.ratio), *asked, self.held, self.note)


HEADINGS = ("job", "ours", "peer", "ratio", "required", "aim", "held", "note")


def _told(number: float) -> str:
    """Three digits that matter, all of a large whole number."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
