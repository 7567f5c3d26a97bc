"""What people type: half width, without invisible marks, and the error that sends it back. 录入."""

import unicodedata

# The full-width copies of ASCII (U+FF01 to U+FF5E), the ideographic space, and the full-width ￥.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}


class InputError(ValueError):
    """Something typed that cannot stand: `code` for programs; str() is the Chinese sentence for the clerk."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, str]]:
        """Keep the code when another process sends the error back (files are read in one)."""
        return type(self), (self.code, str(self))


def halfwidth(text: str) -> str:
    """Full-width letters, digits, signs and spaces as their ASCII selves; everything else stays."""
    return text.translate(_HALF_WIDTH)


def visible(text: str) -> str:
    """Half width, without the zero-width and bidi marks that a paste from a chat or a web page brings along."""
    if text.isascii():
        return text  # nothing to fold, no mark to leave out
    if text.isprintable():
        return halfwidth(text)  # a mark that nobody sees is not printable
    return "".join(c for c in halfwidth(text) if unicodedata.category(c) != "Cf")


def compact(text: str) -> str:
    """Half width, without invisible marks and without any blank."""
    return "".join(visible(text).split())


def shown(character: str) -> str:
    """A character as a message can show it: itself in “”, or its number if nobody would see it."""
    if character.isprintable() and not character.isspace():
        return f"“{character}”"
    return f"U+{ord(character):04X}"
