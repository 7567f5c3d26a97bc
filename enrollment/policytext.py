"""The real text of a policy document, split into its articles: converted from PDF, so first mended. 条款原文.

Two layouts: `articles` (第一条 … with items （一） …) and `sections` (一、 … with （一） and 1. below).
Everything here is pure: text in, articles out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ARTICLES, SECTIONS = "articles", "sections"

NUMERALS = "一二三四五六七八九十百零〇"
IDEOGRAPH = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f·‘’“”…—\U00020000-\U0003ffff"
SPACE = r"[^\S\n]"

PAGE_FOOTER = re.compile(
    rf"^{SPACE}*(?:[-—–－]+{SPACE}*\d+{SPACE}*[-—–－]+|第{SPACE}*\d+{SPACE}*页.*){SPACE}*$", re.MULTILINE
)
IMPRINT = re.compile(rf"^{SPACE}*抄送：.*?印发{SPACE}*$", re.MULTILINE | re.DOTALL)
ADVERT = re.compile(r"(?:[A-Za-z0-9]{1,20}\s?)?下载频道开通.*|(?:更多|详细)[^。\n]{0,60}请访问.*", re.DOTALL)
DOCUMENT_NUMBER = re.compile(rf"[^\W\d_a-zA-Z]+[〔\[［(（]{SPACE}*\d{{4}}{SPACE}*[〕\]］)）]{SPACE}*\d+{SPACE}*号")

NEAR = 20  # characters around a mark that tell whether it opens an article
REFERRING = "按照据依本见如与和及同至、，"
REFERRED = re.compile(r"\s*(?:规定|所|的|至|和|及|与|或|之|项|款|、|，|（|中|第)")
ARTICLE_MARK = re.compile(rf"第([{NUMERALS}]+)条")
CHAPTER_TAIL = re.compile(rf"(?<=[。；！？])\s*第[{NUMERALS}]+章[^。；！？]*\Z")
LINE_MARK = re.compile(rf"\s*第[{NUMERALS}]+[条章]\s")
ITEM_LABEL = re.compile(rf"（([{NUMERALS}]+|\d+)）|第([{NUMERALS}]+)项")
ITEM_MARK = re.compile(rf"（([{NUMERALS}]+)）")
SECTION_MARK = re.compile(rf"([{NUMERALS}]+)、")
POINT_MARK = re.compile(r"(\d+)[.．、](?!\d)")
SENTENCE_END = "。；：！？"
FULL, UNFILLED = 0.85, 0.6  # of the usual line: what ends a paragraph after a full stop, and what ends it anyway


@dataclass(frozen=True, slots=True)
class Article:
    """One article, section, item or point: where it stands (("七", "二", "1")), its heading line and whole text."""

    path: tuple[str, ...]
    label: str
    text: str
    layout: str

    @property
    def first_line(self) -> str:
        """The first paragraph: of a section its heading."""
        return self.text.split("\n", 1)[0]


def document_number(text: str) -> str:
    """The number printed first in the text, 连政办发〔2007〕149号, or the empty string."""
    found = DOCUMENT_NUMBER.search(re.sub(r"\n\s*", " ", text[:4000]))
    return re.sub(r"\s+", "", found.group()) if found else ""


def split(text: str, layout: str = "") -> tuple[Article, ...]:
    """The articles in the order of the text; `layout` is found out where it is not given."""
    lines = _mended(text)
    layout = layout or (ARTICLES if len(list(_article_starts(_joined(lines)))) > 1 else SECTIONS)
    return tuple(_articles(_joined(lines)) if layout == ARTICLES else _sections(_paragraphs(lines)))


def article_text(articles: Sequence[Article], label: str) -> str | None:
    """The text at 第五条（四）, 五 or 七（二）1; of two items named side by side both; None where there is none."""
    by_path = {article.path: article for article in articles}
    found = [by_path[path].text for path in paths(label) if path in by_path]
    return "\n".join(found) or None


def clause_text(articles: Sequence[Article], label: str) -> str | None:
    """What a reader of the clause wants to see: the whole article, or the item below the headings it stands under."""
    by_path = {article.path: article for article in articles}
    path = next(iter(paths(label)), ())
    while path and path not in by_path:
        path = path[:-1]
    if not path:
        return None
    if by_path[path].layout == ARTICLES:
        return by_path[path[:1]].text
    above = [by_path[path[:depth]].first_line for depth in range(1, len(path))]
    return "\n".join([*above, by_path[path].text])


def paths(label: str) -> list[tuple[str, ...]]:
    """Read a label: 第五条（四） is [("五", "四")], 第五条（一）（二） both items, 七、（二）1. [("七", "二", "1")]."""
    label = re.sub(r"\s+", "", label).replace("(", "（").replace(")", "）")
    head = re.match(rf"第?([{NUMERALS}]+|\d+)(?:条|部分|、|(?=（|$))", label)
    if not head:
        return []
    top = (_numeral(head.group(1)),)
    rest = label[head.end() :]
    items = [_numeral(mark.group(1) or mark.group(2)) for mark in ITEM_LABEL.finditer(rest)]
    point = re.search(r"(?<!\d)(\d+)[.．、]?$", rest)
    if point and items:
        return [(*top, items[-1], point.group(1))]
    return [(*top, item) for item in items] or [top]


def _numeral(text: str) -> str:
    """Chinese numerals up to 99: 12 → 十二; what is Chinese stays."""
    if not text.isdecimal():
        return text
    tens, ones = divmod(int(text), 10)
    digits = "零一二三四五六七八九"
    return ("" if tens < 2 else digits[tens]) + ("十" if tens else "") + (digits[ones] if ones or not tens else "")


def _value(numeral: str) -> int:
    """十二 → 12, up to 99; 0 for what is no such numeral."""
    return next((number for number in range(1, 100) if _numeral(str(number)) == numeral), 0)


def _mended(text: str) -> list[str]:
    """The lines that carry text, without page footers, imprint and the download site's advertisement."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    for noise in (PAGE_FOOTER, IMPRINT, ADVERT):
        text = noise.sub("\n", text)
    return [line for line in text.split("\n") if line.strip()]


