# The README's two commands are `make bench` and `make test`; each sets up what it needs.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: bench test test-slow lint docs bless clean

bench: $(VENV)/.runs
	$(BIN)/run_bench

test: lint
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope

test-slow: $(VENV)/.tests
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,cluster]'
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A site of its own environment: what draws it takes 170 MB, and the tests need none of it.
docs:
	$(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt 'mkdocs-material>=9.5' 'mkdocstrings[python]>=0.26' 'ruff>=0.6'
	$(VENV)-docs/bin/mkdocs build --strict

bless: $(VENV)/.runs
	@test -n "$(REASON)" || { echo 'make bless REASON="why these results are right"' >&2; exit 2; }
	$(BIN)/run_bench run --trackers all --dataset demo --quiet
	$(BIN)/run_bench bless --baseline results/baselines/demo.json --reason "$(REASON)"

# Two levels of set-up: what runs, and what tests. Either is made anew when the dependencies change.
$(VENV)/.runs: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.tests: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@ $(VENV)/.runs

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) $(VENV)-docs site .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build dist
