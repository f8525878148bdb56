#!/bin/sh
# target.sh VERB RUN ...   what only the new host of a run does: pull from the old one, in jobs that outlive the controller.
# The run's directory also holds ssh_config (host "source"), the temporary key and what the steps have found.
set -eu
here=$(dirname "$0")
. "$here/host.sh"

# --- jobs: a second start finds the first still running and joins it ---------------------------------------------------
job_directory() { run_directory "$1" > /dev/null; echo "$home/jobs/$1-$2"; }
running() { [ -e "$1/lock" ] && ! flock -n "$1/lock" true; }
job_start() { # RUN NAME VERB ARGUMENT...
    local directory run job verb
    directory=$(job_directory "$1" "$2"); run=$1; job=$2; verb=$3; shift 3
    mkdir -p "$directory"
    alone
    ! running "$directory" || { echo "joined $run-$job, pid $(cat "$directory/pid")"; return; }
    rm -f "$directory/rc"; : > "$directory/log"
    # The job holds the lock as long as it lives; the pid is for people, the lock is the truth.
    setsid sh -c 'exec 8> "$1/lock"; flock -w 10 8 || exit 0; echo $$ > "$1/pid"; directory=$1; shift
        rc=0; "$@" || rc=$?; echo $rc > "$directory/rc.new"; mv "$directory/rc.new" "$directory/rc"' \
        job "$directory" "$0" "$verb" "$run" "$@" > "$directory/log" 2>&1 < /dev/null 9>&- &
    for _ in $(seq 100); do running "$directory" || [ -e "$directory/rc" ] && break; sleep 0.1; done
    echo "started $run-$job"
}
job_wait() { # RUN NAME SECONDS: returns early when it ends; prints "running PROGRESS" or "ended RC" and the log's end
    directory=$(job_directory "$1" "$2"); left=$(($3 * 5))
    while running "$directory" && [ $left -gt 0 ]; do sleep 0.2; left=$((left - 1)); done
    if running "$directory"; then echo "running $(tail -c 300 "$directory/log" | tr '\r' '\n' | tail -n 1)"; return; fi
    echo "ended $(cat "$directory/rc" 2> /dev/null || echo 'without a result: it was killed')"
    tr '\r' '\n' < "$directory/log" | tail -n 40
}
job_stop() { # RUN: end every job of a run, with everything it started
    for directory in "$home/jobs/$1-"*; do
        running "$directory" || continue
        changed "stop job ${directory##*/}"
        [ "$check" ] || kill -TERM -- "-$(cat "$directory/pid")"
    done
}

