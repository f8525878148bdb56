"""From a step of a run to the play that carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import migrations
from inventory.errors import Invalid
from inventory.migrations import Migration, fingerprint
from playbooks import catalog
from provisioning.credentials import CredentialKind, Revealed
from provisioning.runs import inventory_document
from provisioning.runs.inventory_document import Reached
from provisioning.runs.model import Run, RunKind
from provisioning.runs.runner import Play, Runner

Reveal = Callable[[Session, str], Revealed]  # opens a stored credential by its name


@dataclass(frozen=True)
class Tools:
    """What a worker works with: a runner of plays, and the credential store."""

    runner: Runner
    reveal: Reveal


def prepare(session: Session, run_id: int, step: str, tools: Tools) -> Play:
    """The play of one step, from the register as it is now; its hashes are noted on the run."""
    run = session.get_one(Run, run_id)
    migration = migrations.get(session, run.migration_id)
    reached = inventory_document.of(session, migration)
    variables = _variables(session, migration, reached)
    run.playbook_revision = catalog.revision()
    run.inventory_hash, run.variables_hash = fingerprint(reached.document), fingerprint(variables)
    return Play(
        run_id=run.tag,
        playbook=catalog.entry(step).playbook,
        inventory=reached.document,
        variables={"migration": variables},
        secrets={"migration_secrets": _secrets(session, migration, tools.reveal)},
        ssh_keys=tuple(key for name in reached.credentials for key in tools.reveal(session, name).ssh_keys),
        known_hosts=reached.known_hosts,
        diff=True,
    )


def _variables(session: Session, migration: Migration, reached: Reached) -> dict[str, Any]:
    told = {key: value for key, value in migration.spec.items() if key != "credentials"}
    # A rollback reads the papers that the run left on the hosts, so both go by the first run's tag.
    papers = select(Run.tag).where(Run.migration_id == migration.id, Run.kind == RunKind.MIGRATE).order_by(Run.id)
    addresses = {f"{group}_address": address for group, address in reached.addresses.items()}
    return told | addresses | {
        "run_id": session.scalars(papers.limit(1)).one(),
        "source_user": reached.source_user,
        "source_port": reached.source_port,
    }  # fmt: skip


def require_secrets(session: Session, migration: Migration) -> None:
    """Refuse a plan whose credentials are not stored."""
    for name in migration.spec.get("credentials", {}).values():
        agency_id = migrations.agency_of(session, migration)
        inventory_document.require_credential(session, name, CredentialKind.VARIABLES, agency_id)


def _secrets(session: Session, migration: Migration, reveal: Reveal) -> dict[str, object]:
    require_secrets(session, migration)
    found: dict[str, object] = {}
    for secret, name in migration.spec.get("credentials", {}).items():
        variables = reveal(session, name).variables
        if secret not in variables:
            raise Invalid(f"凭据 {name} 中没有 {secret} / credential {name} does not hold {secret}", credential=name)
        found[secret] = variables[secret]
    return found
