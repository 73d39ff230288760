# Frontline: two commands are enough, `make demo` and `make test`.
PYTHON ?= python3
PORT ?= 8765
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.install-stamp

.PHONY: demo test test-slow lint bench truths eval check clean install
.DEFAULT_GOAL := help

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Frontline needs Python 3.11 or 3.12: install it, or say PYTHON=/path/to/python3."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV) (once; about 2 GB on disk) ..."
	@# Most of these modules are never imported: Python compiles those that are, when they are.
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on --no-compile -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --editable .
	@touch $(STAMP)

install: $(STAMP)  ## create the virtual environment

demo: install  ## load the demo company and open the local Slack on http://127.0.0.1:8765 (PORT= to change)
	@$(BIN)/frontline demo --port $(PORT)

test: install lint  ## everything a change must pass
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

test-slow: install  ## the heavy variants: hundreds of kills, ten seeds, big files
	@$(BIN)/python -m pytest -m "slow or not slow" --timeout 1800

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --num-workers $(JOBS)
	@$(BIN)/lint-imports 

bench: install  ## speed: ratios against a peer in the same run, and what people wait for in seconds
	@$(BIN)/python -m benchmarks

truths: install  ## ten companies of other seeds: is what is planted found, is the rest silent (most of an hour)
	@$(BIN)/python -m benchmarks.planted_truths --seeds $(or $(SEEDS),1-10)

eval: install  ## score the question parser: make eval FILES="path/to/*.jsonl"
	@$(BIN)/python -m frontline.metrics.evaluation $(FILES)

check: install  ## validate the configuration and the catalog
	@$(BIN)/frontline check

clean:  ## remove the caches of the tools
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
