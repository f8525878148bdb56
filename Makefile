# Everything a newcomer and CI need; `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export YUNWANG_STATE_DIR ?= var
# Network locations come from the machine's own pip settings; the lock files name none.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help setup run test check fix bench openapi revision lock image packages
.DEFAULT_GOAL := help

help: ## list the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更新 / Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { [ "$$(id -u)" != 0 ] && \
	  { echo "缺少 venv：请以 root 运行 apt-get install python3-venv / python3-venv is missing: as root, apt-get install python3-venv"; exit 2; } || \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; }; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "安装依赖 / installing locked dependencies ..."
	@$(PIP) -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@$(PIP) -r requirements/dev.txt
	@touch $@

setup: $(VENV)/dev.stamp ## virtual environment with all locked dependencies

run: $(VENV)/run.stamp ## start the whole product with the sample province (示例数据)
	@exec $(BIN)/yunwang serve --demo

packages:
	@sh tests/lab/packages.sh

test: $(VENV)/dev.stamp packages ## run every test; live ones need Debian packages (installed when root)
	@$(BIN)/pytest -n 2 --dist loadgroup -q

check: $(VENV)/dev.stamp ## lint, types, import arrow, Ansible, schema and OpenAPI drift
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/contracts/check.sh

fix: $(VENV)/dev.stamp ## repair what the linter can repair
	@$(BIN)/ruff check --fix .

bench: $(VENV)/dev.stamp ## measure against named peers; prints ratios
	@set -e; for each in tests/benchmarks/*.py; do echo "== $$each"; PYTHONPATH=. $(BIN)/python $$each; done

openapi: $(VENV)/run.stamp ## write the OpenAPI snapshot after an intended change
	@$(BIN)/python -m service.openapi > docs/reference/openapi.json

revision: $(VENV)/run.stamp ## make a schema migration from the models: make revision m="what changed"
	@$(BIN)/alembic revision --autogenerate -m "$(m)"

lock: ## resolve the lock files anew (needs uv)
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q pyproject.toml --group build -o requirements/run.txt
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q pyproject.toml --group build --group dev -c requirements/run.txt -o requirements/dev.txt

image: ## build the container image (Docker or podman)
	@sh docker/build.sh

