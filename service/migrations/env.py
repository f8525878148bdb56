"""Alembic's entry: migrates the database named by YUNWANG_DATABASE_URL or by the connection that a caller hands in."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.dialects.postgresql.base import ischema_names

from inventory.changes.model import Xid8
from service.tables import metadata_of_all

ischema_names["xid8"] = Xid8
METADATA = metadata_of_all().metadata


def _ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """Procrastinate's tables are its own; everything else in the schema is ours."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=METADATA, include_object=_ours, compare_type=True,
        compare_server_default=False, transaction_per_migration=True,
    )  # fmt: skip
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    with create_engine(os.environ["YUNWANG_DATABASE_URL"]).begin() as fresh:
        _migrate(fresh)
