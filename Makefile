# Everything runs in .venv, which `make setup` makes and every other target makes on demand.
#
#   make run CAMERAS="gate=rtsp://10.0.0.9/stream lobby=clip.mp4" ARGS="--workers 2"

BIN := .venv/bin
STAMP := .venv/.installed

# The lock file is for 3.11 and later; the oldest that is there has the most wheels.
PYTHON ?= $(firstword $(foreach python,python3.11 python3.12 python3.13 python3,\
	$(shell $(python) -c 'import sys; sys.version_info >= (3, 11) and print("$(python)")' 2>/dev/null)))

.DEFAULT_GOAL := help
.PHONY: help setup run watch test lint types imports unit drills bench lock release clean

help:  ## What there is
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  make %-8s %s\n' "$$name" "$$text"; done

setup: $(STAMP)  ## Make .venv with exactly the locked versions

$(STAMP): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "maskwatch needs Python 3.11 or later: install it, or name it with PYTHON=" >&2; exit 1; }
	@if command -v uv >/dev/null; then $(MAKE) --no-print-directory .with-uv; \
	else $(MAKE) --no-print-directory .with-pip; fi
	@touch $@

.PHONY: .with-uv .with-pip
.with-uv:
	@test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) .venv
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .

.with-pip:
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv || { echo "python's venv module is incomplete (Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .

run: $(STAMP)  ## Watch CAMERAS="id=source ..." (two demo feeds without), options in ARGS="..."
	@$(BIN)/maskwatch up $(foreach camera,$(CAMERAS),--camera '$(camera)') $(ARGS)

watch: $(STAMP)  ## Prometheus, Alertmanager and Grafana of this machine beside it; options in ARGS="..."
	@$(BIN)/maskwatch watch $(ARGS)

test: lint types imports unit  ## Everything that must hold: style, types, import rules, tests

lint: $(STAMP)  ## Style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP)  ## Types
	$(BIN)/mypy

imports: $(STAMP)  ## Which package may import which
	$(BIN)/lint-imports

# Many tests wait for processes that they started: half as many again as there are cores keep these busy.
TESTERS ?= $(shell cores=$$(nproc 2>/dev/null || sysctl -n hw.ncpu); echo $$((cores + (cores + 1) / 2)))

unit: $(STAMP)  ## Tests alone, in TESTERS processes; ARGS="..." goes to pytest
	$(BIN)/pytest --numprocesses $(TESTERS) --dist loadfile --no-loadscope-reorder -m "not long" $(ARGS)

# One for each core at once, since most of the time they wait. DRILLERS=1 for seconds that nothing else has a part in.
DRILLERS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)

drills: $(STAMP)  ## What the system survives and what its alerts tell, and how long it takes; most are tests too
	$(BIN)/pytest --numprocesses $(DRILLERS) --dist loadfile --no-loadscope-reorder tests/drills $(ARGS)
	$(BIN)/pytest --numprocesses $(DRILLERS) --dist loadfile --no-loadscope-reorder -m long --ignore tests/drills $(ARGS)

bench: $(STAMP)  ## What each stage costs here; ARGS="..." goes to maskwatch bench
	$(BIN)/maskwatch bench $(ARGS)

lock:  ## Choose the newest versions that pyproject.toml admits (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --constraint constraints.txt --extra dev pyproject.toml --output-file requirements.txt
	@# What each image installs: a part of it, in the same versions.
	for wanted in deploy/images/requirements/*.in; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --constraint requirements.txt $$wanted --output-file $${wanted%.in}.txt || exit 1; done

release: $(STAMP)  ## Packages, SBOMs and checksums of what is committed, in dist/; AUDIT=required, AUDIT=none
	@$(BIN)/python -m deploy.release $(if $(AUDIT),--audit $(AUDIT))

clean:  ## Remove .venv and every cache
	rm -rf .venv build dist .*_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
