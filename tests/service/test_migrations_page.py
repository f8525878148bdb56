"""The console's pages of migrations: what they show, and which buttons a caller gets."""

from collections.abc import Callable

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.accounts import Role
from inventory.migrations import MigrationState
from tests import factories
from tests.migrating import a_planned, a_world, an_approved

ClientAs = Callable[..., TestClient]


def test_list_links_every_migration_of_the_callers_part(session: Session, client_as: ClientAs) -> None:
    world = a_world(session)
    migration = a_planned(session, world)

    here = client_as(Role.VIEWER, agency_id=world.agency.id).get("/migrations").text
    elsewhere = client_as(Role.VIEWER, agency_id=factories.an_agency(session).id).get("/migrations").text

    assert f'href="/migrations/{migration.id}"' in here
    assert world.system.name not in elsewhere
    assert "yunwang migrate plan" in elsewhere


def test_page_offers_each_role_its_own_buttons(session: Session, client_as: ClientAs) -> None:
    migration = a_planned(session, a_world(session))

    pages = {role: client_as(role).get(f"/migrations/{migration.id}").text for role in (Role.APPROVER, Role.VIEWER)}

    assert 'data-path="approval"' in pages[Role.APPROVER]
    assert "data-path" not in pages[Role.VIEWER]


def test_page_offers_no_rollback_once_the_target_took_writes(session: Session, client_as: ClientAs) -> None:
    migration = an_approved(session, a_world(session))
    migration.state, migration.write_opened_at = MigrationState.FAILED, migration.approved_at
    session.flush()

    assert 'data-path="rollback"' not in client_as(Role.ENGINEER).get(f"/migrations/{migration.id}").text


def test_page_of_a_run_shows_its_steps_and_where_the_log_comes_from(session: Session, client_as: ClientAs) -> None:
    world = a_world(session)
    migration = an_approved(session, world)
    client = client_as(Role.ENGINEER)
    run = client.post(f"/api/v1/migrations/{migration.id}/runs").json()["id"]

    shown = client.get(f"/migrations/{migration.id}").text

    assert "最终同步" in shown
    assert f'data-run="{run}"' in shown
    assert migrations.STATE_ZH[MigrationState.APPROVED] in shown


def test_page_of_a_migration_out_of_reach_is_a_404(session: Session, client_as: ClientAs) -> None:
    migration = a_planned(session, a_world(session))
    stranger = client_as(Role.ENGINEER, agency_id=factories.an_agency(session).id)

    assert stranger.get(f"/migrations/{migration.id}").status_code == 404
