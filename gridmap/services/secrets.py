"""Passwords, tokens and links: made, hashed, checked."""

import hashlib
import hmac
import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gridmap.errors import InvalidParameterError

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
TOKEN_PREFIX = "gm_"
_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106, section 4 (low memory)
_AT_ONCE = BoundedSemaphore(4)
"""One hash takes 64 MiB: strangers who sign in all at once wait for each other instead of filling the memory."""
_NOBODYS = _HASHER.hash(secrets.token_hex(16))


def new_secret() -> str:
    """Return 256 random bits as text that is safe in an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is stored of a random secret: it cannot be guessed, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_of(session: str) -> str:
    """Return the check value that writes under a session cookie must carry; known to whom the session was given."""
    return hmac.new(session.encode(), b"gridmap csrf", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def hash_password(password: str, account: str) -> str:
    """Return the argon2id hash of a new password; InvalidParameterError if it is too short or easily guessed."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidParameterError(
            "password", "…",
            f"密码至少 {SHORTEST_PASSWORD} 个字符。", f"A password has at least {SHORTEST_PASSWORD} characters.",
        )  # fmt: skip
    if len(set(password)) < 4 or account.casefold() in password.casefold():
        raise InvalidParameterError(
            "password", "…",
            "密码不能包含账号名,也不能只是少数几个字符的重复。",
            "A password does not contain the account's name and is not a few characters repeated.",
        )  # fmt: skip
    with _AT_ONCE:
        return _HASHER.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Whether a password is the one whose hash is stored; takes the same time where there is none."""
    try:
        with _AT_ONCE:
            return _HASHER.verify(stored or _NOBODYS, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
