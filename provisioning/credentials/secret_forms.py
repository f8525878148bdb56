"""From a secret as a person hands it in to the bytes that are sealed, and its public fingerprint."""

import json
from base64 import b64decode, b64encode
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)
from cryptography.hazmat.primitives.serialization.ssh import SSHPrivateKeyTypes

from inventory.errors import Invalid
from provisioning.credentials.schema import SshKeyIn, VariablesIn

REFUSED = (
    "不是可用的 SSH 私钥（需 OpenSSH 或 PEM 格式、无口令） / "
    "this is no usable private key: OpenSSH or PEM form without a passphrase is needed"
)


def plaintext(secret: SshKeyIn | VariablesIn) -> bytes:
    if isinstance(secret, SshKeyIn):
        return _one_line_ending(secret).encode()
    return json.dumps(secret.variables, ensure_ascii=False).encode()


def fingerprint(secret: SshKeyIn | VariablesIn) -> str | None:
    """As `ssh-keygen -l` prints it, SHA256:...; None for variables, Invalid for what is no usable key."""
    if not isinstance(secret, SshKeyIn):
        return None
    try:
        key = _load(_one_line_ending(secret).encode())
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Invalid(REFUSED, field="private_key") from None  # the library's words may quote the key
    return "SHA256:" + b64encode(sha256(_blob(public)).digest()).decode().rstrip("=")


def _load(text: bytes) -> SSHPrivateKeyTypes:
    if b"BEGIN OPENSSH" in text:
        return load_ssh_private_key(text, None)
    return load_pem_private_key(text, None)  # type: ignore[return-value]  # other kinds fail to print as OpenSSH


def _blob(public: bytes) -> bytes:
    return b64decode(public.split()[1])


def _one_line_ending(secret: SshKeyIn) -> str:
    return secret.private_key.get_secret_value().replace("\r\n", "\n").strip() + "\n"
