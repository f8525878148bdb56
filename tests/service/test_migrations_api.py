"""Migrations through the API, on a scripted runner: who may do what, and what each door refuses."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.accounts import Role
from inventory.changes import story_of
from inventory.migrations import fingerprint
from provisioning.runs.advance import advance
from provisioning.runs.model import Evidence
from tests import factories
from tests.migrating import SPEC, World, a_world, fake_tools
from tests.provisioning.fake_runner import FakeRunner

ClientAs = Callable[..., TestClient]


@dataclass
class Desk:
    """The people of one migration, each with a client, and a worker."""

    world: World
    engineer: TestClient
    approver: TestClient
    accepter: TestClient
    app: FastAPI
    runner: FakeRunner

    def plan(self, **over: Any) -> dict[str, Any]:
        answer = self.engineer.post("/api/v1/migrations", json=self.body(**over))
        assert answer.status_code == 201, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def body(self, **over: Any) -> dict[str, Any]:
        world = self.world
        return {
            "system": world.system.code, "source": world.source.name, "target": world.target.id, "migration": SPEC,
        } | over  # fmt: skip

    def approved(self) -> int:
        number = int(self.plan()["id"])
        assert self.approver.put(f"/api/v1/migrations/{number}/approval", json={}).status_code == 200
        return number

    def work(self, run: int) -> None:
        advance(self.app.state.sessions, run, "worker", fake_tools(self.runner), lambda: False)

    def run(self, number: int) -> int:
        answer = self.engineer.post(f"/api/v1/migrations/{number}/runs")
        assert answer.status_code == 202, answer.text
        self.work(answer.json()["id"])
        return int(answer.json()["id"])

    def to_acceptance(self, number: int) -> int:
        run = self.run(number)
        released = self.approver.put(f"/api/v1/migrations/{number}/gates/cutover", json={"reason": "窗口已到"})
        assert released.status_code == 200, released.text
        self.work(run)
        return run


@pytest.fixture
def desk(app: FastAPI, session: Session, client_as: ClientAs) -> Desk:
    world = a_world(session)
    agency = world.agency.id
    return Desk(
        world, client_as(Role.ENGINEER, agency_id=agency), client_as(Role.APPROVER, agency_id=agency),
        client_as(Role.APPROVER), app, FakeRunner(),
    )  # fmt: skip


def test_migration_goes_from_plan_to_finish_by_api(desk: Desk) -> None:
    number = desk.approved()
    run = desk.to_acceptance(number)
    accepted = desk.accepter.put(f"/api/v1/migrations/{number}/acceptance", json={})
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    desk.work(run)
    assert desk.engineer.put(f"/api/v1/migrations/{number}/gates/unfreeze", json={}).status_code == 200
    desk.work(run)

    shown = desk.engineer.get(f"/api/v1/migrations/{number}").json()

    assert (shown["state"], shown["state_zh"]) == ("finished", "已完成")
    assert [step["state"] for step in shown["runs"][0]["steps"]] == ["done"] * 12
    deployments = desk.accepter.get("/api/v1/deployments", params={"component_id": desk.world.component.id}).json()
    assert {row["mode"]: row["valid_to"] is None for row in deployments["items"]} == {"own_room": False, "cloud": True}


def test_plan_by_a_viewer_is_refused(desk: Desk, client_as: ClientAs) -> None:
    answer = client_as(Role.VIEWER).post("/api/v1/migrations", json=desk.body())

    assert answer.status_code == 403


def test_another_agencys_migration_is_not_found(desk: Desk, session: Session, client_as: ClientAs) -> None:
    number = desk.plan()["id"]
    stranger = client_as(Role.ENGINEER, Role.APPROVER, agency_id=factories.an_agency(session).id)

    assert stranger.get(f"/api/v1/migrations/{number}").status_code == 404
    assert stranger.put(f"/api/v1/migrations/{number}/approval", json={}).status_code == 404
    assert stranger.get("/api/v1/migrations").json()["items"] == []


def test_one_person_with_both_roles_cannot_approve_own_plan(desk: Desk, client_as: ClientAs) -> None:
    both = client_as(Role.ENGINEER, Role.APPROVER)
    number = both.post("/api/v1/migrations", json=desk.body()).json()["id"]

    answer = both.put(f"/api/v1/migrations/{number}/approval", json={})

    assert answer.status_code == 403
    assert answer.json()["rule"] == "four-eyes"


def test_unapproved_plan_does_not_run_and_the_remedy_is_named(desk: Desk) -> None:
    number = desk.plan()["id"]

    answer = desk.engineer.post(f"/api/v1/migrations/{number}/runs")

    assert (answer.status_code, answer.json()["remedy"]) == (409, f"yunwang migrate approve {number}")


def test_changed_plan_must_be_approved_again(desk: Desk) -> None:
    number = desk.approved()
    changed = desk.body(migration=SPEC | {"packages": ["curl"]})

    answer = desk.engineer.put(f"/api/v1/migrations/{number}", json=changed, headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["state"]) == (200, "planned")
    assert desk.engineer.post(f"/api/v1/migrations/{number}/runs").status_code == 409


def test_change_on_a_stale_version_is_refused_with_the_current_tag(desk: Desk) -> None:
    number = desk.approved()

    stale = desk.engineer.put(
        f"/api/v1/migrations/{number}", json=desk.body(), headers={"If-Match": f'"migrations-{number}-1"'}
    )

    assert stale.status_code == 412
    current = desk.engineer.get(f"/api/v1/migrations/{number}").headers["ETag"]
    assert stale.headers["ETag"] == current


def test_engineer_cannot_release_the_cutover(desk: Desk) -> None:
    number = desk.approved()
    desk.run(number)

    assert desk.engineer.put(f"/api/v1/migrations/{number}/gates/cutover", json={}).status_code == 403


@pytest.mark.parametrize("body", [{}, {"system": "x"}, {"migration": {"probes": []}}, "text", None, [{}]])
def test_malformed_plan_is_a_422(desk: Desk, body: object) -> None:
    assert desk.engineer.post("/api/v1/migrations", json=body).status_code == 422


@pytest.mark.parametrize(("name", "status"), [("a\x00b", 422), ("\ud800", 422), ("x" * 10_000_000, 413), ("", 422)])
def test_name_that_no_database_can_hold_is_refused(desk: Desk, name: str, status: int) -> None:
    assert desk.engineer.post("/api/v1/migrations", content=json.dumps(desk.body(system=name))).status_code == status


def test_history_tells_who_decided_why_and_which_run_wrote(desk: Desk, session: Session) -> None:
    number = desk.approved()
    run = desk.to_acceptance(number)

    told = [(event.after["state"], event.request_id, event.reason) for event in story_of(session, "migrations", number)
            if event.after]  # fmt: skip

    assert ("synced", f"run:{run}", f"执行 {run} / run {run}") in told
    assert ("synced", "窗口已到") in [(state, reason) for state, _, reason in told]


def test_first_of_two_executors_cannot_accept(desk: Desk, client_as: ClientAs) -> None:
    number = desk.approved()
    both = client_as(Role.ENGINEER, Role.APPROVER)
    run = both.post(f"/api/v1/migrations/{number}/runs").json()["id"]
    both.post(f"/api/v1/migrations/{number}/cancellation", json={})
    desk.work(run)
    desk.to_acceptance(number)

    answer = both.put(f"/api/v1/migrations/{number}/acceptance", json={})

    assert (answer.status_code, answer.json()["rule"]) == (403, "four-eyes")


def test_unknown_parameter_of_the_list_is_a_400(desk: Desk) -> None:
    assert desk.engineer.get("/api/v1/migrations", params={"staet": "failed"}).status_code == 400


def test_list_pages_by_cursor(desk: Desk, session: Session) -> None:
    numbers = [desk.plan()["id"]]
    for _ in range(2):
        component = factories.a_component(session, system := factories.a_system(session, desk.world.agency))
        factories.a_deployment(session, component, host_id=desk.world.source.id)
        numbers.append(desk.plan(system=system.code)["id"])

    first = desk.engineer.get("/api/v1/migrations", params={"limit": 2}).json()
    second = desk.engineer.get("/api/v1/migrations", params={"limit": 2, "cursor": first["next"]}).json()

    assert [item["id"] for item in first["items"] + second["items"]] == numbers[::-1]
    assert second["next"] is None


def events_of(client: TestClient, run: int, **asked: Any) -> list[dict[str, Any]]:
    with client.stream("GET", f"/api/v1/runs/{run}/events", **asked) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = list(answer.iter_lines())
    assert "event: end" in lines
    found = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    return [event for event in found if event]


def test_log_resumes_from_any_cursor_with_every_event_exactly_once(desk: Desk) -> None:
    number = desk.approved()
    run = desk.run(number)
    desk.engineer.post(f"/api/v1/migrations/{number}/cancellation", json={})

    whole = events_of(desk.engineer, run)
    middle = whole[len(whole) // 2]["seq"]
    rest = events_of(desk.engineer, run, headers={"Last-Event-ID": str(middle)})

    assert [event["seq"] for event in whole] == list(range(1, len(whole) + 1))
    assert rest == whole[middle:]
    assert events_of(desk.engineer, run, params={"after": middle}) == rest
    assert whole[-1]["event"] == "run_ended"


def test_log_of_another_agency_is_not_found(desk: Desk, session: Session, client_as: ClientAs) -> None:
    run = desk.run(desk.approved())
    stranger = client_as(Role.ENGINEER, agency_id=factories.an_agency(session).id)

    assert stranger.get(f"/api/v1/runs/{run}/events").status_code == 404


def test_evidence_is_shown_with_its_check(desk: Desk, session: Session) -> None:
    run = desk.run(desk.approved())
    session.execute(text("ALTER TABLE evidence DISABLE TRIGGER append_only"))  # as one who owns the database could
    session.query(Evidence).filter_by(run_id=run).order_by(Evidence.id).first().body = {"status": "x"}  # type: ignore[union-attr]
    session.flush()

    proofs = desk.engineer.get(f"/api/v1/runs/{run}/evidence").json()

    assert [proof["intact"] for proof in proofs] == [False, True, True, True]
    assert fingerprint(proofs[1]["body"]) == proofs[1]["sha256"]


def test_rollback_by_api_restores_the_old_deployment(desk: Desk) -> None:
    number = desk.approved()
    run = desk.to_acceptance(number)
    desk.accepter.put(f"/api/v1/migrations/{number}/acceptance", json={})
    desk.work(run)

    answer = desk.engineer.post(f"/api/v1/migrations/{number}/rollback", json={"reason": "异常"})
    assert answer.status_code == 202, answer.text
    desk.work(answer.json()["id"])

    assert desk.engineer.get(f"/api/v1/migrations/{number}").json()["state"] == "rolled_back"
    rows = desk.accepter.get("/api/v1/deployments", params={"component_id": desk.world.component.id}).json()["items"]
    assert [(row["mode"], row["valid_to"]) for row in rows] == [("own_room", None)]