def _joined(lines: Sequence[str]) -> str:
    """One running text. A line that ends inside an address goes on without a space; other Latin words keep one.

    A line that begins like an article or a chapter stays set off from the line before it.
    """
    parts: list[str] = []
    word = ""  # the last one, as far as it has been joined
    for line in lines:
        inside_address = "://" in word or word.startswith("www.")
        word_break = bool(re.search(r"[A-Za-z,]\Z", word)) and bool(re.match(r"[A-Za-z]", line))
        set_off = bool(LINE_MARK.match(line)) or (word_break and not inside_address)
        piece = line.lstrip()
        parts.append(" " + piece if set_off else piece)
        words = piece.rsplit(None, 1)
        joins_on = len(words) == 1 and not set_off
        word = "" if piece[-1].isspace() else (word if joins_on else "") + words[-1]
    return "".join(parts)


def prose(text: str) -> str:
    """Chinese as it is written: no space beside an ideograph or its punctuation, one between Latin words."""
    text = re.sub(r"\s+", " ", text.strip())
    text = re.sub(rf"(?<=[{IDEOGRAPH}]) | (?=[{IDEOGRAPH}])", "", text)
    return re.sub(r"(?<=\d) (?=[-–~%])|(?<=[-–~]) (?=\d)", "", text)


def _article_starts(text: str) -> Iterator[tuple[int, int, str]]:
    """Where 第一条, 第二条 … begin, in this order; a reference (按第五条规定) is none."""
    expected = 1
    for mark in ARTICLE_MARK.finditer(text):
        before, after = text[max(0, mark.start() - NEAR) : mark.start()], text[mark.end() : mark.end() + NEAR]
        ends_sentence = not before.strip() or before.rstrip()[-1] in SENTENCE_END + "”』】）)"
        stands_alone = before[-1:].isspace() and after[:1].isspace() and before.rstrip()[-1:] not in REFERRING
        if _value(mark.group(1)) == expected and (ends_sentence or stands_alone) and not REFERRED.match(after):
            yield mark.start(), mark.end(), mark.group(1)
            expected += 1


def _articles(text: str) -> Iterator[Article]:
    starts = list(_article_starts(text))
    ends = [*(start for start, _, _ in starts[1:]), len(text)]
    for (_, begin, number), end in zip(starts, ends, strict=False):
        body = CHAPTER_TAIL.sub("", text[begin:end])
        lead, items, tail = _items(body)
        lines = [*_prose_paragraphs(lead), *(prose(item) for _, item in items), *_prose_paragraphs(tail)]
        label = f"第{number}条"
        yield Article((number,), label, f"{label} " + "\n".join(lines), ARTICLES)
        for item_number, item in items:
            yield Article((number, item_number), f"{label}（{item_number}）", prose(item), ARTICLES)


