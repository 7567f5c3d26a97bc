"""Clauses, reasons and refusals: how every yuan, date and "no" explains itself. 条款、依据、不予办理."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """One row of a rule set's clause registry: where in which document a rule stands.

    `key` is the registry's own name (L-5-6), `document` the document number as printed on it,
    `article` the place inside it (第五条（四）), `summary` our own one-line summary. `source` says how far the clause
    can be relied on: empty for the document itself, else `reprint` (quoted elsewhere), `weak` or `own` (unverified).
    """

    key: str
    document: str
    article: str
    summary: str = ""
    source: str = ""

    def __str__(self) -> str:
        return f"{self.document}{self.article}"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a code for programs, a Chinese sentence for people, the clause it rests on."""

    code: str
    text: str
    clause: Clause | None = None

    def __str__(self) -> str:
        return f"{self.text}（{self.clause}）" if self.clause else self.text


class Refusal(Exception):
    """不予办理: a rule's or a service's "no", which carries its reasons as a result does."""

    def __init__(self, *reasons: Reason) -> None:
        if not reasons:
            raise ValueError("a refusal must say why")
        super().__init__(*reasons)
        self.reasons = reasons

    @property
    def code(self) -> str:
        """The code of the first reason."""
        return self.reasons[0].code

    def __str__(self) -> str:
        return "\n".join(str(reason) for reason in self.reasons)
