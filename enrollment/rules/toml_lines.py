"""Where each key of a TOML text stands, so that a wrong rule set can be refused with its line. 行号.

`tomllib` keeps no positions. The scanner reads only text that `tomllib` has accepted, so it need not check anything.
What `tomllib` itself must not be given is looked for before: the memory it takes for a key grows with the square of the
key's parts, 10 GB for one of 50,000.
"""

import re

Path = tuple[str | int, ...]
MOST_DOTS = 200  # outside texts, on one line: of numbers and of a key's parts
# Texts and comments, as they follow each other. One that does not end is taken to the end of its line, or of all:
# `tomllib` reads no further, and nothing is gone through twice.
_TEXT = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)|'
    r"'''.*?(?:'''|\Z)|"
    r'"(?:\\.|[^"\\\n])*"?|'
    r"'[^'\n]*'?|#[^\n]*",
    re.DOTALL,
)


def line_too_deep(text: str) -> int | None:
    """The first line, from 1, with a key of more parts than anybody means; None where there is none."""
    bare = _TEXT.sub(lambda found: "\n" * found[0].count("\n"), text)
    return next((line for line, part in enumerate(bare.split("\n"), start=1) if part.count(".") > MOST_DOTS), None)


def line_numbers(text: str) -> dict[Path, int]:
    """Map each path of a valid TOML text, such as ("periods", 0, "rates", 1, "standard"), to its line, from 1."""
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.counted, self.line = 0, 1  # how far the lines are counted, and the line there
        self.lines: dict[Path, int] = {(): 1}
        self.counts: dict[Path, int] = {}

    def scan(self) -> None:
        table: Path = ()
        while self._skip_blank() < len(self.text):
            if self._peek("["):
                table = self._header()
            else:
                self._pair(table)

    def _peek(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _line(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def _skip_blank(self) -> int:
        while self.at < len(self.text):
            if self.text[self.at] in " \t\n":
                self.at += 1
            elif self._peek("#"):
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                break
        return self.at

    def _header(self) -> Path:
        line, is_array = self._line(), self._peek("[[")
        self.at += 2 if is_array else 1
        *parents, last = self._key()
        self.at += 2 if is_array else 1
        path = self._resolve(tuple(parents))
        path = (*path, last)
        if is_array:
            index = self.counts.get(path, 0)
            self.counts[path] = index + 1
            self.lines.setdefault(path, line)
            path = (*path, index)
        elif path in self.counts:
            path = (*path, self.counts[path] - 1)
        self.lines[path] = line
        return path

    def _resolve(self, keys: tuple[str, ...]) -> Path:
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self._skip_blank()
            if self.text[self.at] in "\"'":
                start = self.at + 1
                self._string()
                parts.append(self.text[start : self.at - 1])
            else:
                start = self.at
                while self.text[self.at] not in " \t.=]":
                    self.at += 1
                parts.append(self.text[start : self.at])
            self._skip_blank()
            if not self._peek("."):
                return tuple(parts)
            self.at += 1

    def _pair(self, table: Path) -> None:
        line = self._line()
        path: Path = table
        for key in self._key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.at += 1
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip_blank()
        self.lines[path] = self._line()
        if self.text[self.at] in "\"'":
            self._string()
        elif self._peek("["):
            self._items(path, "]")
        elif self._peek("{"):
            self._items(path, "}")
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}\n#":
                self.at += 1

    def _items(self, path: Path, closing: str) -> None:
        self.at += 1
        index = 0
        while self._skip_blank() >= 0 and not self._peek(closing):
            if self._peek(","):
                self.at += 1
            elif closing == "]":
                self._value((*path, index))
                index += 1
            else:
                self._pair(path)
        self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        long = self.text.startswith(quote * 3, self.at)
        mark = quote * 3 if long else quote
        self.at += len(mark)
        while not self._peek(mark):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(mark)
        while long and self._peek(quote):
            self.at += 1