# --- pulling ------------------------------------------------------------------------------------------------------------
ask() { ssh -F "$run_dir/ssh_config" source "$@"; }
pull_path() { # PATH OWNER EXCLUDE...
    local path owner pattern rc
    path=$1 owner=$2; shift 2
    for pattern; do shift; set -- "$@" "--exclude=$path/$(echo "$pattern" | sed 's/\*\**/**/g')"; done
    [ -z "$owner" ] || set -- "$@" "--chown=$owner"
    echo "copying $path"
    rc=0
    rsync -aHAR --no-implied-dirs --info=progress2 --log-file="$run_dir/rsync.log" --log-file-format='%i %n' $pull_options \
        -e "ssh -F $run_dir/ssh_config" "$@" "source:$path" / || rc=$?
    # 24: files vanished while we read a living system; the final pass runs on a frozen one and must not see it.
    [ $rc = 0 ] || { [ $rc = 24 ] && [ "$final" = "" ]; }
}
pull_files() { # RUN [final|dry]
    run_dir=$(run_directory "$1"); final=; pull_options=
    case ${2:-} in final) final=1 pull_options=--delete ;; dry) pull_options=--dry-run ;; esac
    : > "$run_dir/rsync.log"
    each_path "$run_dir/files" pull_path
    echo; echo "files changed: $(grep -cE '\] ([>ch][fdLDS][.+c]|\*deleting)' "$run_dir/rsync.log" || true)"
}
pull_database() { # RUN AS: a consistent copy of the old database under the name AS, replacing what has that name
    run_dir=$(run_directory "$1"); as=$2
    echo "asking for the accounts"
    ask database accounts > "$run_dir/accounts"; { echo 'SET default_transaction_read_only = off;'; cat "$run_dir/accounts"; } | sql postgres
    rm "$run_dir/accounts"
    echo "dumping"
    ask database dump > "$run_dir/dump.part"; mv "$run_dir/dump.part" "$run_dir/dump"
    ask database shape > "$run_dir/shape"; IFS=$tab read -r encoding collate ctype < "$run_dir/shape"
    echo "restoring $(du -h "$run_dir/dump" | cut -f 1) as $as"
    drop_database "$as" > /dev/null
    sql postgres -v d="$as" -v e="$encoding" -v l="$collate" -v c="$ctype" -v o="$(cat "$run_dir/owner")" << 'SQL'
CREATE DATABASE :"d" TEMPLATE template0 OWNER :"o" ENCODING :'e' LC_COLLATE :'l' LC_CTYPE :'c';
SQL
    postgres pg_restore --exit-on-error --dbname="$as" < "$run_dir/dump"
    ask database settings "$as" | sql postgres
    rm "$run_dir/dump"
    echo 'VACUUM (ANALYZE)' | sql "$as"
}
rehearse() { # RUN
    run_dir=$(run_directory "$1"); name=$(cat "$run_dir/database")
    ask database fingerprint > "$run_dir/source.rows"
    if has_database "${name}_rehearsal" && fingerprint "${name}_rehearsal" | cmp -s - "$run_dir/source.rows"; then
        echo "the copy is up to date"
    else
        pull_database "$1" "${name}_rehearsal"
        echo "databases changed: 1"
    fi
    fingerprint "${name}_rehearsal" > "$run_dir/rehearsal.rows"
}
finish() { # RUN: the last copy of a frozen system; the result is swapped in only if it is equal
    run_dir=$(run_directory "$1"); name=$(cat "$run_dir/database")
    ask frozen
    rm -f "$run_dir/verified_at" "$run_dir/first_good_at"
    pull_files "$1" final
    if [ "$name" ]; then
        ask database fingerprint > "$run_dir/source.rows"
        if [ "$(noted "$name")" = "yunwang $1" ] && fingerprint "$name" | cmp -s - "$run_dir/source.rows"; then
            echo "the database is up to date"
        else
            pull_database "$1" "${name}_incoming"
            fingerprint "${name}_incoming" > "$run_dir/target.rows"
            differences rows "$run_dir/source.rows" "$run_dir/target.rows"
            swap "$name" "$1"
            echo "databases changed: 1"
        fi
    fi
    compare "$1" strict
}
swap() { # NAME RUN: from the first moment under its real name the database refuses writes
    set_read_only "${1}_incoming" on > /dev/null
    note "${1}_incoming" "yunwang $2"
    drop_database "${1}_previous" > /dev/null
    disconnect "$1"
    sql postgres -v d="$1" -v i="${1}_incoming" -v p="${1}_previous" << 'SQL'
BEGIN;
ALTER DATABASE :"d" RENAME TO :"p";
ALTER DATABASE :"i" RENAME TO :"d";
COMMIT;
DROP DATABASE :"p" WITH (FORCE);
SQL
    drop_database "${1}_rehearsal" > /dev/null
}
compare() { # RUN strict|present: rows and checksums, then files; "present" lets the new host have more files
    run_dir=$(run_directory "$1"); name=$(cat "$run_dir/database")
    if [ "$name" ]; then
        ask database fingerprint > "$run_dir/source.rows"
        fingerprint "$name" > "$run_dir/target.rows"
        differences rows "$run_dir/source.rows" "$run_dir/target.rows"
    fi
    ask manifest > "$run_dir/source.files"
    manifest "$run_dir/files" > "$run_dir/target.files"
    extra=$(LC_ALL=C comm -13 "$run_dir/source.files" "$run_dir/target.files" | wc -l)
    if [ "$2" = present ]; then
        LC_ALL=C comm -12 "$run_dir/source.files" "$run_dir/target.files" > "$run_dir/common.files"
        mv "$run_dir/common.files" "$run_dir/target.files"
    fi
    differences files "$run_dir/source.files" "$run_dir/target.files"
    echo "extra: $extra"
}
differences() { # WHAT SOURCE TARGET: dies naming what differs
    ! cmp -s "$2" "$3" || return 0
    echo "$1 differ between the old host (<) and the new one (>):"
    diff "$2" "$3" | grep '^[<>]' | head -n 20
    exit 3
}
evidence() { # RUN: rows and files as last compared
    run_dir=$(run_directory "$1")
    [ ! -e "$run_dir/target.rows" ] || sed "s/^/rows$tab/" "$run_dir/target.rows"
    [ ! -e "$run_dir/rehearsal.rows" ] || sed "s/^/rehearsal$tab/" "$run_dir/rehearsal.rows"
    [ ! -e "$run_dir/target.files" ] ||
        printf 'files\t%s\t%s\n' "$(grep -vc '^entry ' "$run_dir/target.files")" "$(sha256sum < "$run_dir/target.files" | cut -c 1-64)"
}

