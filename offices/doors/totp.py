"""动态码: RFC 6238 as every authenticator speaks it: SHA-1, six digits, thirty seconds."""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP, DIGITS, DRIFT = 30, 6, 1  # seconds; digits; steps by which a telephone's clock may be wrong
SECRET_BYTES = 20


def new_secret() -> str:
    """A secret in the letters in which it is typed into an authenticator (base 32)."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of one step of thirty seconds."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, code: str, *, at: float) -> int | None:
    """The step whose code this is, of those that count at the moment (seconds since 1970); None: of none."""
    now = int(at) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def address_of(secret: str, *, name: str, issuer: str) -> str:
    """What the QR code says to the authenticator."""
    label = quote(f"{issuer}:{name}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
