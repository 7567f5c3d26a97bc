"""条款的写法: how a clause's place is named where it stands alone."""

import re

from django import template

register = template.Library()
BARE = re.compile(r"[一二三四五六七八九十]+")


SOURCES = {
    "reprint": ("转引", "文件原文未见，内容转引自其他正式材料"),
    "weak": ("来源待核", "来源不够权威，使用前请向上级核实"),
    "own": ("未核实", "没有找到文件依据，按本地做法，使用前请向上级核实"),
}


@register.filter
def source_word(source: str) -> str:
    """How far a clause can be relied on, in a word; nothing for the document itself."""
    return SOURCES.get(source, ("", ""))[0]


@register.filter
def source_note(source: str) -> str:
    """The same in a sentence."""
    return SOURCES.get(source, ("", ""))[1]


@register.filter
def at(table: dict[str, str], key: str) -> str:
    """An entry of a table, or nothing."""
    return table.get(key, "")


@register.filter
def place(article: str) -> str:
    """第五条（四） as it is; a section of a document without articles is 一、, not a bare 一."""
    return f"{article}、" if BARE.fullmatch(article) else article
