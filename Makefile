# Two commands do everything on a machine that has Python 3.11 or newer and make:
#   make run    set up, build the graph of Dortmund, check it, answer a question, profile, publish
#   make test   set up what the tests need and run them all

PYTHON ?= python3
VENV ?= .venv
KG = $(VENV)/bin/kg
INSTITUTION ?= sozialforschungsstelle

.PHONY: run serve test browser check wheel bench clean help
.DEFAULT_GOAL := help

help:
	@sed -n '2,4p' Makefile

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[plot,web]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
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

test: $(VENV)/.dev browser
	$(VENV)/bin/python -m pytest -n 2

# The pages are tried in a real browser (Debian's Chromium); without it those tests are skipped, and say so.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium >/dev/null; } || \
	  echo "No Chromium: tests in the browser will be skipped. Install it with: apt-get install chromium"

serve: $(VENV)/.run
	@test -e build/current || $(KG) build
	$(KG) serve

check: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

wheel: $(VENV)/.dev
	$(VENV)/bin/python -m pytest tests/house/test_wheel.py

bench: $(VENV)/.dev
	$(VENV)/bin/python -m benchmarks.dortmund

clean:
	rm -rf build dist $(VENV)
