"""One contract for every agent: the scripted one and net-snmp's own."""

from collections.abc import Iterator

import pytest

from monitors.snmp import ber
from monitors.snmp.errors import NoAnswer
from tests.lab.needs import needs
from tests.monitors.fake_agent import RECORDINGS, FakeAgent
from tests.monitors.real_agent import running_snmpd
from tests.monitors.snmp.asking import ask

SYS_NAME, SYS_UPTIME = ber.oid_from_text("1.3.6.1.2.1.1.5.0"), ber.oid_from_text("1.3.6.1.2.1.1.3.0")
IF_INDEX, IF_NAME = ber.oid_from_text("1.3.6.1.2.1.2.2.1.1"), ber.oid_from_text("1.3.6.1.2.1.31.1.1.1.1")
IF_IN_OCTETS = ber.oid_from_text("1.3.6.1.2.1.31.1.1.1.6")
NOWHERE = ber.oid_from_text("1.3.6.1.4.1.99999.1")


@pytest.fixture(params=["scripted", pytest.param("net-snmp", marks=pytest.mark.live)], scope="module")
def agent_port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if request.param == "scripted":
        with FakeAgent(RECORDINGS / "lab_switch.snmprec") as agent:
            yield agent.port
    else:
        needs("snmpd")
        with running_snmpd(tmp_path_factory.mktemp("snmpd")) as port:
            yield port


def test_wrong_community_gets_no_answer(agent_port: int) -> None:
    with pytest.raises(NoAnswer):
        ask(agent_port, lambda device: device.get([SYS_NAME]), community=b"wrong", retries=0)


def test_variables_that_do_not_exist_are_left_out(agent_port: int) -> None:
    found = ask(agent_port, lambda device: device.get([SYS_NAME, NOWHERE]))

    assert list(found) == [SYS_NAME]
    assert found[SYS_NAME].value == b"lab-agent"


def test_values_keep_their_types(agent_port: int) -> None:
    found = ask(agent_port, lambda device: device.get([SYS_UPTIME]))

    assert found[SYS_UPTIME].tag == ber.TIME_TICKS
    assert isinstance(found[SYS_UPTIME].value, int)


def test_column_that_does_not_exist_is_empty(agent_port: int) -> None:
    assert ask(agent_port, lambda device: device.columns([NOWHERE])) == {NOWHERE: {}}


def test_columns_are_read_side_by_side_to_their_ends(agent_port: int) -> None:
    found = ask(agent_port, lambda device: device.columns([IF_INDEX, IF_NAME, IF_IN_OCTETS]))

    assert set(found[IF_INDEX]) == set(found[IF_NAME]) == set(found[IF_IN_OCTETS])
    assert b"lo" in [row.value for row in found[IF_NAME].values()]
    assert {row.tag for row in found[IF_IN_OCTETS].values()} == {ber.COUNTER64}
