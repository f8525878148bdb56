#!/bin/sh
# `make check`: each line is one checker; the first that fails ends it.
set -eu
say() { printf '%s\n' "-- $*"; "$@"; }

say ruff check .
say mypy
say mypy tests
say lint-imports
say yamllint -s .
say ansible-lint --offline playbooks/
if command -v promtool >/dev/null; then
    say promtool check rules docker/prometheus/rules/*.yml
    say promtool test rules docker/prometheus/tests/*.yml
else
    echo "-- promtool is missing (apt-get install prometheus): rules are not checked"
    [ -z "${CI:-}" ] || exit 1
fi
say python tests/contracts/check_schema.py
python -m service.openapi | diff -u docs/reference/openapi.json - || {
    echo "the OpenAPI document changed: if that is intended, run 'make openapi' and commit it"
    exit 1
}
