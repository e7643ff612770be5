# Two commands do everything on a machine that has Python 3.11 or newer and make:
#   make run    set up, build the graph of Dortmund, check it, answer a question, profile, publish
#   make test   set up what the tests need and run them all
# For those who publish the package: make dist (wheel and sdist), make sbom, make docs, make lock, make lowest.

PYTHON ?= python3
VENV ?= .venv
KG = $(VENV)/bin/kg
INSTITUTION ?= sozialforschungsstelle
# The time that goes into the archives: the day of the last change, so that everybody builds the same bytes.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 315532800)

.PHONY: run serve test system check wheel dist sbom docs lock lowest bench clean help
.DEFAULT_GOAL := help

help:
	@sed -n '2,5p' Makefile

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[plot,web]'
	@touch $@

# Tests run with the exact versions of the lock file; users get the ranges of pyproject.toml.
$(VENV)/.dev: pyproject.toml .ci/requirements.lock .ci/install | $(VENV)/bin/python
	.ci/install $(VENV)/bin/python
	@touch $@ $(VENV)/.run

run: $(VENV)/.run
	@$(KG) build
	@echo
	@$(KG) validate
	@echo
	@$(KG) analyse --format csv
	@$(KG) profile $(INSTITUTION) --format html --output build/report/$(INSTITUTION).html
	@echo
	@$(KG) publish
	@echo
	@$(KG) ask role-across-projects --institution $(INSTITUTION)
	@echo
	@echo "Graph: build/current   Report: build/report   Exports: build/publish   Profile: build/report/$(INSTITUTION).html"

test: $(VENV)/.dev system
	$(VENV)/bin/python -m pytest -n 2

# Programs that some tests need: Debian's Chromium, Virtuoso and Java. Without them those tests are skipped, and say so.
system:
	@.ci/install-system

serve: $(VENV)/.run
	@test -e build/current || $(KG) build
	$(KG) serve

check: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

wheel: $(VENV)/.dev
	$(VENV)/bin/python -m pytest tests/house/test_wheel.py

# Wheel and sdist in dist/, the same bytes from the same sources, as the index will show them.
dist: $(VENV)/.dev
	rm -rf dist
	SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) $(VENV)/bin/python -m build --no-isolation --outdir dist .
	$(VENV)/bin/python -m twine check --strict dist/*

# What the container image holds, Python and JavaScript, with licences and checksums (CycloneDX 1.6).
sbom: $(VENV)/.dev
	@mkdir -p dist
	$(VENV)/bin/python .ci/sbom.py dist/innovation-kg.cdx.json

# Newest versions that pyproject.toml allows, with checksums, for every platform: for the tests, and for the container image the part it needs.
$(VENV)/tools/bin/uv: | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/tools
	$(VENV)/tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.8'

COMPILE = $(VENV)/tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
lock: $(VENV)/tools/bin/uv
	$(COMPILE) --upgrade pyproject.toml --extra dev --output-file .ci/requirements.lock
	$(COMPILE) pyproject.toml --extra web --extra metrics --constraint .ci/requirements.lock --output-file deploy/requirements.lock

# The lowest versions that pyproject.toml allows carry the core: build, validate, ask, publish, release, figures, workbooks, portal.
# Some minutes, in an environment of its own; not part of .ci/run.
CORE = tests/house/test_pins.py tests/house/test_extras.py tests/queries/test_questions.py tests/sheet/test_round_trip.py
lowest: $(VENV)/tools/bin/uv
	rm -rf $(VENV)/lowest
	$(PYTHON) -m venv $(VENV)/lowest
	$(VENV)/tools/bin/uv pip install --quiet --python $(VENV)/lowest/bin/python --resolution lowest-direct -e '.[all]'
	$(VENV)/tools/bin/uv pip install --quiet --python $(VENV)/lowest/bin/python httpx hypothesis packaging pytest
	$(VENV)/lowest/bin/python -m pytest -q -o addopts="--import-mode=importlib --strict-markers" $(CORE)

# The documentation as pages that need no server, in build/docs.
docs: $(VENV)/.dev
	$(VENV)/bin/python -m mkdocs build --strict --quiet

bench: $(VENV)/.dev
	$(VENV)/bin/python -m benchmarks.dortmund

clean:
	rm -rf build dist $(VENV)
