"""Asking a device all that a plan wants to know, and turning the answers into series."""

from collections import Counter

from monitors.exposition import Family, Labels
from monitors.plans import Facts, Plan, Table, Variable
from monitors.snmp import ber
from monitors.snmp.codec import VarBind
from monitors.snmp.poller import Column, Device


async def survey(device: Device, plan: Plan) -> list[Family]:
    """The series of one device; raises SnmpError."""
    oids = [variable.oid for variable in plan.scalars] + list(plan.facts.labels.values())
    found = await device.get(oids)
    families = [_scalar(variable, found[variable.oid]) for variable in plan.scalars if variable.oid in found]
    labels = tuple((label, text(found.get(oid))) for label, oid in plan.facts.labels.items())
    families.append(Family(plan.facts.metric, "gauge", plan.facts.help, [(labels, 1)]))
    for table in plan.tables:
        families += await _table(device, table)
    return families


def _scalar(variable: Variable, found: VarBind) -> Family:
    value = _number(variable, found, variable.scale)
    return Family(variable.metric, variable.kind, variable.help, [] if value is None else [((), value)])


async def _table(device: Device, table: Table) -> list[Family]:
    roots = [*table.names, *table.facts.labels.values(), *(variable.oid for variable in table.columns)]
    columns = await device.columns(list(dict.fromkeys(roots)))
    missing = [v.otherwise.oid for v in table.columns if v.otherwise and not columns[v.oid]]
    columns |= await device.columns(missing)
    names = _names(table, columns)
    facts = {
        index: {label: text(columns[oid].get(index)) for label, oid in table.facts.labels.items()} for index in names
    }
    families = [_info(table.label, table.facts, names, facts)]
    return families + [_column(table.label, variable, columns, names, facts) for variable in table.columns]


def _names(table: Table, columns: dict[bytes, Column]) -> dict[bytes, str]:
    """Index -> name; a row without a name is called by its index, rows that share one get their index behind it."""
    names = {index: _dotted(index) for oid in table.names for index in columns[oid]}
    for oid in reversed(table.names):
        names |= {index: name for index, found in columns[oid].items() if (name := text(found))}
    seen = Counter(names.values())
    return {index: name if seen[name] == 1 else f"{name}#{_dotted(index)}" for index, name in sorted(names.items())}


def _info(label: str, wanted: Facts, names: dict[bytes, str], facts: dict[bytes, dict[str, str]]) -> Family:
    samples: list[tuple[Labels, float]] = [
        (((label, name), ("index", _dotted(index)), *facts[index].items()), 1) for index, name in names.items()
    ]
    return Family(wanted.metric, "gauge", wanted.help, samples)


def _column(
    label: str,
    variable: Variable,
    columns: dict[bytes, Column],
    names: dict[bytes, str],
    facts: dict[bytes, dict[str, str]],
) -> Family:
    rows, scale = columns[variable.oid], variable.scale
    if not rows and variable.otherwise:
        rows, scale = columns[variable.otherwise.oid], variable.otherwise.scale
    samples: list[tuple[Labels, float]] = []
    for index, name in names.items():
        if index in rows and (value := _number(variable, rows[index], scale)) is not None:
            more = tuple((extra, facts[index][extra]) for extra in variable.labels)
            samples.append((((label, name), *more), value))
    return Family(variable.metric, variable.kind, variable.help, samples)


def _number(variable: Variable, found: VarBind, scale: float) -> float | None:
    if not isinstance(found.value, int):
        return None
    if variable.equals is not None:
        return int(found.value == variable.equals)
    return found.value if scale == 1 else round(found.value * scale, 6)


def text(found: VarBind | None) -> str:
    """What a device wrote: UTF-8, or the GB 18030 of many Chinese devices; an OID in dotted form."""
    if found is None or not isinstance(found.value, bytes):
        return ""
    if found.tag == ber.OID:
        return ber.oid_to_text(found.value)
    content = found.value.rstrip(b"\x00 \r\n")
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _dotted(index: bytes) -> str:
    return ".".join(map(str, ber.subidentifiers(index)))
