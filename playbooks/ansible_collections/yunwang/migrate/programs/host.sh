#!/bin/sh
# host.sh [--check] VERB ARGUMENT...   what a host of a migration does by itself. POSIX sh: an old host needs no Python.
# Every line that starts with "changed: " is a change made (with --check: that would be made).
# `local` is not POSIX, but every sh that a server of the last twenty years has knows it.
# A run keeps its papers in /var/lib/yunwang/runs/RUN: files (path, owner, excludes; tab separated), database (name).
set -eu
cd /
home=/var/lib/yunwang
check=
[ "${1:-}" != --check ] || { check=1; shift; }

die() { echo "$*" >&2; exit 1; }
changed() { echo "changed: $*"; }
run_directory() {
    case ${1:-} in '' | .* | *[!A-Za-z0-9._-]*) die "not a run id: '${1:-}' (letters, digits, dot, underscore, hyphen)" ;; esac
    echo "$home/runs/$1"
}
alone() { # one change at a time on this host, whoever asks; the lock goes when this process ends
    mkdir -p "$home" && exec 9> "$home/lock" && flock -w 60 9 || die "another change is under way on this host"
}

# --- services, under systemd or init scripts -----------------------------------------------------------------------
systemd() { [ -d /run/systemd/system ]; }
exists() { if systemd; then systemctl cat "$1" > /dev/null 2>&1; else [ -x "/etc/init.d/$1" ]; fi; }
active() {
    if systemd; then case $(systemctl show -p ActiveState --value "$1") in inactive | failed) return 1 ;; esac
    else service "$1" status > /dev/null 2>&1; fi
}
enabled() { if systemd; then systemctl is-enabled --quiet "$1" 2> /dev/null; else ls "/etc/rc2.d/S"??"$1" > /dev/null 2>&1; fi; }
control() { if systemd; then systemctl "$1" "$2" 9>&-; else service "$2" "$1" 9>&-; fi; }
services() { # state|start|stop|disable|enable NAME...
    local action service
    action=$1; shift
    [ "$action" != start ] || [ "$check" ] || ! systemd || systemctl daemon-reload
    for service; do
        if ! exists "$service"; then
            case $action in state) echo "$service absent absent" ;; stop | disable) ;; *) die "no such service: $service" ;; esac
            continue
        fi
        case $action in
            state) echo "$service $(active "$service" && echo active || echo inactive) $(enabled "$service" && echo enabled || echo disabled)" ;;
            start) active "$service" || { changed "start $service"; [ "$check" ] || control start "$service"; } ;;
            stop) ! active "$service" || { changed "stop $service"; [ "$check" ] || control stop "$service"; } ;;
            disable) ! enabled "$service" || { changed "disable $service"; [ "$check" ] || able disable "$service"; } ;;
            enable) enabled "$service" || { changed "enable $service"; [ "$check" ] || able enable "$service"; } ;;
        esac
    done
}
able() { if systemd; then systemctl --quiet "$1" "$2"; else update-rc.d "$2" "$1"; fi; }

# --- PostgreSQL ----------------------------------------------------------------------------------------------------
# The settings make the text of a value the same on every server and in every release.
neutral="-c datestyle=ISO -c timezone=UTC -c extra_float_digits=0 -c bytea_output=hex -c intervalstyle=postgres
 -c lc_monetary=C -c search_path=pg_catalog -c default_transaction_read_only=off -c statement_timeout=0"
