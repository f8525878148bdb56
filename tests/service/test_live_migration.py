"""A real MediaWiki moves by the documented commands, through kills of the worker; is taken back; moves for good.

The tests are the chapters of one story and run in their order.
"""

import time
import urllib.request
from collections import Counter
from collections.abc import Iterator

import pytest

from provisioning.runs import logbook
from provisioning.runs.processes import carriers, run_mark
from service.db import connect
from service.schema import upgrade
from tests.conftest import create_database, drop_database
from tests.lab.migration import DATABASE_PASSWORD, PAGE, SITE, MigrationLab, migration_lab
from tests.service.live_site import Site

__all__ = ["migration_lab"]
pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def site(migration_lab: MigrationLab, postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    name = f"live_{int(time.time())}"
    engine = connect(create_database(postgres, name))
    upgrade(engine)
    site = Site(engine, tmp_path_factory.mktemp("site"), migration_lab)
    try:
        yield site
    finally:
        site.close()
        engine.dispose()
        drop_database(postgres, name)


def content(lab: MigrationLab, host: str) -> tuple[str, str]:
    """Row counts and checksum of every table that holds content, and checksums of the uploads."""
    query = " UNION ALL ".join(
        f"SELECT '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM mediawiki.{table} t"
        for table in ("page", "revision", "text", "image")
    )
    rows = lab.run(host, f'cd / && runuser -u postgres -- psql -X -At -d wiki -c "{query}"')
    uploads = lab.run(
        host, "cd /var/lib/mediawiki/images && find . -path ./cache -prune -o -type f -exec md5sum {} + | sort"
    )
    assert rows.strip()
    assert uploads.strip()
    return rows, uploads


def page(lab: MigrationLab, host: str) -> str:
    request = urllib.request.Request(f"http://{lab.address(host)}{PAGE}", headers={"Host": SITE})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


def served_by(lab: MigrationLab) -> str:
    """Which host the users' entry sends them to."""
    configuration = lab.run("edge", "cat /etc/haproxy/haproxy.cfg")
    return "new" if f"{lab.address('new')}:80" in configuration else "old"


def rate(site: Site) -> tuple[int, int]:
    answer = site.ask("/indicators/cloud-rate")
    return answer["n"], answer["N"]


def begun(site: Site, number: int, step: str) -> None:
    site.wait_for(lambda: site.step(number, step)["state"] in {"running", "done", "failed"}, 240)


def test_hosts_are_trusted_and_keys_stored_by_command(site: Site) -> None:
    site.yunwang("engineer", "credentials", "add", "fleet", str(site.lab.key))
    password = f"database_password: {DATABASE_PASSWORD}\n"
    site.yunwang("engineer", "credentials", "add", "wiki-database", "--kind", "variables", stdin=password)

    for name, number in site.hosts.items():
        assert "SHA256:" in site.yunwang("engineer", "hosts", "trust", str(number), "--yes")
        stored = site.ask(f"/hosts/{number}")["ssh_host_key"]
        assert site.lab.host_key(name).split()[1] in stored

    assert DATABASE_PASSWORD not in site.yunwang("engineer", "credentials", "list")


def test_migration_survives_two_kills_of_its_worker_and_moves_the_rate(site: Site) -> None:
    lab, before = site.lab, content(site.lab, "old")
    worker = site.hire()
    number = site.plan()
    site.yunwang("approver", "migrate", "approve", str(number), "--reason", "示例批准")
    lab.throttle("old")
    site.yunwang("engineer", "migrate", "run", str(number), "--no-wait")
    begun(site, number, "replicate_files")
    time.sleep(1)
    worker = site.replace(worker)
    site.wait_for(lambda: site.step(number, "replicate_files")["attempt"] > 1, 60)
    lab.unthrottle("old")
    site.reach(number, "synced")
    assert site.ask("/target-locks") == []
    assert "等待放行" in site.yunwang("engineer", "migrate", "watch", str(number))

    site.yunwang("approver", "migrate", "approve", str(number), "--gate", "cutover")
    begun(site, number, "final_sync")
    time.sleep(0.5)
    site.replace(worker)
    site.reach(number, "verified")

    assert content(lab, "new") == before == content(lab, "old")
    assert served_by(lab) == "new"
    assert "第5号办事指南" in page(lab, "edge")
    assert rate(site) == (0, 1)
    site.yunwang("accepter", "migrate", "accept", str(number))
    assert rate(site) == (1, 1)


def test_no_step_recorded_done_was_carried_out_again_and_every_proof_is_intact(site: Site) -> None:
    run = site.ask("/migrations")["items"][-1]["runs"][0]
    events: Counter[tuple[str | None, str]] = Counter()
    with site.sessions.begin() as session:
        for event in logbook.after(session, run["id"], 0, 10_000):
            if event.body.get("event") in {"step_started", "step_done"}:
                events[event.step, event.body["event"]] += 1
    proofs = site.ask(f"/runs/{run['id']}/evidence")

    assert {count for (_, kind), count in events.items() if kind == "step_done"} == {1}
    twice = {step for (step, kind), count in events.items() if kind == "step_started" and count > 1}
    assert twice <= {"replicate_files", "final_sync"}
    assert "replicate_files" in twice
    assert all(proof["intact"] for proof in proofs)
    assert not any(DATABASE_PASSWORD in str(proof) for proof in proofs)


def test_accepted_migration_is_rolled_back_before_its_unfreeze(site: Site) -> None:
    number = site.ask("/migrations")["items"][-1]["id"]

    site.yunwang("engineer", "migrate", "rollback", str(number), "--no-wait", "--reason", "示例回退")
    site.reach(number, "rolled_back")

    assert served_by(site.lab) == "old"
    assert "第5号办事指南" in page(site.lab, "edge")
    assert rate(site) == (0, 1)


def test_cancel_leaves_no_process_and_the_run_goes_on_to_its_end(site: Site) -> None:
    lab, number = site.lab, site.plan()
    site.yunwang("approver", "migrate", "approve", str(number))
    lab.throttle("old")
    site.yunwang("engineer", "migrate", "run", str(number), "--no-wait")
    begun(site, number, "replicate_postgresql")
    site.wait_for(lambda: site.tasks_of(number, "replicate_postgresql") > 2, 30)
    assert carriers(run_mark(site.tag(number)))
    headers = {"Authorization": f"Bearer {site.tokens['engineer']}"}
    asked = time.monotonic()
    urllib.request.urlopen(
        urllib.request.Request(
            f"{site.url}/api/v1/migrations/{number}/cancellation", b"{}",
            {**headers, "Content-Type": "application/json"},
        )
    ).close()  # fmt: skip
    time.sleep(max(0, asked + 1.5 - time.monotonic()))
    assert carriers(run_mark(site.tag(number))) == set()
    lab.unthrottle("old")
    site.wait_for(lambda: site.state(number) == "cancelled", 10)

    site.yunwang("engineer", "migrate", "run", str(number), "--no-wait")
    site.reach(number, "synced")
    site.yunwang("approver", "migrate", "approve", str(number), "--gate", "cutover")
    site.reach(number, "verified")
    site.yunwang("accepter", "migrate", "accept", str(number))
    site.yunwang("engineer", "migrate", "unfreeze", str(number), "--yes", "--no-wait")
    site.reach(number, "finished")

    assert rate(site) == (1, 1)
    assert "第5号办事指南" in page(lab, "edge")
