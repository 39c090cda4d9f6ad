# Two commands are all that a newcomer needs: `make demo` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SAMPLES := tests/data/digests

.DEFAULT_GOAL := help
.PHONY: help demo test lint types exports check-exports bench docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The base install, for users: what `pip install digest-kg` gives.
$(VENV)/base: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "kg needs Python 3.11 to 3.13: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

# What developers need beside it.
$(VENV)/dev: $(VENV)/base
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

demo: $(VENV)/base ## build the graph of the sample digests, ask it, look at it, export it
	@BIN=$(BIN) SAMPLES=$(SAMPLES) sh docs/demo.sh

test: $(VENV)/dev ## run the test suite
	$(BIN)/python -m pytest -n auto --dist loadgroup

lint: $(VENV)/dev ## ruff, formatter included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev ## mypy --strict
	$(BIN)/mypy

exports: $(VENV)/base ## make the golden exports of the sample digests again
	$(BIN)/python exports/regenerate.py

check-exports: exports ## fail if the golden exports are not what the code makes today
	git diff --exit-code -- exports

# DIGESTS=FOLDER takes real digests instead of made ones; BENCH=full takes hours on a large archive (docs/scale.md).
bench: $(VENV)/base ## time kg and a peer on made digests, in five minutes (BENCH=full: all, DIGESTS=FOLDER: yours)
	$(BIN)/python benchmarks/scale.py $(if $(filter full,$(BENCH)),--full) --json scale.json $(DIGESTS)
	$(BIN)/python benchmarks/costmodel.py scale.json

docs: $(VENV)/dev ## make the generated parts of README and docs again
	$(BIN)/python docs/regenerate.py

clean: ## remove everything that git does not track
	git clean -fdXq