postgres() { runuser -u postgres -- env PGOPTIONS="$neutral" PGCLIENTENCODING=UTF8 "$@"; }
sql() { local database; database=$1; shift; postgres psql -X -q -At -F "$(printf '\t')" -v ON_ERROR_STOP=1 -d "$database" "$@"; }
has_database() { [ "$(echo "SELECT count(*) FROM pg_database WHERE datname = :'d'" | sql postgres -v d="$1")" = 1 ]; }
sorted() { unsorted=$("$@") || die "could not read: $*"; echo "$unsorted" | LC_ALL=C sort; } # a pipe would hide the failure
fingerprint() { sorted checksums "$1"; }
checksums() { # DATABASE: table, rows, checksum that does not depend on the order of the rows; sequences; large objects
    sql "$1" << 'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT format('SELECT %L, count(*), coalesce(sum((''x''||substr(m,1,15))::bit(60)::bigint),0) || ''.'' ||
 coalesce(sum((''x''||substr(m,16,15))::bit(60)::bigint),0) FROM (SELECT md5(yunwang_row::text) AS m FROM ONLY %I.%I yunwang_row) rows',
 n.nspname || '.' || c.relname, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') \gexec
SELECT format('SELECT %L, last_value, is_called FROM %I.%I', 'sequence ' || n.nspname || '.' || c.relname, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND n.nspname !~ '^pg_' \gexec
SELECT 'large objects', count(*), coalesce(sum(('x'||substr(md5(loid || '/' || pageno || '/' || data::text),1,15))::bit(60)::bigint),0) FROM pg_largeobject;
COMMIT;
SQL
}
rows() { sorted counts "$1"; }
counts() { # DATABASE: table and rows, without reading the values
    sql "$1" << 'SQL'
SELECT format('SELECT %L, count(*) FROM ONLY %I.%I', n.nspname || '.' || c.relname, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \gexec
SQL
}
shape() { echo "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = :'d'" | sql postgres -v d="$1"; }
extensions() { echo "SELECT extname FROM pg_extension ORDER BY 1" | sql "$1"; }
accounts() { # DATABASE: statements that make the roles it needs, with their password verifiers
    sql "$1" << 'SQL'
WITH RECURSIVE needed(oid) AS (
 SELECT refobjid FROM pg_shdepend, pg_database b WHERE b.datname = current_database() AND refclassid = 'pg_authid'::regclass
  AND (dbid = b.oid OR (classid = 'pg_database'::regclass AND objid = b.oid))
 UNION SELECT datdba FROM pg_database WHERE datname = current_database()
 UNION SELECT m.member FROM pg_auth_members m JOIN needed n ON m.roleid = n.oid),
roles AS (SELECT a.* FROM pg_authid a JOIN needed USING (oid) WHERE a.rolname !~ '^pg_' AND a.rolname <> 'postgres')
SELECT format('DO $y$ BEGIN CREATE ROLE %I; EXCEPTION WHEN duplicate_object THEN NULL; END $y$;', rolname) FROM roles
UNION ALL SELECT format('ALTER ROLE %I %s %s CONNECTION LIMIT %s PASSWORD %s;', rolname,
 CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
 rolconnlimit, coalesce(quote_literal(rolpassword), 'NULL')) FROM roles
UNION ALL SELECT format('GRANT %I TO %I;', g.rolname, r.rolname) FROM pg_auth_members m
 JOIN roles g ON g.oid = m.roleid JOIN roles r ON r.oid = m.member;
SQL
}
settings() { # DATABASE AS: statements that give database AS the settings and grants of DATABASE, which no dump carries
    sql "$1" -v as="$2" << 'SQL'
SELECT CASE WHEN s.setrole = 0 THEN format('ALTER DATABASE %I', :'as') ELSE format('ALTER ROLE %I IN DATABASE %I', r.rolname, :'as') END
 || format(' SET %I TO ', split_part(c, '=', 1)) || CASE WHEN split_part(c, '=', 1) = 'search_path'
 THEN substr(c, strpos(c, '=') + 1) ELSE quote_literal(substr(c, strpos(c, '=') + 1)) END || ';'
FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) c
WHERE d.datname = current_database() AND c !~ '^default_transaction_read_only=';
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC;', :'as') FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL
UNION ALL SELECT format('GRANT %s ON DATABASE %I TO %s;', a.privilege_type, :'as', coalesce(quote_ident(r.rolname), 'PUBLIC'))
FROM pg_database d, aclexplode(d.datacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE d.datname = current_database();
SQL
}
read_only() { # DATABASE: on, off or unset, as the database itself has it
    echo "SELECT coalesce((SELECT substr(c, strpos(c, '=') + 1) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase,
 unnest(s.setconfig) c WHERE d.datname = :'d' AND s.setrole = 0 AND c ~ '^default_transaction_read_only='), 'unset')" | sql postgres -v d="$1"
}
set_read_only() { # DATABASE on|off|unset
    [ "$(read_only "$1")" != "$2" ] || return 0
    changed "database $1: default_transaction_read_only $2"
    [ -z "$check" ] || return 0
    case $2 in
        unset) echo 'ALTER DATABASE :"d" RESET default_transaction_read_only' ;;
        *) echo "ALTER DATABASE :\"d\" SET default_transaction_read_only = $2" ;;
    esac | sql postgres -v d="$1"
    disconnect "$1"
}
disconnect() { # sessions keep the setting they began with, so they end here
    echo "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :'d' AND pid <> pg_backend_pid()" |
        sql postgres -v d="$1" > /dev/null
}
note() { echo 'COMMENT ON DATABASE :"d" IS '":'n'" | sql postgres -v d="$1" -v n="$2"; }
noted() { echo "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :'d'" | sql postgres -v d="$1"; }
drop_database() {
    has_database "$1" || return 0
    changed "drop database $1"
    [ "$check" ] || echo 'DROP DATABASE :"d" WITH (FORCE)' | sql postgres -v d="$1"
}

