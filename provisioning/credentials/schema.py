"""What a credential looks like on the way in (once) and on the way out (without its secret)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr

from provisioning.credentials.model import CredentialKind

VariableName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,99}$")]


class SshKeyIn(BaseModel):
    """A private key in OpenSSH or PEM form, without a passphrase."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: Literal["ssh_key"] = "ssh_key"
    private_key: SecretStr = Field(min_length=1, max_length=32_000)


class VariablesIn(BaseModel):
    """Secret values under the names that playbooks know them by."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: Literal["variables"] = "variables"
    variables: dict[VariableName, JsonValue] = Field(min_length=1, max_length=100, repr=False)


SecretIn = Annotated[SshKeyIn | VariablesIn, Field(discriminator="kind")]


class CredentialIn(BaseModel):
    """A credential to be stored."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f]([^\x00-\x1f]*[^\s\x00-\x1f])?$")
    agency_id: int | None = None
    secret: SecretIn


class CredentialOut(BaseModel):
    """All that may be read back."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    kind: CredentialKind
    agency_id: int | None
    fingerprint: str | None
    created_by: str
    created_at: datetime
    rotated_at: datetime | None
    version: int
