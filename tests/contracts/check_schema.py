"""`alembic check` against a throw-away PostgreSQL: models and migrations say the same."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.util.exc import CommandError

from service.db import connect
from service.embedded_postgres import EmbeddedPostgres
from service.schema import alembic_config, upgrade


def main() -> int:
    """0 if nothing is left to migrate."""
    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres(Path(directory) / "pg", durable=False) as url:
        engine = connect(url)
        upgrade(engine)
        config = alembic_config()
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            try:
                command.check(config)
            except CommandError as drift:
                print(drift, file=sys.stderr)
                return 1
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
