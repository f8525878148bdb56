"""The cloud rate as Prometheus series."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy.orm import Session

from inventory.accounts import Role
from service.rate_metrics import FRESH, CloudRateCollector
from tests.factories import a_system
from tests.lab.needs import needs
from tests.service.rate_province import a_small_province


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def text_of(session: Session, clock: Callable[[], float] = lambda: 0.0) -> Callable[[], str]:
    @contextmanager
    def sessions() -> Iterator[Session]:
        yield session

    registry = CollectorRegistry()
    registry.register(CloudRateCollector(sessions, clock))
    return lambda: generate_latest(registry).decode()


def test_an_empty_register_has_no_series_and_no_error(session: Session) -> None:
    assert text_of(session)() == ""


def test_series_carry_integers_by_scope_and_view(session: Session) -> None:
    a_small_province(session)

    text = text_of(session)()

    assert 'yunwang_cloud_rate_systems{name="山东省",scope="370000",view="policy"} 3.0' in text
    assert 'yunwang_cloud_rate_systems_in_scope{name="山东省",scope="370000",view="full"} 6.0' in text
    assert 'yunwang_cloud_rate_systems_in_scope{name="济南市",scope="370100",view="policy"} 2.0' in text
    assert 'yunwang_cloud_rate_target_ratio{policy="鲁政办发〔2015〕59号"} 0.98' in text
    assert "371200" not in text


def test_figures_are_counted_at_most_once_a_minute(session: Session) -> None:
    agencies, clock = a_small_province(session), Clock()
    read = text_of(session, clock)
    before = read()
    a_system(session, agencies["bureau"])

    clock.now = FRESH - 1
    assert read() == before
    clock.now = FRESH
    assert read() != before


def test_promtool_finds_nothing_to_complain_about(session: Session) -> None:
    needs("promtool")
    a_small_province(session)

    found = subprocess.run(
        [shutil.which("promtool") or "promtool", "check", "metrics"], input=text_of(session)().encode(), check=False,
        capture_output=True,
    )  # fmt: skip

    assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.parametrize(("everything", "status"), [(True, 200), (False, 403)])
def test_metrics_need_a_role_over_the_whole_register(
    session: Session, client_as: Callable[..., TestClient], everything: bool, status: int
) -> None:
    agencies = a_small_province(session)
    client = client_as(Role.VIEWER, agency_id=None if everything else agencies["jinan"].id)

    answer = client.get("/metrics")

    assert answer.status_code == status
    assert ("yunwang_cloud_rate_systems" in answer.text) is everything
