"""Passwords (argon2id) and bearer secrets (256 random bits, stored as SHA-256)."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from inventory.errors import Invalid

PREFIX = "yw_"
SHORTEST = 10
_hasher = PasswordHasher()
# Verified when the user does not exist, so that the answer takes as long.
NOBODY = _hasher.hash(secrets.token_hex())


def hash_password(password: str) -> str:
    """The argon2id hash; short passwords are refused."""
    if len(password) < SHORTEST:
        raise Invalid(f"口令至少{SHORTEST}个字符 / at least {SHORTEST} characters", field="password")
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; as slow for a user without one."""
    try:
        return _hasher.verify(stored or NOBODY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def new_secret(prefix: str = "") -> tuple[str, str]:
    """A fresh bearer secret and the hash to store for it."""
    secret = prefix + secrets.token_urlsafe(32)
    return secret, fingerprint(secret)


def fingerprint(secret: str) -> str:
    """What is stored of a bearer secret; it has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
