"""条款的写法: how a clause's place is named where it stands alone."""

import re

from django import template

register = template.Library()
BARE = re.compile(r"[一二三四五六七八九十]+")


@register.filter
def place(article: str) -> str:
    """第五条（四） as it is; a section of a document without articles is 一、, not a bare 一."""
    return f"{article}、" if BARE.fullmatch(article) else article
