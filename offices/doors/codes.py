"""一次性的码: short codes on paper, made of signs that nobody takes for one another; kept as keyed digests."""

import secrets

from django.utils.crypto import salted_hmac

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUP = 4


def new_code(groups: int) -> str:
    """A code in groups of four signs: 4.95 bits each."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(GROUP)) for _ in range(groups))


def digest_of(code: str, *, kind: str) -> str:
    """What is kept of a code, however it was typed."""
    signs = "".join(sign for sign in code.upper() if sign in SIGNS)
    return salted_hmac(f"code.{kind}", signs, algorithm="sha256").hexdigest()
