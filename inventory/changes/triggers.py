"""History by trigger: no door into a recorded table, SQL by hand included, leaves no trace."""

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from inventory.base import Base, Recorded

RECORD = """
CREATE OR REPLACE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  hidden text; old_row jsonb; new_row jsonb;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW); END IF;
  FOREACH hidden IN ARRAY coalesce(TG_ARGV, '{}') LOOP
    old_row := CASE WHEN old_row ? hidden THEN old_row || jsonb_build_object(hidden, '***') ELSE old_row END;
    new_row := CASE WHEN new_row ? hidden THEN new_row || jsonb_build_object(hidden, '***') ELSE new_row END;
  END LOOP;
  INSERT INTO change_events (noun, row_id, action, actor, request_id, reason, before, after)
  VALUES (TG_TABLE_NAME, (coalesce(new_row, old_row) ->> 'id')::bigint, lower(TG_OP),
    coalesce(nullif(current_setting('yunwang.actor', true), ''), 'database:' || session_user),
    nullif(current_setting('yunwang.request', true), ''), nullif(current_setting('yunwang.reason', true), ''),
    old_row, new_row);
  RETURN NULL;
END $$;
"""

KEEP = """
CREATE OR REPLACE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
"""


def keep(connection: Connection, table: str) -> None:
    """Make a table append-only: what was written there cannot be changed or removed."""
    connection.execute(
        text(
            f"CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_history()"
        )
    )


def recorded_tables() -> dict[str, frozenset[str]]:
    """Table name -> columns that history shows as ***, for every mapped noun of the register."""
    return {
        str(mapper.local_table.name): mapper.class_.history_omits  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Recorded)
    }


def install_history(connection: Connection, tables: dict[str, frozenset[str]] | None = None) -> None:
    """Create the functions and one trigger per recorded table; safe to run again."""
    connection.execute(text(RECORD))
    connection.execute(text(KEEP))
    keep(connection, "change_events")
    for table, omits in (recorded_tables() if tables is None else tables).items():
        names = ", ".join(f"'{name}'" for name in sorted(omits))
        connection.execute(
            text(
                f"CREATE OR REPLACE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION record_change({names})"
            )
        )


def attribute(session: Session, *, actor: str, request: str = "", reason: str = "") -> None:
    """Say who writes in this transaction, at which request and why; history quotes it."""
    session.execute(
        text(
            "SELECT set_config('yunwang.actor', :actor, true), set_config('yunwang.request', :request, true), "
            "set_config('yunwang.reason', :reason, true)"
        ),
        {"actor": actor, "request": request, "reason": reason},
    )


def give_reason(session: Session, reason: str) -> None:
    """Say why, where who and at which request are known already."""
    session.execute(text("SELECT set_config('yunwang.reason', :reason, true)"), {"reason": reason})
