"""可打印: what is typed to stand on a paper later is refused where no typeface draws it, before anything is done."""

from common.decision import Reason, Refusal
from payments.paper import fonts


def refuse_undrawable(texts: dict[str, str], *, undone: str) -> None:
    """Refuse the first of these texts (what it is → what was typed) that no paper could show; `undone`: 没有日结."""
    for what, text in texts.items():
        if lacking := fonts.undrawable(text):
            raise Refusal(Reason("UNDRAWABLE", f"{what}“{text}”打印不出来，{undone}。{fonts.Undrawable(lacking)}"))
