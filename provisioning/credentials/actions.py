"""Storing, rotating and removing credentials."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory.errors import Conflict, Invalid
from provisioning.credentials import secret_forms
from provisioning.credentials.master_key import MasterKey
from provisioning.credentials.model import Credential, CredentialKind
from provisioning.credentials.schema import CredentialIn, SshKeyIn, VariablesIn


def store(session: Session, wanted: CredentialIn, key: MasterKey, *, by: str) -> Credential:
    """Seal a new credential; Conflict when the name is taken, Invalid for a key that cannot be used."""
    if session.scalar(select(Credential.id).where(Credential.name == wanted.name)):
        raise Conflict("已有同名凭据 / there is a credential of that name", credential=wanted.name)
    credential = Credential(
        name=wanted.name,
        kind=CredentialKind(wanted.secret.kind),
        agency_id=wanted.agency_id,
        fingerprint=secret_forms.fingerprint(wanted.secret),
        ciphertext=key.seal(secret_forms.plaintext(wanted.secret), wanted.name),
        created_by=by,
    )
    session.add(credential)
    session.flush()
    return credential


def rotate(session: Session, credential: Credential, secret: SshKeyIn | VariablesIn, key: MasterKey) -> Credential:
    """Put a new secret of the same kind under the same name."""
    if secret.kind != credential.kind:
        raise Invalid("新旧凭据类别不同 / the new secret is of another kind", kind=credential.kind.value)
    credential.fingerprint = secret_forms.fingerprint(secret)
    credential.ciphertext = key.seal(secret_forms.plaintext(secret), credential.name)
    credential.rotated_at = func.now()
    session.flush()
    return credential


def remove(session: Session, credential: Credential) -> None:
    session.delete(credential)
    session.flush()
