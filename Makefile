# `make help` lists the targets. Each of them sets up what it needs, .venv included.

.DEFAULT_GOAL := help
.PHONY: help run test test-mysql lint types format generate pictures verify bench build clean

BIN := .venv/bin
RUN := .venv/.run
DEV := .venv/.dev
PYTEST := $(BIN)/pytest -n auto --dist loadgroup

$(RUN): pyproject.toml tools/setup-venv
	@tools/setup-venv run

$(DEV): pyproject.toml tools/setup-venv
	@tools/setup-venv dev

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: $(RUN)  ## Start the interface on SQLite (ARGS="session list" runs a command instead)
	@OPENCODE_SESSION_PROVIDER_TYPE=sqlite $(BIN)/opencode $(ARGS)

test: $(DEV)  ## Run all tests, on every database server to be had (ARGS="-k name" picks some)
	@$(PYTEST) $(ARGS)

test-mysql: $(DEV)  ## Run the MySQL tests on OPENCODE_TEST_MYSQL_DSN, in a container, or on a private server
	@OPENCODE_REQUIRE_MYSQL=1 OPENCODE_TEST_MYSQL_SERVERS="$${OPENCODE_TEST_MYSQL_SERVERS:-first}" $(PYTEST) -m mysql $(ARGS)

lint: $(DEV)  ## Check style and formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(DEV)  ## Check types
	@$(BIN)/mypy

format: $(DEV)  ## Format the code and repair what can be repaired
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

generate: $(DEV)  ## Write the generated files anew (Querier, documentation)
	@$(BIN)/python -m tools.generate

pictures: $(DEV)  ## Take the pictures of the documentation anew (ARGS=session takes one)
	@$(BIN)/python -m tools.pictures $(ARGS)

verify: $(DEV)  ## Check what must not drift: generated files, dialects, query plans, import layers
	@$(BIN)/python -m tools.verify && $(BIN)/lint-imports --no-logo

bench: $(DEV)  ## Measure start-up, store and interface against bare peers (ARGS=interface measures one)
	@$(BIN)/python -m benchmarks $(ARGS)

build: $(DEV)  ## Build sdist and wheel (the wheel from the sdist) into dist/
	@rm -rf dist && $(BIN)/python -m build

clean:  ## Remove what builds, tests and checks leave behind (.venv stays)
	@rm -rf dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache && find . -name .venv -prune -o -name __pycache__ -exec rm -rf {} +
