# `make demo` and `make test` are all a newcomer needs: each makes its own environment first.

# The first Python that runs and is new enough; a name alone may be a shim of one that is not installed.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Two workers suit two cores; each starts its own PostgreSQL and Redis-compatible server.
JOBS ?= 2
ARGS ?=

.PHONY: demo test faults oracle check bench lock translations format clean

demo: $(READY)
	$(BIN)/helpline demo $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest -n $(JOBS) -m "not faults and not load and not oracle" $(ARGS)

faults: $(READY)
	$(BIN)/python -m pytest -n 0 -m "faults or load" $(ARGS)

oracle: $(READY)
	$(BIN)/python -m pytest -n 0 -m oracle $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -q -n 0 tests/menus/test_catalogues.py

bench: $(READY)
	$(BIN)/python -m tests.bench $(ARGS)

lock: $(READY)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra local --extra postgres --extra xlsx --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements-dev.txt

translations: $(READY)
	$(BIN)/pybabel extract -F pyproject.toml -k _ --add-comments=NOTE --add-location=file --project returnee-helpline --version 0.1.0 -o locale/messages.pot menus helpline/flow helpline/cases
	$(BIN)/pybabel update -i locale/messages.pot -d locale -l bn --no-fuzzy-matching --ignore-obsolete --width 100
	$(BIN)/pybabel update -i locale/messages.pot -d locale -l bn_Latn --no-fuzzy-matching --ignore-obsolete --width 100

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build var .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): requirements-dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "no venv module: on Debian, apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)
