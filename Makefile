# Every task of the project. Needs Rust (with clippy and rustfmt for `lint`), Python >= 3.11 and make; all else is
# installed, in pinned versions, into .venv. Whatever is written lies in git-ignored places.

PYTHON ?= python3
CARGO ?= cargo
# The cargo profile of the wheel: `make test PROFILE=quick` builds faster, and the wheel is a little slower.
PROFILE ?= release
# Processes that pytest uses.
JOBS ?= 2
# How long `make fuzz` runs.
SECONDS ?= 3600
# More arguments for pytest or the benchmarks: `make bench ARGS="--quick"`.
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)/.tools
WHEEL := target/wheels/.built-$(PROFILE)
INSTALLED := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Folders are listed too: their time changes when a file appears or goes.
SOURCES := Cargo.toml Cargo.lock pyproject.toml README.md LICENSE LICENSE-MIT LICENSE-APACHE \
	$(shell find rust python -name __pycache__ -prune -o -print)

export PYO3_PYTHON := $(abspath $(BIN)/python)

.DEFAULT_GOAL := help
.PHONY: help demo docs test test-rust test-python fuzz stubs lint format bench wheel sdist clean
.DELETE_ON_ERROR:

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## build, install and show what it does; OUT=DIR is where the picture goes
	$(BIN)/python -P -m wengert demo --out "$${OUT:-$$(mktemp -d)}"

test: test-rust test-python ## all tests

test-rust: ## the tests of the pure Rust crates
	$(CARGO) test --locked -p wengert-kernels -p wengert

test-python: $(INSTALLED) ## the tests of the installed wheel, and its stubs
	$(BIN)/python -P -m pytest -n $(JOBS) $(ARGS)
	@# Without a stub stubtest finds nothing to complain about.
	@ls $(VENV)/lib/python*/site-packages/wengert/_core.pyi > /dev/null
	$(BIN)/python -P -m mypy.stubtest wengert._core

docs: $(INSTALLED) ## the book, into target/docs; a link that leads nowhere is an error
	$(BIN)/python -P tools/reference.py docs/reference
	$(BIN)/python -P -m sphinx -W --keep-going -q -c docs -d target/docs-state . target/docs
	@echo "target/docs/index.html"

fuzz: $(INSTALLED) ## hostile calls of everything public, for an hour; SECONDS=60 for a minute
	PYTHONPATH=tests $(BIN)/python -P -m fuzz.drive $(SECONDS)

stubs: $(INSTALLED) ## write the stub of the compiled module anew
	$(BIN)/python -P tools/stubs.py

lint: $(TOOLS) ## formatting, clippy, ruff, mypy; changes nothing
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(TOOLS) ## put all sources into the form that lint wants
	$(CARGO) fmt --all
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format

bench: $(INSTALLED) ## the benchmarks; compares with whatever else is installed in .venv
	$(BIN)/python benches/python/run.py $(ARGS)

wheel: $(WHEEL) ## a wheel, into target/wheels
	@ls target/wheels/wengert-*.whl

sdist: $(TOOLS) ## a source distribution, into target/sdist
	$(BIN)/maturin sdist --out target/sdist

clean: ## remove all that was built or installed
	rm -rf $(VENV) target docs/reference .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find python tests benches -name __pycache__ -prune -exec rm -rf {} +

$(TOOLS): requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --requirement requirements-dev.txt
	@touch $@

$(WHEEL): $(TOOLS) $(SOURCES)
	rm -rf target/wheels
	$(BIN)/maturin build --locked --profile $(PROFILE) --interpreter $(PYO3_PYTHON) --out target/wheels
	@touch $@

$(INSTALLED): $(WHEEL)
	$(PIP) uninstall --yes wengert
	$(PIP) install --constraint requirements-dev.txt "$$(ls target/wheels/wengert-*.whl)[plot]"
	@touch $@
