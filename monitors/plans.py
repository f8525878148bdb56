"""What to ask a device: the YAML files of `vendors/`, checked and with OIDs ready for the wire."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from monitors.exposition import Kind
from monitors.snmp import ber

Oid = Annotated[bytes, BeforeValidator(lambda text: ber.oid_from_text(str(text)))]
MetricName = Annotated[str, Field(pattern=r"^yunwang_[a-z0-9_]+$")]
LabelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Where a number comes from, and what turns it into the metric's unit."""

    oid: Oid
    scale: float = 1


class Variable(Source):
    """A number that becomes a series; `equals` makes it 1 for that value and 0 for any other."""

    metric: MetricName
    kind: Kind
    help: str
    equals: int | None = None
    otherwise: Source | None = None
    labels: tuple[LabelName, ...] = ()

    @model_validator(mode="after")
    def _counters_are_called_total(self) -> Self:
        if (self.kind == "counter") != self.metric.endswith("_total"):
            raise ValueError(f"{self.metric}: a counter, and nothing else, ends in _total")
        return self


class Facts(_Part):
    """Texts that become the labels of one series whose value is 1."""

    metric: MetricName
    help: str
    labels: dict[LabelName, Oid]


class Table(_Part):
    """Rows named by the first of `names` that is not empty; the name goes into the label `label`."""

    label: LabelName
    names: tuple[Oid, ...]
    facts: Facts
    columns: tuple[Variable, ...]


class Plan(_Part):
    """All that one kind of device is asked."""

    scalars: tuple[Variable, ...]
    facts: Facts
    tables: tuple[Table, ...]


@cache
def load(name: str) -> Plan:
    """The plan in vendors/NAME.yaml."""
    return Plan.model_validate(yaml.safe_load((files("monitors.vendors") / f"{name}.yaml").read_text("utf-8")))
