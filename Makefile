# One word for everything. `make` alone lists the words.
# Every recipe quotes its paths: the checkout may lie in a folder with spaces in its name.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help demo test check fix bench reference faults sizes docs clean

help:  ## list these words
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

$(VENV)/run.done: requirements/run.txt pyproject.toml
	"$(PYTHON)" -m venv "$(VENV)"
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch "$@"

$(VENV)/test.done: requirements/test.txt $(VENV)/run.done
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch "$@"

demo: $(VENV)/run.done  ## set up and run the bundled study, from records to report
	"$(BIN)/python" -m autallo demo --out demo

test: $(VENV)/test.done  ## set up and run every test
	"$(BIN)/python" -m pytest -n 2

check: $(VENV)/test.done  ## read only: format, lint, types, import floors, lock
	"$(BIN)/ruff" format --check .
	"$(BIN)/ruff" check .
	"$(BIN)/python" -m mypy
	"$(BIN)/lint-imports"
	"$(BIN)/python" -m pip check --quiet
	@! grep -nE '(https?|file)://|index-url|find-links' requirements/*.txt

fix: $(VENV)/test.done  ## write: format and mend what can be mended by itself
	"$(BIN)/ruff" format .
	"$(BIN)/ruff" check --fix .

bench: $(VENV)/run.done  ## measure commands, curves and tests against other libraries and write bench/README.md
	"$(BIN)/python" bench/measure.py

reference: $(VENV)/test.done  ## run the R scripts again and compare (needs R with survival, cmprsk, coin, exactRankTests)
	"$(BIN)/python" tests/reference/r/compare.py

faults: $(VENV)/test.done  ## plant known mistakes one at a time and see that the tests find each
	"$(BIN)/python" tests/faults/plant.py

sizes: $(VENV)/run.done  ## measure the type I error of the tests, on which their choice rests, and the coverage of the intervals
	"$(BIN)/python" sizes/measure.py
	"$(BIN)/python" sizes/measure_coverage.py
	"$(BIN)/python" sizes/page.py
	"$(BIN)/python" sizes/coverage_page.py

docs: $(VENV)/test.done  ## run the witnesses of the numbers and write the generated pages of docs/reference
	"$(BIN)/python" -m pytest -q -p witnesses.record --witnesses docs/reference/validation.json \
		tests/byhand tests/reference tests/twins tests/laws tests/published
	"$(BIN)/python" docs/generate.py

clean:  ## remove what the other words made
	rm -rf "$(VENV)" demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
