# Assay needs Python 3.11, 3.12 or 3.13, make and git; everything else is fetched. The work is done by docker/*.py.
PORT ?= 8000
SERVE ?= 1
JOBS ?=
ARGS ?=
RUN := docker/python -m

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fmt bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: system packages, .venv, front-end packages
	@$(RUN) docker.setup check

demo: ## Fill a demo organisation, export and verify an evidence pack, serve (PORT=8000; SERVE=0 stops after the pack)
	@$(RUN) docker.demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

test: ## Run all tests on SQLite and on PostgreSQL (JOBS=3; ARGS='tests/risks -k accept')
	@$(RUN) docker.suite $(if $(JOBS),--jobs $(JOBS)) $(ARGS)

check: ## Lint, format, layers, templates, types, migrations, deployment settings
	@$(RUN) docker.check

fmt: ## Sort imports and format the Python files
	@$(RUN) docker.check --fix

bench: ## Measure on both engines, as ratios (ARGS='--engine postgresql tests/bench/test_pages.py')
	@$(RUN) docker.bench $(ARGS)

clean: ## Remove what the demo made (var/); environment and packages stay
	rm -rf var
