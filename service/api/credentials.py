"""Credentials by API: a secret goes in once and never comes out."""

from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlalchemy.orm import Session

from inventory.accounts import Caller, Role
from inventory.errors import NotFound
from provisioning import credentials
from provisioning.credentials import Credential, CredentialIn, CredentialOut, MasterKey, SecretIn
from service.db import Db
from service.identity import Engineer, reach_of

router = APIRouter(tags=["credentials"])
Name = Annotated[str, Path(max_length=100, pattern=r"^[^\x00-\x1f]+$", description="凭据名 / name")]
ROLES = (Role.ENGINEER, Role.ADMINISTRATOR)


def _key(request: Request) -> MasterKey:
    path: File = request.app.state.settings.master_key_path
    return MasterKey.read(path)


def _mine(db: Session, caller: Caller, name: str) -> Credential:
    credential = credentials.get(db, name)
    if not reach_of(db, caller, *ROLES).covers(credential.agency_id):
        raise NotFound("没有这个凭据 / no such credential", credential=name)
    return credential


@router.get("/credentials", operation_id="list_credentials", summary="凭据清单", response_model=list[CredentialOut])
def list_credentials(db: Db, caller: Engineer) -> Any:
    """Names, kinds and fingerprints; no secret."""
    reach = reach_of(db, caller, *ROLES)
    return [row for row in credentials.list_all(db) if reach.covers(row.agency_id)]


@router.post("/credentials", operation_id="store_credential", summary="登记凭据", status_code=201,
             response_model=CredentialOut)  # fmt: skip
def store_credential(request: Request, wanted: CredentialIn, db: Db, caller: Engineer) -> Any:
    """Seal a new credential; one without an agency serves every host, and needs a caller of the whole register."""
    reach_of(db, caller, *ROLES).require(wanted.agency_id)
    stored = credentials.store(db, wanted, _key(request), by=caller.username)
    db.refresh(stored)
    return stored


@router.put("/credentials/{name}/secret", operation_id="rotate_credential", summary="更换凭据",
            response_model=CredentialOut)  # fmt: skip
def rotate_credential(request: Request, name: Name, secret: SecretIn, db: Db, caller: Engineer) -> Any:
    """Put a new secret of the same kind under the same name."""
    rotated = credentials.rotate(db, _mine(db, caller, name), secret, _key(request))
    db.refresh(rotated)
    return rotated


@router.delete("/credentials/{name}", operation_id="remove_credential", summary="删除凭据", status_code=204)
def remove_credential(name: Name, db: Db, caller: Engineer) -> None:
    """Forget a credential."""
    credentials.remove(db, _mine(db, caller, name))
