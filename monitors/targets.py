"""The target list: the JSON document that tells a collector what to poll and probe."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyAddress,
    SecretStr,
    ValidationError,
    model_validator,
)

VERSION = 1

Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:-]+$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]


class BadTargets(ValueError):
    """A target list that cannot be used, and why."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Target(_Part):
    asset: Word
    name: Word | None = None
    interval_seconds: float = Field(default=30.0, ge=1, le=86400)
    timeout_seconds: float = Field(default=5.0, gt=0, le=60)
    labels: dict[str, str] = {}

    @model_validator(mode="after")
    def _ends_before_the_next_one_begins(self) -> Self:
        if self.timeout_seconds > self.interval_seconds:
            raise ValueError(f"timeout_seconds {self.timeout_seconds} exceeds interval_seconds {self.interval_seconds}")
        return self


class SnmpAuth(_Part):
    """How to get into an agent."""

    version: Literal["2c"] = "2c"
    community: SecretStr = Field(min_length=1, max_length=255)


class SnmpTarget(_Target):
    """An SNMP agent; `timeout_seconds` is the longest wait for one answer, the interval that for the whole poll.

    `padded_lengths` admits the padded BER lengths that RFC 3417 allows and few agents write.
    """

    kind: Literal["snmp"]
    address: IPvAnyAddress
    port: Port = 161
    auth: SnmpAuth
    retries: int = Field(default=2, ge=0, le=5)
    padded_lengths: bool = False


class TcpTarget(_Target):
    """A port that must accept connections."""

    kind: Literal["tcp"]
    address: Host
    port: Port


class TlsTarget(_Target):
    """A port that must show a certificate; `verify: false` accepts any, and still reads when it expires."""

    kind: Literal["tls"]
    address: Host
    port: Port = 443
    server_name: Host | None = None
    verify: bool = True


class HttpExpectation(_Part):
    """What the answer must be: one of these status codes (any 2xx if none is named), containing this text."""

    status: tuple[Annotated[int, Field(ge=100, le=599)], ...] = ()
    contains: str | None = Field(default=None, min_length=1, max_length=1000)


class HttpTarget(_Target):
    """A page that must be answered."""

    kind: Literal["http"]
    url: AnyHttpUrl
    expect: HttpExpectation = HttpExpectation()
    max_redirects: int = Field(default=5, ge=0, le=20)
    verify: bool = True


Target = SnmpTarget | TcpTarget | TlsTarget | HttpTarget


def probe_name(target: Target) -> str:
    """What tells the targets of one asset apart: the name, or the kind where none is given."""
    return target.name or target.kind


class TargetList(_Part):
    """What one collector has to watch."""

    version: Literal[1]
    collector: Word
    generated_at: datetime
    targets: tuple[Annotated[Target, Field(discriminator="kind")], ...]

    @model_validator(mode="after")
    def _each_target_once(self) -> Self:
        _refuse_twins("two targets named", Counter(f"{t.asset}/{probe_name(t)}" for t in self.targets))
        _refuse_twins("two SNMP targets of", Counter(t.asset for t in self.targets if t.kind == "snmp"))
        return self


def _refuse_twins(what: str, count: Counter[str]) -> None:
    if twins := [name for name, times in count.items() if times > 1]:
        raise ValueError(f"{what} {', '.join(twins[:5])}; give each a name of its own")


def parse(document: bytes) -> TargetList:
    """The target list in a JSON document; BadTargets names the first faults, never the secrets in them."""
    try:
        return TargetList.model_validate_json(document)
    except ValidationError as invalid:
        # the faulty input stays out of the message: it may hold a community
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'document'}: {fault['msg']}"
            for fault in invalid.errors(include_input=False, include_url=False, include_context=False)[:5]
        ]
        raise BadTargets(f"{invalid.error_count()} faults in the target list: {'; '.join(faults)}") from None