# --- preparing and leaving ------------------------------------------------------------------------------------------------
adopt() { # RUN OWNER: an empty database to be filled; refuses one that holds somebody's data
    run_dir=$(run_directory "$1"); name=$(cat "$run_dir/database")
    if has_database "$name"; then
        case $(noted "$name") in yunwang*) return ;; esac
        [ "$(rows "$name" | wc -l)" = 0 ] || die "database $name on the new host holds tables that no migration brought; drop or rename it first"
    fi
    for wanted in $(ask database extensions); do
        [ "$(echo "SELECT count(*) FROM pg_available_extensions WHERE name = :'e'" | sql postgres -v e="$wanted")" = 1 ] ||
            die "extension $wanted is not available on the new host; add its package to migration.packages"
    done
    ask database accounts > "$run_dir/accounts"
    before=$(roles_digest); sql postgres < "$run_dir/accounts"; rm "$run_dir/accounts"
    [ "$before" = "$(roles_digest)" ] || changed "accounts of the database"
    has_database "$name" || { changed "create database $name"; echo 'CREATE DATABASE :"d" OWNER :"o"' | sql postgres -v d="$name" -v o="$2"; }
    note "$name" "yunwang $1 prepared"
}
roles_digest() { echo "SELECT md5(string_agg(a::text, ',' ORDER BY rolname)) FROM pg_authid a" | sql postgres; }
password() { # RUN OWNER, the password on standard input: sets it unless it already opens the database
    run_dir=$(run_directory "$1"); name=$(cat "$run_dir/database"); IFS= read -r secret
    ! PGPASSWORD=$secret psql -X -q -h 127.0.0.1 -U "$2" -d "$name" -c '' > /dev/null 2>&1 || return 0
    changed "password of $2"
    printf "ALTER ROLE \"%s\" PASSWORD '%s';\n" "$2" "$(echo "$secret" | sed "s/'/''/g")" | sql postgres
}
open_writes() { # RUN: the point of no return is written down before the first write can happen
    run_dir=$(run_directory "$1"); name=$(cat "$run_dir/database")
    alone
    [ -e "$run_dir/verified_at" ] || [ -e "$run_dir/unfrozen_at" ] || die "verify has not passed for run $1"
    mark "$1" unfrozen_at > /dev/null
    [ "$name" ] || return 0
    set_read_only "$name" unset
    [ "$check" ] || note "$name" "in service, moved by run $1"
}
mark() { # RUN NAME: the moment something first happened, by this host's clock
    run_dir=$(run_directory "$1"); mkdir -p "$run_dir"
    [ -e "$run_dir/$2" ] || [ "$check" ] || date +%s.%3N > "$run_dir/$2"
    cat "$run_dir/$2" 2> /dev/null || true
}
forget_key() { # RUN
    run_dir=$(run_directory "$1")
    [ ! -e "$run_dir/key" ] || { changed "remove the temporary key"; [ "$check" ] || rm -f "$run_dir/key" "$run_dir/key.pub"; }
    release "$1"
}
forget() { # RUN: the temporary key, what was being loaded, and the times of an attempt that was taken back
    run_dir=$(run_directory "$1"); name=$(cat "$run_dir/database" 2> /dev/null || true)
    [ -z "$name" ] || { drop_database "${name}_incoming"; drop_database "${name}_rehearsal"; }
    [ "$check" ] || rm -f "$run_dir/frozen_at" "$run_dir/first_good_at" "$run_dir/verified_at"
    forget_key "$1"
}

verb=${1:-}; [ $# = 0 ] || shift
case $verb in
    job_start | job_wait | job_stop | pull_files | rehearse | finish | compare | evidence | adopt | password | mark | open_writes | forget | forget_key) "$verb" "$@" ;;
    *) die "usage: target.sh VERB RUN ..." ;;
esac
