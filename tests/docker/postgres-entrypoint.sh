#!/bin/sh
# What the compose file uses of the official image's contract: POSTGRES_USER, _DB, _PASSWORD_FILE, _INITDB_ARGS, PGDATA.
set -eu
if [ "$(id -u)" = 0 ]; then
    install -d -o postgres -g postgres -m 2775 /run/postgresql
    chown -R postgres:postgres "$PGDATA"
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # shellcheck disable=SC2086
    initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth-host=scram-sha-256 --auth-local=trust \
        $POSTGRES_INITDB_ARGS >/dev/null
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    pg_ctl --wait -o "-c listen_addresses=" start >/dev/null
    createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
    pg_ctl --wait stop >/dev/null
fi
exec "$@"
