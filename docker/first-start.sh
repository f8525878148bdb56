#!/bin/sh
# The first start: passwords, database, master key, first administrator, tokens of the two programs, then everything.
# Repeated, it makes nothing a second time. Arguments name the services to start; none means all of them.
# `first-start.sh renew-tokens` gives the two programs new tokens, which they need once a year.
set -eu
umask 077
cd "$(dirname "$0")"
secrets=${YUNWANG_SECRETS:-./secrets}
compose() { docker compose "$@"; }
yunwang() { compose run --rm --no-deps -T api "$@" </dev/null; }
random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }

# The directory is closed to others; the files in it are readable, because each container reads under an id of its own.
keep() {
    cat > "$secrets/$1.new"
    [ -s "$secrets/$1.new" ] || { rm "$secrets/$1.new"; exit 1; }
    chmod 0444 "$secrets/$1.new"
    mv "$secrets/$1.new" "$secrets/$1"
}
issue() {
    token=$(yunwang db issue-token "$1" --role "$2")
    printf %s "$token" | keep "yunwang_$1_token"
}

if [ "${1:-}" = renew-tokens ]; then
    issue collector engineer
    issue prometheus viewer
    compose up --detach --no-deps --force-recreate collector prometheus
    exit
fi

mkdir -p -m 0700 "$secrets"
if [ ! -e "$secrets/postgres_password" ]; then
    password=$(random)
    printf 'postgresql+psycopg://yunwang:%s@db:5432/yunwang' "$password" | keep yunwang_database_url
    printf %s "$(random)" | keep grafana_password
    printf %s "$password" | keep postgres_password
fi

compose up --detach --wait db
compose run --rm -T migrate </dev/null
yunwang db create-master-key
if [ ! -e "$secrets/administrator" ]; then
    password=$(yunwang db create-administrator admin)
    printf %s "$password" | keep administrator
fi
[ -e "$secrets/yunwang_collector_token" ] || issue collector engineer
[ -e "$secrets/yunwang_prometheus_token" ] || issue prometheus viewer

compose up --detach --wait "$@"
echo "云网已启动 / Yunwang runs: http://127.0.0.1:${YUNWANG_PORT:-8000}/   用户 / user: admin"
echo "口令在 $secrets/administrator，登录后请修改并删除该文件 / its password is there: change it, then remove the file"
