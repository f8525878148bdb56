"""Finding credentials, and opening one for a run."""

import json
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.errors import NotFound
from provisioning.credentials.master_key import MasterKey
from provisioning.credentials.model import Credential, CredentialKind


@dataclass(frozen=True)
class Revealed:
    """An opened credential, in the shape that a play takes: one of the two is empty."""

    ssh_keys: tuple[str, ...] = field(default=(), repr=False)
    variables: dict[str, object] = field(default_factory=dict, repr=False)


def get(session: Session, name: str) -> Credential:
    if credential := session.scalar(select(Credential).where(Credential.name == name)):
        return credential
    raise NotFound("没有这个凭据 / no such credential", credential=name)


def list_all(session: Session) -> list[Credential]:
    return list(session.scalars(select(Credential).order_by(Credential.name)))


def reveal(session: Session, name: str, key: MasterKey) -> Revealed:
    """The secret itself; for runs only. Unavailable when the key does not open it."""
    credential = get(session, name)
    opened = key.open(credential.ciphertext, name).decode()
    if credential.kind is CredentialKind.SSH_KEY:
        return Revealed(ssh_keys=(opened,))
    return Revealed(variables=json.loads(opened))
