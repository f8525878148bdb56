"""Credentials (凭据): keys and passwords that runs use, sealed at rest and never shown again."""

from provisioning.credentials.actions import remove, rotate, store
from provisioning.credentials.master_key import MasterKey
from provisioning.credentials.model import Credential, CredentialKind
from provisioning.credentials.queries import Revealed, get, list_all, reveal
from provisioning.credentials.schema import CredentialIn, CredentialOut, SecretIn

__all__ = [
    "Credential",
    "CredentialIn",
    "CredentialKind",
    "CredentialOut",
    "MasterKey",
    "Revealed",
    "SecretIn",
    "get",
    "list_all",
    "remove",
    "reveal",
    "rotate",
    "store",
]