# --- files ---------------------------------------------------------------------------------------------------------
tab=$(printf '\t')
each_path() { # SPECIFICATION COMMAND: calls COMMAND PATH OWNER EXCLUDE... for each line
    local specification command line
    specification=$1 command=$2
    while IFS= read -r line; do
        [ "$line" ] || continue
        (set -f; IFS=$tab; set -- $line; owner=$2; [ "$owner" != - ] || owner=; path=$1; shift 2; unset IFS; "$command" "$path" "$owner" "$@" < /dev/null) || return
    done < "$specification"
}
entries() { # PATH OWNER EXCLUDE...: kind, mode, owner and target of each entry; sha256 of each file
    local path owner pattern
    path=$1 owner=$2; shift 2
    for pattern; do
        shift
        set -- "$@" -o -path "$path/$pattern" -o -path "$path/$pattern/*"
    done
    [ -e "$path" ] || [ -L "$path" ] || die "missing: $path"
    find "$path" \( -false "$@" \) -prune -o ! -type s -printf "entry $([ "$owner" ] && echo '%y %m' || echo '%y %m %u:%g') %p %l\n"
    find "$path" \( -false "$@" \) -prune -o -type f -print0 | xargs -0 -r sha256sum
}
manifest() { { each_path "$1" entries && echo 'entry list complete'; } | LC_ALL=C sort; }

# --- the old host: a door for one key, read only, for the paths and the database of one run ------------------------------
door() { # RUN: what sshd runs for the temporary key; "$2" is the request, handed on through sudo
    directory=$(run_directory "$1"); request=${2:-${SSH_ORIGINAL_COMMAND:-}}
    [ "$(id -u)" = 0 ] || exec sudo -n "$directory/host.sh" door "$1" "$request"
    set -f
    set -- $request
    name=$(cat "$directory/database")
    case $* in
        'rsync --server --sender '*) shift; readable "$directory/files" "$@"; exec rsync "$@" ;;
        frozen) [ -e "$directory/before" ] && { [ -z "$name" ] || [ "$(read_only "$name")" = on ]; } || die "the old host is not frozen" ;;
        manifest) manifest "$directory/files" ;;
        'database '*) [ "$name" ] || die "this run has no database"
            case ${2:-} in
                dump) postgres pg_dump --format=custom --dbname="$name" ;;
                fingerprint | shape | accounts | extensions) "$2" "$name" ;;
                settings) settings "$name" "${3:?}" ;;
                *) die "refused: $*" ;;
            esac ;;
        *) die "refused: $*" ;;
    esac
}
readable() { # SPECIFICATION RSYNC-ARGUMENT...: dies unless rsync would only read, and only a path of this run
    specification=$1; shift
    while [ "${1:-}" != . ]; do
        case ${1:-} in
            --server | --sender | --no-implied-dirs | --numeric-ids | --log-format=%i | --delete* ) ;;
            --* | '' | [!-]*) die "refused: rsync ${1:-}" ;;
            # s would take more paths from standard input, L and k would follow links out of the path
            *) case ${1%%e.*} in *[sLkK]*) die "refused: rsync $1" ;; esac ;;
        esac
        shift
    done
    [ $# = 2 ] && cut -f 1 "$specification" | grep -qxF -e "$2" || die "refused: $*"
}
authorized() { # USER: the file sshd reads
    entry=$(getent passwd "$1") || die "no such account: $1"
    echo "$(echo "$entry" | cut -d: -f6)/.ssh/authorized_keys"
}
open_door() { # RUN USER KEY FILES64 DATABASE
    directory=$(run_directory "$1"); keys=$(authorized "$2")
    line="command=\"$directory/host.sh door $1\",restrict $3 yunwang-$1"
    papers=$(echo "$4" | base64 -d)
    [ -f "$keys" ] && grep -qxF -e "$line" "$keys" && [ "$(cat "$directory/files" 2>&1)" = "$papers" ] &&
        [ "$(cat "$directory/database")" = "$5" ] && cmp -s "$0" "$directory/host.sh" && return
    changed "open the door of run $1 for $2"
    [ -z "$check" ] || return 0
    mkdir -p "$directory"
    cp "$0" "$directory/host.sh" && chmod 0755 "$directory/host.sh"
    echo "$papers" > "$directory/files"; echo "$5" > "$directory/database"
    close_door "$1" "$2" > /dev/null
    [ -d "${keys%/*}" ] || install -d -m 0700 -o "$2" -g "$(id -g "$2")" "${keys%/*}"
    [ -f "$keys" ] || install -m 0600 -o "$2" -g "$(id -g "$2")" /dev/null "$keys"
    echo "$line" >> "$keys"
}
close_door() { # RUN USER
    run_directory "$1" > /dev/null; keys=$(authorized "$2")
    [ -f "$keys" ] && grep -q " yunwang-$1\$" "$keys" || return 0
    changed "close the door of run $1"
    [ "$check" ] || sed -i "/ yunwang-$1\$/d" "$keys"
}
host_keys() { cat /etc/ssh/ssh_host_*_key.pub | cut -d' ' -f 1,2; }

