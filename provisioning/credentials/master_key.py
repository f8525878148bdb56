"""The key under which credentials are sealed: 32 bytes in a file that only its owner reads."""

import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from inventory.errors import Invalid, Unavailable

BYTES = 32
NONCE = 12
FORMAT = b"\x01"  # of a sealed value; the first byte tells a later format apart


@dataclass(frozen=True)
class MasterKey:
    """Seals and opens values (AES-256-GCM); each value is bound to a name and opens under no other."""

    value: bytes = field(repr=False)

    def seal(self, plaintext: bytes, name: str) -> bytes:
        nonce = os.urandom(NONCE)
        return FORMAT + nonce + AESGCM(self.value).encrypt(nonce, plaintext, FORMAT + name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        form, nonce, body = sealed[:1], sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        try:
            return AESGCM(self.value).decrypt(nonce, body, form + name.encode())
        except (InvalidTag, ValueError):
            raise Unavailable(
                "凭据无法解密：主密钥不符，或数据被改动 / "
                "this credential cannot be opened: wrong master key, or altered data",
                credential=name,
            ) from None

    @classmethod
    def parse(cls, text: str) -> "MasterKey":
        """From base64 text, as an environment setting carries it."""
        try:
            value = b64decode(text.strip(), validate=True)
        except ValueError:
            value = b""
        if len(value) != BYTES:
            raise Invalid(f"主密钥应为 {BYTES} 字节的 base64 / the master key must be {BYTES} bytes in base64")
        return cls(value)

    @classmethod
    def read(cls, path: Path) -> "MasterKey":
        """From its file; Unavailable when others may read it or it is missing."""
        try:
            mode = path.stat().st_mode & 0o777
            text = path.read_text(encoding="ascii", errors="replace")
        except OSError as error:
            raise Unavailable(f"读不到主密钥文件 / the master key cannot be read: {error}") from error
        if mode & 0o077:
            raise Unavailable(
                f"主密钥文件 {path} 的权限为 {mode:o}，他人可读；请执行 chmod 600 / "
                f"others may use the master key (mode {mode:o}): chmod 600 {path}"
            )
        return cls.parse(text)

    @classmethod
    def create(cls, path: Path) -> "MasterKey":
        """A new random key in a new file (0600); FileExistsError rather than losing the old one."""
        key = cls(secrets.token_bytes(BYTES))
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(b64encode(key.value) + b"\n")
        return key
