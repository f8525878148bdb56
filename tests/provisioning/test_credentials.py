"""Secrets at rest: sealed, bound to their name, and in nobody's answer or history."""

import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from inventory.changes.model import ChangeEvent
from inventory.errors import Conflict, Invalid, NotFound, Unavailable
from provisioning import credentials
from provisioning.credentials import Credential, CredentialIn, CredentialOut, MasterKey
from provisioning.credentials.schema import SshKeyIn, VariablesIn
from tests.lab.needs import needs

PASSWORD = "示例口令-9f3c"


@pytest.fixture
def key(tmp_path: Path) -> MasterKey:
    return MasterKey.create(tmp_path / "master.key")


@pytest.fixture
def register(session: Session) -> Session:
    """The migrated schema as it is: its own triggers must hide the sealed values."""
    return session


def database_password(name: str = "旧库") -> CredentialIn:
    return CredentialIn(name=name, secret=VariablesIn(variables={"database_password": PASSWORD}))


def ssh_key(directory: Path, *options: str) -> tuple[str, str]:
    """A fresh private key and the fingerprint that ssh-keygen prints for it."""
    needs("ssh-keygen")
    path = directory / "key"
    subprocess.run(["ssh-keygen", "-q", "-C", "", "-f", str(path), *options], check=True)
    printed = subprocess.run(["ssh-keygen", "-lf", str(path)], check=True, capture_output=True, text=True)
    return path.read_text(), printed.stdout.split()[1]


@pytest.mark.parametrize("damaged", ["not a key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"])
def test_no_private_key_is_refused_without_repeating_it(register: Session, key: MasterKey, damaged: str) -> None:
    wanted = CredentialIn(name="x", secret=SshKeyIn(private_key=SecretStr(damaged)))

    with pytest.raises(Invalid) as refusal:
        credentials.store(register, wanted, key, by="示例用户")

    assert "OpenSSH" in refusal.value.detail
    assert damaged not in str(refusal.value.facts)


def test_a_key_with_a_passphrase_is_refused(register: Session, key: MasterKey, tmp_path: Path) -> None:
    private, _ = ssh_key(tmp_path, "-t", "ed25519", "-N", "passphrase")
    wanted = CredentialIn(name="x", secret=SshKeyIn(private_key=SecretStr(private)))

    with pytest.raises(Invalid):
        credentials.store(register, wanted, key, by="示例用户")


def test_a_validation_error_does_not_quote_the_secret() -> None:
    with pytest.raises(ValidationError) as error:
        CredentialIn.model_validate({"name": "x", "secret": {"kind": "variables", "variables": {"Bad Name": PASSWORD}}})

    assert PASSWORD not in str(error.value)


@pytest.mark.parametrize("options", [("-t", "ed25519"), ("-t", "rsa", "-b", "2048", "-m", "PEM"), ("-t", "ecdsa")])
def test_a_key_comes_back_as_it_went_in_with_its_public_fingerprint(
    register: Session, key: MasterKey, tmp_path: Path, options: tuple[str, ...]
) -> None:
    private, printed = ssh_key(tmp_path, *options, "-N", "")
    wanted = CredentialIn(name="旧主机", secret=SshKeyIn(private_key=SecretStr(private.replace("\n", "\r\n"))))

    stored = credentials.store(register, wanted, key, by="示例用户")

    assert stored.fingerprint == printed
    assert credentials.reveal(register, "旧主机", key).ssh_keys == (private,)


def test_variables_come_back_only_by_revealing(register: Session, key: MasterKey) -> None:
    stored = credentials.store(register, database_password(), key, by="示例用户")
    register.expire_all()

    assert credentials.reveal(register, "旧库", key).variables == {"database_password": PASSWORD}
    assert PASSWORD not in repr(credentials.reveal(register, "旧库", key))
    assert PASSWORD not in CredentialOut.model_validate(stored).model_dump_json()
    row = register.execute(text("SELECT credentials::text FROM credentials")).scalar_one()
    assert PASSWORD not in row
    assert PASSWORD.encode().hex() not in row


def test_a_list_does_not_even_load_what_is_sealed(register: Session, key: MasterKey) -> None:
    credentials.store(register, database_password(), key, by="示例用户")
    register.expunge_all()

    (listed,) = credentials.list_all(register)

    assert "ciphertext" in inspect(listed).unloaded


def test_history_shows_neither_secret_nor_ciphertext(register: Session, key: MasterKey) -> None:
    stored = credentials.store(register, database_password(), key, by="示例用户")
    credentials.rotate(register, stored, VariablesIn(variables={"database_password": "another"}), key)
    credentials.remove(register, stored)

    events = register.scalars(select(ChangeEvent).where(ChangeEvent.noun == "credentials")).all()

    assert [event.action for event in events] == ["insert", "update", "delete"]
    shown = {(event.before or event.after or {}).get("ciphertext") for event in events}
    assert shown == {"***"}


def test_a_rotated_secret_replaces_the_old_one(register: Session, key: MasterKey) -> None:
    stored = credentials.store(register, database_password(), key, by="示例用户")

    credentials.rotate(register, stored, VariablesIn(variables={"database_password": "another"}), key)

    assert credentials.reveal(register, "旧库", key).variables == {"database_password": "another"}
    assert stored.rotated_at is not None


def test_a_secret_of_another_kind_does_not_replace(register: Session, key: MasterKey, tmp_path: Path) -> None:
    stored = credentials.store(register, database_password(), key, by="示例用户")
    private, _ = ssh_key(tmp_path, "-t", "ed25519", "-N", "")

    with pytest.raises(Invalid):
        credentials.rotate(register, stored, SshKeyIn(private_key=SecretStr(private)), key)


def test_a_name_is_given_once(register: Session, key: MasterKey) -> None:
    credentials.store(register, database_password(), key, by="示例用户")

    with pytest.raises(Conflict):
        credentials.store(register, database_password(), key, by="示例用户")
    assert register.scalar(select(func.count()).select_from(Credential)) == 1


def test_an_unknown_name_is_not_found(register: Session, key: MasterKey) -> None:
    with pytest.raises(NotFound):
        credentials.reveal(register, "没有", key)


def test_a_sealed_value_opens_neither_under_another_name_nor_key_nor_altered(key: MasterKey, tmp_path: Path) -> None:
    sealed = key.seal(b"secret", "one")
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    other = MasterKey.create(tmp_path / "other.key")

    assert key.open(sealed, "one") == b"secret"
    for opener, value, name in [(key, sealed, "two"), (other, sealed, "one"), (key, altered, "one"), (key, b"", "one")]:
        with pytest.raises(Unavailable):
            opener.open(value, name)


def test_a_master_key_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    MasterKey.create(path)
    assert MasterKey.read(path)
    path.chmod(0o640)

    with pytest.raises(Unavailable, match="chmod 600"):
        MasterKey.read(path)


@pytest.mark.parametrize("text", ["", "short", "!" * 44])
def test_a_master_key_of_the_wrong_shape_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        MasterKey.parse(text)


def test_a_new_master_key_never_overwrites_the_old(tmp_path: Path) -> None:
    MasterKey.create(tmp_path / "master.key")

    with pytest.raises(FileExistsError):
        MasterKey.create(tmp_path / "master.key")
