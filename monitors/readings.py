"""The last thing that each target said, kept as text that only has to be handed out."""

import time
from dataclasses import dataclass, field

from monitors.exposition import Exposition, Family, Labels, merge
from monitors.probes.result import Result
from monitors.targets import Target, probe_name

NEVER = Result(failure="never", detail="not polled yet")

_AGE = Family("yunwang_reading_age_seconds", "gauge", "Seconds since the target last answered as it should.")


@dataclass(slots=True)
class _Asset:
    """What is known about one asset: its targets' families, the text made of them, and when each last succeeded."""

    families: dict[str, list[Family]] = field(default_factory=dict)
    succeeded: dict[str, tuple[Labels, float]] = field(default_factory=dict)
    exposition: Exposition = field(default_factory=Exposition)
    text: str = ""


class Readings:
    """Readings of all assets. A failed poll leaves no device series behind: old numbers must not look like new ones."""

    def __init__(self) -> None:
        self._assets: dict[str, _Asset] = {}

    def expect(self, target: Target) -> None:
        """A target that has not answered yet counts as failing, and its age runs from now."""
        asset = self._assets.setdefault(target.asset, _Asset())
        asset.succeeded[probe_name(target)] = (_labels(target), time.monotonic())
        self.record(target, NEVER)

    def record(self, target: Target, result: Result) -> None:
        """Replace what was known of this target."""
        asset = self._assets[target.asset]
        name = probe_name(target)
        asset.families[name] = to_families(target, result)
        if result.success:
            asset.succeeded[name] = (_labels(target), time.monotonic())
        _write(asset)

    def forget(self, target: Target) -> None:
        """The target is no longer watched."""
        asset = self._assets[target.asset]
        del asset.families[probe_name(target)], asset.succeeded[probe_name(target)]
        if asset.families:
            _write(asset)
        else:
            del self._assets[target.asset]

    def text(self, asset_id: str) -> str | None:
        """All series of one asset; None if nobody asked to watch it."""
        asset = self._assets.get(asset_id)
        if asset is None:
            return None
        now = time.monotonic()
        ages: list[tuple[Labels, float]] = [
            (labels, round(now - since, 3)) for labels, since in asset.succeeded.values()
        ]
        return asset.text + Exposition().render([Family(_AGE.name, _AGE.kind, _AGE.help, ages)])


def _write(asset: _Asset) -> None:
    asset.text = asset.exposition.render(merge(family for families in asset.families.values() for family in families))


def _labels(target: Target) -> Labels:
    # not "kind" or "name": Prometheus gives each series the labels of its asset, and those are called so
    return (("protocol", target.kind), ("probe", probe_name(target)))


def to_families(target: Target, result: Result) -> list[Family]:
    """The series of one look at a target."""
    labels = _labels(target)

    def gauge(name: str, about: str, value: float | None) -> Family:
        return Family(f"yunwang_probe_{name}", "gauge", about, [] if value is None else [(labels, value)])

    families = [
        gauge("success", "1 if the target answered as it should, otherwise 0.", int(result.success)),
        gauge("duration_seconds", "How long the last look took.", round(result.duration_seconds, 6)),
        gauge("http_status_code", "Status code of the last HTTP answer.", result.status_code),
        gauge("http_redirects", "Redirects followed to the last HTTP answer.", result.redirects),
        gauge(
            "certificate_expiry_timestamp_seconds",
            "When the certificate expires, in seconds since 1970.",
            result.certificate_expires,
        ),
        gauge(
            "certificate_trusted",
            "1 if the certificate was verified, 0 if it was refused.",
            None if result.certificate_trusted is None else int(result.certificate_trusted),
        ),
        Family("yunwang_probe_phase_seconds", "gauge", "Time per phase of the last look.", _phases(labels, result)),
        Family("yunwang_probe_failure_info", "gauge", "Why the last look failed.", _failure(labels, result)),
        *result.families,
    ]
    return [family for family in families if family.samples]


def _phases(labels: Labels, result: Result) -> list[tuple[Labels, float]]:
    return [((*labels, ("phase", phase)), round(seconds, 6)) for phase, seconds in result.phases.items()]


def _failure(labels: Labels, result: Result) -> list[tuple[Labels, float]]:
    return [((*labels, ("reason", result.failure)), 1)] if result.failure else []