# --- freeze and its way back ----------------------------------------------------------------------------------------------
claim() { # RUN: this host belongs to one run from freeze to unfreeze or rollback
    [ -e "$home/claim" ] || [ "$check" ] || { mkdir -p "$home"; (set -C; echo "$1" > "$home/claim") 2> /dev/null || true; }
    unclaimed "$1"
}
unclaimed() { # RUN: dies if another run holds this host; what that run froze is not ours to wake
    local holder
    holder=$(cat "$home/claim" 2> /dev/null || echo "$1")
    [ "$holder" = "$1" ] || die "this host is held by run $holder; roll it back or let it finish first"
}
release() { [ "$(cat "$home/claim" 2> /dev/null)" != "$1" ] || [ "$check" ] || rm "$home/claim"; }
freeze() { # RUN DATABASE SERVICE...: the state found is written down before anything is touched, and only once
    local run name directory
    run=$1 name=$2; directory=$(run_directory "$1"); shift 2
    alone; claim "$run"
    if [ ! -e "$directory/before" ] && [ -z "$check" ]; then
        mkdir -p "$directory"
        { services state "$@"; [ -z "$name" ] || echo "database $(read_only "$name")"; } > "$directory/before.new"
        mv "$directory/before.new" "$directory/before"
    fi
    services stop "$@"
    [ -z "$name" ] || set_read_only "$name" on
}
thaw() { # RUN DATABASE SERVICE...: back to what freeze found; without its record, the named services run and writes are open
    local run name directory record service
    run=$1 name=$2; directory=$(run_directory "$1"); shift 2
    alone; unclaimed "$run"
    record=$directory/before; [ -e "$record" ] || record=$directory/before.restored
    if [ -e "$record" ]; then
        [ -z "$name" ] || set_read_only "$name" "$(sed -n 's/^database //p' "$record")"
        for service in $(sed -n 's/ active .*//p' "$record"); do services start "$service"; done
        for service in $(sed -n 's/ [a-z]* enabled$//p' "$record"); do services enable "$service"; done
        [ "$check" ] || [ ! -e "$directory/before" ] || mv "$directory/before" "$directory/before.restored"
    else
        [ -z "$name" ] || ! has_database "$name" || [ "$(read_only "$name")" != on ] || set_read_only "$name" unset
        services start "$@"
    fi
    release "$run"
}

retire() { # RUN USER SERVICE...: the old system stays where it is, read only, and does not start by itself
    local run user
    run=$1 user=$2; shift 2
    alone
    services disable "$@"
    close_door "$run" "$user"
    release "$run"
}

