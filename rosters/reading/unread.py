"""没有值的格: formulas without their result, errors, and characters that were lost on the way. Pure."""

import re
from collections.abc import Sequence

from common.delimited import LOST
from common.sheets import Cell
from common.typed import InputError

ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|Err:[0-9]{3}")
NARROW = re.compile("#{3,}")
BEGINS = frozenset("=#E")
WHY = {
    "formula": "一格是公式，文件里没有存下算出的结果。请用 Excel 或 WPS 打开，保存一次再交；或复制后选择性粘贴为数值。",
    "error": "一格是错误值“*”，公式没有算出来。请改正公式，或对照原件填上。",
    "narrow": "一格只剩下“####”，多半是列太窄时导出的。请把列拉宽，重新导出。",
    "lost": "一格里有字读不出来，文件在传送中损坏了。请对照原件改正这一格，或重新导出。",
}


def unread(cell: Cell) -> str:
    """formula, error, narrow or lost for a cell without a value; else empty."""
    if not isinstance(cell, str) or (cell[:1] not in BEGINS and LOST not in cell):
        return ""
    if cell.startswith("="):
        return "formula"
    if ERROR.fullmatch(cell):
        return "error"
    if NARROW.fullmatch(cell):
        return "narrow"
    return "lost" if LOST in cell else ""


def refuse_unread(cell: Cell, label: str) -> None:
    """An InputError for a cell without a value, under its code."""
    code = unread(cell)
    if code:
        raise InputError(code, f"{label}{WHY[code]}".replace("*", f"{cell}"))


def has_unread(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether there may be such a cell at all: nearly no file has one."""
    text = "\n".join(["", *(cell for row in rows for cell in row if isinstance(cell, str))])
    return any(sign in text for sign in ("\n=", "\n#", "\nErr:", LOST))
