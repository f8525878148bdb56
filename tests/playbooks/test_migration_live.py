"""A MediaWiki that nobody here wrote moves from one machine to another, back, and over again, by plain playbooks.

The tests of this module are the chapters of one story and run in their order.
"""

import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.lab.migration import PAGE, SITE, MigrationLab
from tests.playbooks.controller import Controller, Outcome, kill

pytestmark = pytest.mark.live

# Files that a host itself keeps writing are no change of ours; the lock is how a host keeps two runs apart.
OWN = "^/(proc|sys|run|tmp|home|var/log|var/lib/(postgresql|systemd|yunwang/lock))"
WRITTEN = f"find / -xdev -newer /root/mark -type f | grep -vE '{OWN}'"


@pytest.fixture(scope="module")
def engineer(migration_lab: MigrationLab, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    """A controller for the first run."""
    return prepared(migration_lab, tmp_path_factory.mktemp("first"), "first")


def prepared(lab: MigrationLab, directory: Path, run_id: str) -> Controller:
    controller = Controller(directory)
    controller.write(lab.inventory(), migration=lab.migration(run_id), migration_secrets=lab.secrets())
    return controller


def succeed(controller: Controller, name: str, *options: str) -> Outcome:
    outcome = controller.play(name, *options)
    assert outcome.code == 0, outcome.text[-4000:]
    return outcome


def page(lab: MigrationLab, host: str) -> str:
    request = urllib.request.Request(f"http://{lab.address(host)}{PAGE}", headers={"Host": SITE})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


def sql(lab: MigrationLab, host: str, statement: str) -> str:
    return lab.run(
        host, f'cd / && runuser -u postgres -- psql -X -At -d wiki -c "{statement}" 2>&1', check=False
    ).strip()


def uploads(lab: MigrationLab, host: str) -> str:
    """Checksums of the files, by other means than the product's own."""
    every = "find . -path ./cache -prune -o -type f -exec md5sum {} +"
    return lab.run(host, f"cd /var/lib/mediawiki/images && {every} | sort")


def texts(lab: MigrationLab, host: str) -> str:
    return sql(lab, host, "SELECT md5(string_agg(old_text, '|' ORDER BY old_id)) FROM mediawiki.text")


def touched(lab: MigrationLab) -> list[str]:
    """Files written since the mark was set."""
    return [f"{host}:{line}" for host in ("old", "new", "edge") for line in lab.run(host, WRITTEN, check=False).split()]


def test_check_mode_reports_changes_and_makes_none(migration_lab: MigrationLab, engineer: Controller) -> None:
    for host in ("old", "new", "edge"):
        migration_lab.run(host, "touch /root/mark && sleep 0.1")

    for name in ("precheck", "prepare_target", "replicate_files", "freeze", "switch_traffic", "rollback"):
        outcome = succeed(engineer, name, "--check", "--diff")
        assert (outcome.changed > 0) == (name not in {"precheck", "replicate_files"}), outcome.text

    assert touched(migration_lab) == []
    assert sql(migration_lab, "old", "SHOW default_transaction_read_only") == "off"
    assert "第5号办事指南" in page(migration_lab, "edge")


def test_precheck_names_everything_that_stands_in_the_way(migration_lab: MigrationLab, tmp_path: Path) -> None:
    controller = Controller(tmp_path)
    wanted = migration_lab.migration("bad")
    wanted["packages"] = ["apache2", "no-such-package"]
    wanted["files"] = [{"path": "/srv/nowhere"}]
    wanted["services"] = ["no-such-service"]
    wanted["database"] = {"name": "no_such_database", "owner": "nobody"}
    wanted["probes"][0]["contains"] = "不在页面上的话"
    controller.write(migration_lab.inventory(), migration=wanted)

    outcome = controller.play("precheck")

    assert outcome.code != 0
    assert outcome.evidence["yunwang_precheck"]["problems"] == [
        "missing on the old host: /srv/nowhere",
        "no such service on the old host: no-such-service",
        "missing on the old host: database no_such_database",
        "package not available on the new host: no-such-package",
        "the old system does not answer as expected: 办事指南5",
    ]


def test_preparing_twice_changes_nothing_the_second_time(engineer: Controller) -> None:
    assert succeed(engineer, "precheck").evidence["yunwang_precheck"]["problems"] == []

    assert succeed(engineer, "prepare_target").changed > 0
    assert succeed(engineer, "prepare_target").changed == 0


def test_temporary_key_reads_the_listed_paths_and_nothing_else(migration_lab: MigrationLab) -> None:
    ask = "ssh -F /var/lib/yunwang/runs/first/ssh_config source"
    rsync = "rsync -e 'ssh -F /var/lib/yunwang/runs/first/ssh_config'"

    assert "refused: id" in migration_lab.run("new", f"{ask} id 2>&1", check=False)
    assert "refused" in migration_lab.run("new", f"{rsync} source:/etc/shadow /tmp/ 2>&1", check=False)
    assert "refused" in migration_lab.run("new", f"{rsync} /etc/hostname source:/etc/mediawiki 2>&1", check=False)
    assert "refused" in migration_lab.run(
        "new", f"{rsync} --remove-source-files -R source:/etc/mediawiki /tmp/ 2>&1", check=False
    )
    for option in ("-sR", "-LR", "-kR"):
        refused = migration_lab.run("new", f"{rsync} {option} source:/etc/mediawiki /tmp/ 2>&1", check=False)
        assert "refused" in refused, option
    assert "$wgDB" in migration_lab.run(
        "new", f"{rsync} -aR source:/etc/mediawiki /tmp/x/ && cat /tmp/x/etc/mediawiki/*"
    )


def test_copy_outlives_its_controller_and_is_joined_not_repeated(
    migration_lab: MigrationLab, engineer: Controller
) -> None:
    migration_lab.run("old", "head -c 12000000 /dev/urandom > /var/lib/mediawiki/images/大文件.bin")
    migration_lab.throttle("old", "1mbit")
    job = "/var/lib/yunwang/jobs/first-files"
    first = engineer.start("replicate_files")
    wait(lambda: int(migration_lab.run("new", "du -s /var/lib/mediawiki/images | cut -f 1")) > 400)
    kill(first)
    migration_lab.run("new", "pkill -f 'job_wait first files'", check=False)
    pid = migration_lab.run("new", f"cat {job}/pid")

    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(succeed, engineer, "replicate_files", "-v")
        wait(lambda: migration_lab.run("new", "pgrep -f '[j]ob_wait first files'", check=False) != "")
        migration_lab.unthrottle("old")
        outcome = second.result()

    assert f"joined first-files, pid {pid.strip()}" in outcome.text
    assert uploads(migration_lab, "new") == uploads(migration_lab, "old")
    assert succeed(engineer, "replicate_files").changed == 0


def test_rehearsal_copy_of_the_database_is_made_once(migration_lab: MigrationLab, engineer: Controller) -> None:
    rows = succeed(engineer, "replicate_postgresql").evidence["yunwang_replicate_postgresql"]["rows"]

    assert rows["mediawiki.page"] == int(sql(migration_lab, "old", "SELECT count(*) FROM mediawiki.page"))
    assert succeed(engineer, "replicate_postgresql").changed == 0


def test_final_copy_of_a_system_that_still_writes_is_refused(engineer: Controller) -> None:
    outcome = engineer.play("final_sync")

    assert outcome.code != 0
    assert "run first has not frozen the old host; freeze it first" in outcome.text


def test_failed_freeze_leaves_the_old_host_as_it_was(migration_lab: MigrationLab, tmp_path: Path) -> None:
    controller = Controller(tmp_path)
    wanted = migration_lab.migration("half")
    wanted["services"] = ["apache2"]
    wanted["database"]["name"] = "no_such_database"
    controller.write(migration_lab.inventory(), migration=wanted)

    migration_lab.run("new", "cp -a /var/lib/yunwang/runs/first /var/lib/yunwang/runs/half")
    outcome = controller.play("freeze")

    assert outcome.code != 0
    assert "Stop the services and close the database for writing" in outcome.text
    assert migration_lab.run("old", "systemctl is-active apache2 cron").split() == ["active", "active"]
    assert "第5号办事指南" in page(migration_lab, "edge")


def test_frozen_system_refuses_writes_and_other_runs(
    migration_lab: MigrationLab, engineer: Controller, tmp_path: Path
) -> None:
    assert succeed(engineer, "freeze").changed > 0
    assert succeed(engineer, "freeze").changed == 0

    assert "read-only transaction" in sql(migration_lab, "old", "DELETE FROM mediawiki.page")
    other = prepared(migration_lab, tmp_path, "other").play("freeze")
    assert other.code != 0
    assert "this host is held by run first" in other.text
    assert prepared(migration_lab, tmp_path, "other").play("rollback").code != 0
    assert "read-only transaction" in sql(migration_lab, "old", "DELETE FROM mediawiki.page")


def test_final_copy_is_equal_by_independent_measure_and_read_only(
    migration_lab: MigrationLab, engineer: Controller
) -> None:
    proof = succeed(engineer, "final_sync").evidence["yunwang_final_sync"]
    assert succeed(engineer, "final_sync").changed == 0

    assert uploads(migration_lab, "new") == uploads(migration_lab, "old")
    assert texts(migration_lab, "new") == texts(migration_lab, "old")
    assert proof["rows"]["mediawiki.page"] == int(sql(migration_lab, "new", "SELECT count(*) FROM mediawiki.page"))
    assert "read-only transaction" in sql(migration_lab, "new", "DELETE FROM mediawiki.page")


def test_users_reach_the_new_host_and_the_outage_is_measured(migration_lab: MigrationLab, engineer: Controller) -> None:
    assert succeed(engineer, "switch_traffic").changed > 0
    assert succeed(engineer, "switch_traffic").changed == 0

    verdict = succeed(engineer, "verify").evidence["yunwang_verify"]
    assert 0 < verdict["downtime_seconds"] < 600
    assert [probe["good"] for probe in verdict["probes"]["front"]] == [True]
    assert migration_lab.run("old", "systemctl is-active apache2", check=False).strip() == "inactive"
    assert "第5号办事指南" in page(migration_lab, "edge")


def test_changed_file_and_row_fail_the_verification_by_name(migration_lab: MigrationLab, engineer: Controller) -> None:
    upload = migration_lab.run("new", "find /var/lib/mediawiki/images -name '示例图片1.png' | head -n 1").strip()
    migration_lab.run("new", f"cp -a {upload} /root/kept && echo x >> {upload}")

    outcome = engineer.play("verify")
    migration_lab.run("new", f"cp -a /root/kept {upload}")

    assert outcome.code != 0
    assert upload in outcome.text
    unverified = engineer.play("unfreeze")
    assert unverified.code != 0
    assert "verify has not passed for run first" in unverified.text


def test_rollback_gives_the_users_the_old_system_back_exactly(
    migration_lab: MigrationLab, engineer: Controller
) -> None:
    assert succeed(engineer, "rollback").changed > 0
    assert succeed(engineer, "rollback").changed == 0

    assert migration_lab.run("old", "systemctl is-active apache2 cron").split() == ["active", "active"]
    assert migration_lab.run("new", "systemctl is-active apache2", check=False).strip() == "inactive"
    assert sql(migration_lab, "old", "CREATE TABLE written (x int); DROP TABLE written") == "CREATE TABLE\nDROP TABLE"
    assert "yunwang" not in migration_lab.run("old", "cat /home/deploy/.ssh/authorized_keys")
    assert f"server app {migration_lab.address('old')}:80" in migration_lab.run("edge", "cat /etc/haproxy/haproxy.cfg")
    assert "第5号办事指南" in page(migration_lab, "edge")


def test_second_run_goes_all_the_way_and_cannot_be_taken_back(migration_lab: MigrationLab, tmp_path: Path) -> None:
    controller = prepared(migration_lab, tmp_path, "second")
    for name in ("prepare_target", "freeze", "final_sync", "switch_traffic", "verify", "unfreeze"):
        succeed(controller, name)

    assert succeed(controller, "unfreeze").changed == 0
    assert sql(migration_lab, "new", "CREATE TABLE written (x int); DROP TABLE written") == "CREATE TABLE\nDROP TABLE"
    assert migration_lab.run("old", "systemctl is-enabled apache2", check=False).strip() == "disabled"
    assert "yunwang" not in migration_lab.run("old", "cat /home/deploy/.ssh/authorized_keys")
    refused = controller.play("rollback")
    assert refused.code != 0
    assert "would lose those writes" in refused.text


def wait(condition: Callable[[], bool], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.2)