def _prose_paragraphs(text: str) -> list[str]:
    """Running text cut where the conversion left a space after a full stop: there a paragraph ended."""
    return [paragraph for part in re.split(r"(?<=。)\s+", text) if (paragraph := prose(part))]


def _items(body: str) -> tuple[str, list[tuple[str, str]], str]:
    """What stands before the items （一） …, the items, and what follows the last one.

    Items that are clauses of one sentence end in ；, the last in 。: what comes after it belongs to the article.
    """
    marks: list[re.Match[str]] = []
    for mark in ITEM_MARK.finditer(body):
        after_sentence = body[max(0, mark.start() - NEAR) : mark.start()].rstrip()[-1:] in tuple(SENTENCE_END)
        if _value(mark.group(1)) == len(marks) + 1 and after_sentence:
            marks.append(mark)
    if not marks:
        return body, [], ""
    ends = [mark.start() for mark in marks[1:]] + [len(body)]
    items = [(mark.group(1), body[mark.start() : end]) for mark, end in zip(marks, ends, strict=True)]
    number, last = items[-1]
    tail = ""
    if all(item.rstrip().endswith("；") for _, item in items[:-1]):
        stop = _first_full_stop(last)
        last, tail = last[:stop], last[stop:]
    return body[: marks[0].start()], [*items[:-1], (number, last)], tail


def _first_full_stop(text: str) -> int:
    """Just behind the first 。 that stands outside brackets; the length where there is none."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "（(") - (character in "）)")
        if character == "。" and depth <= 0:
            return place + 1
    return len(text)


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines joined to paragraphs: one ends with a space left behind, or with a line that is not filled."""
    usual = sorted(len(line.strip()) for line in lines)[len(lines) * 3 // 4] if lines else 0
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if paragraphs[-1] and _opens(line, paragraphs[-1][-1]):
            paragraphs.append([])
        paragraphs[-1].append(line)
        filled = len(line.strip()) / usual
        if line != line.rstrip() or filled < UNFILLED or (filled < FULL and line[-1] in SENTENCE_END):
            paragraphs.append([])
    return [prose(_joined(part)) for part in paragraphs if part]


def _opens(line: str, previous: str) -> bool:
    """Whether a line begins a section, item or point: it carries the mark, and the line before ended a sentence."""
    text = line.strip()
    marked = SECTION_MARK.match(text) or ITEM_MARK.match(text) or POINT_MARK.match(text)
    return bool(marked) and previous.rstrip()[-1] in SENTENCE_END


def _sections(paragraphs: Sequence[str]) -> Iterator[Article]:
    """Sections, items and points, each counted from one; what stands before 一、 is no section."""
    starts: list[tuple[int, tuple[str, ...], str]] = []
    path: tuple[str, ...] = ()
    for place, paragraph in enumerate(paragraphs):
        found = _section_path(paragraph, path)
        if found:
            path = found
            starts.append((place, path, _section_label(path)))
    for index, (place, path, label) in enumerate(starts):
        end = next((later for later, other, _ in starts[index + 1 :] if len(other) <= len(path)), len(paragraphs))
        yield Article(path, label, "\n".join(paragraphs[place:end]), SECTIONS)


def _section_path(paragraph: str, path: tuple[str, ...]) -> tuple[str, ...] | None:
    """The place that a paragraph opens, given the place before it; None when it only goes on."""

    def follows(number: int, depth: int) -> bool:
        return number == (_value(_numeral(path[depth])) if len(path) > depth else 0) + 1

    if (mark := SECTION_MARK.match(paragraph)) and follows(_value(mark.group(1)), 0):
        return (mark.group(1),)
    if path and (mark := ITEM_MARK.match(paragraph)) and follows(_value(mark.group(1)), 1):
        return (path[0], mark.group(1))
    if len(path) > 1 and (mark := POINT_MARK.match(paragraph)) and follows(int(mark.group(1)), 2):
        return (*path[:2], mark.group(1))
    return None


def _section_label(path: tuple[str, ...]) -> str:
    label = path[0]
    if len(path) > 1:
        label += f"（{path[1]}）"
    return label + (path[2] if len(path) > 2 else "")
