"""Passwords as argon2 keeps them. Why these parameters: docs/decisions/0014."""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from helpline.cases.passwords import LONGEST, normal

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$qZO5Anw2ftBQ8QzoDFezXg"
    "$k6Gean/HMSPdy0xllEhgHw4odc5Jvei12ih0zbpH94A"
)
"""Of a password that nobody knows: an account that does not exist takes as long to refuse."""


def hashed(password: str) -> str:
    """A password as it is kept."""
    return _HASHER.hash(normal(password))


def matches(kept: str, password: str) -> bool:
    """Whether this is the password. With nothing kept it is not, and takes just as long to say."""
    try:
        same = _HASHER.verify(kept or NOBODYS, normal(password[: LONGEST + 1]))
    except (InvalidHashError, VerificationError):
        return False
    return same and bool(kept)


def outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than ours of today."""
    return _HASHER.check_needs_rehash(kept)
