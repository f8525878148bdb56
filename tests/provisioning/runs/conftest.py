"""A ledger that really commits, and one system that is approved to move."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from inventory import migrations
from inventory.migrations import Migration
from provisioning.runs import actions
from provisioning.runs.advance import advance
from provisioning.runs.model import Run
from service.db import sessions_of
from tests.migrating import World, a_world, an_approved, fake_tools
from tests.provisioning.fake_runner import FakeRunner


@dataclass
class Bench:
    """One approved migration with its people, and a worker with a scripted runner."""

    sessions: sessionmaker[Session]
    world: World
    migration_id: int
    runner: FakeRunner = field(default_factory=FakeRunner)

    def act(self, action: Any, *args: Any) -> Any:
        """Do something with the migration as a request does: in a transaction of its own."""
        with self.sessions.begin() as session:
            return action(session, migrations.get(session, self.migration_id, lock=True), *args)

    def start(self) -> int:
        return int(self.act(actions.start, self.world.engineer).id)

    def work(self, run_id: int, worker: str = "worker") -> None:
        advance(self.sessions, run_id, worker, fake_tools(self.runner), lambda: False)

    def run(self, run_id: int) -> Run:
        with self.sessions.begin() as session:
            return session.get_one(Run, run_id)

    def migration(self) -> Migration:
        with self.sessions.begin() as session:
            return migrations.get(session, self.migration_id)

    def scalars(self, query: str) -> list[Any]:
        with self.sessions.begin() as session:
            return list(session.scalars(text(query)))

    def played(self) -> list[str]:
        return [play.playbook.stem for play in self.runner.plays]

    def to_acceptance(self) -> int:
        """Run up to the gate where acceptance is waited for."""
        run_id = self.start()
        self.work(run_id)
        self.act(actions.release, "cutover", self.world.approver)
        self.work(run_id)
        return run_id


def a_bench(engine: Engine) -> Bench:
    sessions = sessions_of(engine)
    with sessions.begin() as session:
        world = a_world(session)
        migration = an_approved(session, world)
    return Bench(sessions, world, migration.id)


@pytest.fixture
def bench(own_database: Engine) -> Bench:
    return a_bench(own_database)
