"""日志里的个人信息: no line of the server's log carries an ID number, a telephone or what PostgreSQL says of a row.

PostgreSQL tells the values of a row that a constraint refused (DETAIL: Key (id_no)=(…), Failing row contains (…)), and
a traceback ends with what an exception says. Both are needed to mend a fault; the values are not.
"""

import logging
import re

HIDDEN = "…"
# Behind these words PostgreSQL quotes rows and keys; a bracket may stand inside, so all of the line goes.
_DETAIL = re.compile(r"((?:DETAIL|CONTEXT|详细信息|上下文):\s*).*", re.IGNORECASE)
_KEY = re.compile(r"(Key \([^)]*\))=\(.*?\)(?= |$)")
_ROW = re.compile(r"(Failing row contains ).*")
_QUOTED_ROW = re.compile(r"(invalid input syntax for [^:]*: ).*")
# Eighteen places as on an ID card, twenty as on a disability certificate, eleven as of a mobile telephone.
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z.])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}[0-1][0-9][0-3][0-9][0-9]{3}[0-9Xx](?:[0-9]{2})?(?![0-9])"
)
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])1[3-9][0-9]{9}(?![0-9])")
_LAND_LINE = re.compile(r"(?<![0-9A-Za-z.])0[1-9][0-9]{1,2}-?[2-9][0-9]{6,7}(?![0-9])")


def scrubbed(text: str) -> str:
    """The text without the values."""
    for pattern in (_DETAIL, _ROW, _QUOTED_ROW):
        text = pattern.sub(rf"\1{HIDDEN}", text)
    text = _KEY.sub(rf"\1=({HIDDEN})", text)
    for pattern in (_NUMBER, _MOBILE, _LAND_LINE):
        text = pattern.sub(HIDDEN, text)
    return text


class ScrubbedFormatter(logging.Formatter):
    """Writes a line as any other, its exception included, and takes the values out last."""

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record))
