"""A one-time vault: variables sealed in Ansible's own file format (AES256, version 1.1), its key kept in memory."""

import hashlib
import hmac
import os
import secrets
from binascii import hexlify
from textwrap import wrap

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

HEADER = "$ANSIBLE_VAULT;1.1;AES256"
ROUNDS = 10_000  # the format's, not ours to choose; the key is random, so nothing rests on it


def new_key() -> str:
    return secrets.token_urlsafe(32)


def seal(plaintext: str, key: str) -> str:
    """The text as a vault file, which ansible-playbook opens when it is given the key."""
    salt = os.urandom(32)
    derived = hashlib.pbkdf2_hmac("sha256", key.encode(), salt, ROUNDS, 80)
    cipher_key, mac_key, nonce = derived[:32], derived[32:64], derived[64:]
    padder = PKCS7(128).padder()
    padded = padder.update(plaintext.encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(cipher_key), modes.CTR(nonce)).encryptor()
    sealed = encryptor.update(padded) + encryptor.finalize()
    mac = hmac.new(mac_key, sealed, "sha256").digest()
    body = hexlify(b"\n".join(hexlify(part) for part in (salt, mac, sealed))).decode()
    return "\n".join([HEADER, *wrap(body, 80)]) + "\n"