# --- what precheck asks; nothing here changes anything ------------------------------------------------------------------
survey() { # ASKED FILES64 DATABASE SERVICE...: what the old host has; lines of tab separated words
    facts "$1"; papers=$2 name=$3; shift 3
    echo "$papers" | base64 -d | grep . | while IFS=$tab read -r path _; do
        if [ -e "$path" ]; then printf 'path\t%s\t%s\n' "$path" "$(du -sb "$path" | cut -f 1)"; else printf 'missing\t%s\n' "$path"; fi
    done
    services state "$@" | while read -r service running boot; do printf 'service\t%s\t%s\t%s\n' "$service" "$running" "$boot"; done
    for tool in rsync flock sha256sum runuser; do command -v $tool > /dev/null || printf 'tool\t%s\n' $tool; done
    [ "$name" ] || return 0
    command -v pg_dump > /dev/null || printf 'tool\tpg_dump\n'
    has_database "$name" || { printf 'missing\tdatabase %s\n' "$name"; return 0; }
    printf 'size\t%s\n' "$(echo 'SELECT pg_database_size(current_database())' | sql "$name")"
    printf 'postgresql\t%s\n' "$(($(echo 'SHOW server_version_num' | sql "$name") / 10000))"
    printf 'shape\t%s\n' "$(shape "$name")"
    rows "$name" | sed "s/^/rows$tab/"
}
facts() { printf 'clock\t%s\nsystem\t%s\n' "$(($(date +%s) - $1))" "$(. /etc/os-release && echo "$PRETTY_NAME")"; }
prospect() { # ASKED BYTES PACKAGE...: whether the new host can take it
    facts "$1"; bytes=$2; shift 2
    printf 'room\t%s\t%s\n' "$(room "$home")" "$bytes"
    scratch=$(mktemp -d) && trap 'rm -rf "$scratch"' EXIT
    mkdir -p "$scratch/lists/partial"
    apt="-o Dir::State::Lists=$scratch/lists -o Dir::Cache=$scratch"
    apt-get $apt -qq update 2>&1 || printf 'repository\tunreachable\n'
    for package; do apt-cache $apt show "$package" > /dev/null 2>&1 || printf 'package\t%s\n' "$package"; done
    locale -a | sed "s/^/locale$tab/"
    printf 'postgresql\t%s\n' "$(server_version || apt-cache $apt policy postgresql | sed -n 's/^  Candidate: \([0-9]*\).*/\1/p')"
}
room() { # PATH: bytes free where it is or would be
    path=$1; while [ ! -e "$path" ]; do path=${path%/*}; path=${path:-/}; done
    df -PB1 "$path" | awk 'NR == 2 { print $4 }'
}
server_version() {
    found=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -name '[0-9]*' -printf '%f\n' 2> /dev/null | sort -n | tail -1)
    [ "$found" ] && echo "$found"
}
packages() { # NAME...: which are not installed; no list of a repository is needed to know
    for package; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || changed "install $package"
    done
}
owners() { # FILES64 USER...: groups and accounts that own the files or are named, as getent has them; accounts with their group
    papers=$1; shift
    {
        for user; do id -nG "$user" | tr ' ' '\n' | sed "s/^/$user /"; done
        echo "$papers" | base64 -d | grep . | cut -f 1 | while read -r path; do find "$path" -printf '%u %g\n'; done
    } | sort -u | while read -r user group; do
        getent group "$group" | sed 's/^/group:/' || true
        entry=$(getent passwd "$user") || continue
        primary=$(getent group "$(echo "$entry" | cut -d: -f 4)") || continue
        echo "group:$primary"; echo "user:$entry:${primary%%:*}"
    done | sort -u
}

case ${0##*/} in host.sh)
    verb=${1:-}; [ $# = 0 ] || shift
    case $verb in
        services | fingerprint | rows | extensions | manifest | door | open_door | close_door | host_keys | claim | release) "$verb" "$@" ;;
        freeze | thaw | retire | survey | prospect | packages | owners | set_read_only | drop_database) "$verb" "$@" ;;
        *) die "usage: host.sh [--check] VERB ARGUMENT..." ;;
    esac ;;
esac
