# `make run` and `make test` each do all set-up they need, on a fresh machine with Python 3.11 and package registries.
# uv takes its registry from its own configuration; PyTorch's CPU wheels come from pip's, or from their index.

unexport PYTHONDONTWRITEBYTECODE # set in many images; without its caches Python compiles what it imports, in every process

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu
STAMP := $(VENV)/.installed
WAREHOUSE ?= cio-advice.duckdb

.PHONY: run test lint setup check bench lock clean

run: setup
	$(BIN)/cio-advice ingest tests/data/pages --warehouse $(WAREHOUSE)
	$(BIN)/cio-advice themes --min-hosts 3 --warehouse $(WAREHOUSE)
	$(BIN)/cio-advice search "how do I win money for an IT project" -k 3 --warehouse $(WAREHOUSE)
	@echo 'Ask it yourself: $(BIN)/cio-advice search "your question"   (more: $(BIN)/cio-advice --help)'

test: setup lint
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m warehouse.schema_doc README.md --check

setup: $(STAMP)
	$(BIN)/cio-advice setup

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --retries 0 --extra-index-url $(TORCH_CPU_INDEX) $(TORCH) uv==$$(sed -n 's/^uv==//p' requirements.lock)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $(STAMP)

bench: setup
	$(BIN)/python -m bench

lock: # after a change of dependencies in pyproject.toml: resolve them anew, away from this environment
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --retries 0 --extra-index-url $(TORCH_CPU_INDEX) $(TORCH) uv
	build/lock/bin/uv pip install --quiet --python build/lock/bin/python -r pyproject.toml --group pyproject.toml:dev
	build/lock/bin/uv pip freeze --python build/lock/bin/python | grep -vE '^(torch|pip)==' > requirements.lock

clean:
	rm -rf $(VENV) build $(WAREHOUSE) $(WAREHOUSE).*
