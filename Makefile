# Two commands: `make demo` and `make test`. The others serve those who change Kiềng.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo
# Where it is set every process, here hundreds, would compile its libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: wheel help demo test test-heavy check lint types arrows tests format lock docs clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1	/' | expand -t 12

demo: $(VENV)/.run  ## set everything up and open the Bình Định example at http://127.0.0.1:8000
	@if [ -d $(DEMO)/.kieng ]; then $(BIN)/kieng -w $(DEMO) serve --demo; else $(BIN)/kieng demo $(DEMO); fi

test: check tests  ## set everything up and pass every check and test

test-heavy: $(VENV)/.dev  ## thousands of broken files and plans, kills, a full disk, generated plans: about two hours
	$(BIN)/python -m pytest -m heavy
	HYPOTHESIS_PROFILE=heavy $(BIN)/python -m pytest tests/generative

check: lint types arrows  ## format, lint, types, direction of imports

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

arrows: $(VENV)/.dev
	$(BIN)/lint-imports --no-cache

tests: $(VENV)/.dev $(VENV)/.browser
	$(BIN)/python -m pytest -n auto --dist worksteal

format: $(VENV)/.dev  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev  ## print the reference pages that are made from specs
	$(BIN)/python tools/spec_pages.py
	$(BIN)/python tools/golden_page.py
	$(BIN)/python tools/alarm_page.py

wheel: $(VENV)/.dev  ## build dist/kieng-….whl from the last commit, the same bytes on any day
	$(BIN)/python tools/wheel.py

lock: $(VENV)/.uv  ## pin every dependency anew, with hashes and without addresses
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade requirements.in requirements-web.in -o requirements-web.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade requirements.in requirements-web.in requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade requirements-uv.in -o requirements-uv.txt

clean:  ## remove the environment and the demo
	rm -rf $(VENV) $(DEMO)

# The environment. Each stamp file says that what it is named for is installed.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Kiềng needs Python 3.11 or newer: apt-get install python3 python3-venv"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing: apt-get install python3-venv"; exit 2; }

$(VENV)/.uv: requirements-uv.txt | $(BIN)/python
	-$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

# A browser for the tests, where Debian's package may be installed; without one, the tests that need it
# say so, and in CI they fail.
$(VENV)/.browser: | $(BIN)/python
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core; } || true
	@touch $@

# uv when it could be had, pip otherwise: the same pinned files either way.
define install
	@if [ -x $(BIN)/uv ]; then \
	  $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $(1); \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1); \
	fi
	@if [ -x $(BIN)/uv ]; then \
	  $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
endef

$(VENV)/.run: requirements-web.txt pyproject.toml $(VENV)/.uv
	$(call install,requirements-web.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml $(VENV)/.uv
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.run
