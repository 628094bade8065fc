# `make help` lists what there is. Everything that is installed lands in .venv and assets/node_modules; stamp files
# remember it, so that a second run of anything installs nothing.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run installed test installed-dev lint bench assets messages catalogues lock clean

PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
VENV_STAMP := $(VENV)/.made
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
NPM_STAMP := assets/node_modules/.installed-run
NPM_DEV_STAMP := assets/node_modules/.installed-dev
MANIFEST := galerio_events/static/dist/manifest.json
ASSET_SOURCES := $(shell find assets/css assets/js assets/build.mjs -type f 2>/dev/null)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard galerio_events/translations/*/LC_MESSAGES/*.po))
# Two that install at the same time would tear each other's files; the second waits and finds everything done.
ALONE := $(if $(shell command -v flock 2>/dev/null),flock Makefile)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r

export PORT
export PYTHON

help: ## say what can be made
	@sed -n 's/^\([a-z][a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read -r what does; do printf '  make %-9s %s\n' "$$what" "$$does"; done

run: ## set up everything and serve the demo event on PORT (8000)
	@$(ALONE) $(MAKE) --no-print-directory installed
	@exec $(PY) -m scripts.serve

installed: $(RUN_STAMP) $(MANIFEST) $(CATALOGUES)
	@:

test: ## install what the tests need and run all of them
	@$(ALONE) $(MAKE) --no-print-directory installed-dev
	@exec $(PY) -m scripts.suite $(TESTS)

installed-dev: $(DEV_STAMP) $(NPM_DEV_STAMP) $(MANIFEST) $(CATALOGUES)
	@:

lint: $(DEV_STAMP) $(NPM_DEV_STAMP) ## check style, types, templates, catalogues, scripts and advisories
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint templates --lint --quiet
	$(PY) -m scripts.front_end check
	$(PY) -m scripts.lint

bench: $(DEV_STAMP) $(MANIFEST) $(CATALOGUES) ## measure, and print each figure beside its target
	@exec $(PY) -m scripts.suite --bench $(BENCH)

assets: $(MANIFEST) ## build the style sheets and scripts

messages: $(CATALOGUES) ## compile the gettext catalogues

catalogues: $(DEV_STAMP) ## bring the gettext catalogues up to date with the sources
	$(PY) -m scripts.catalogues

lock: $(DEV_STAMP) ## pin every requirement anew, with hashes and without addresses
	$(PY) -m scripts.lock

clean: ## remove what was built (not .venv, assets/node_modules or instance/)
	rm -rf galerio_events/static/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .cache
	find galerio_events -name '*.mo' -delete
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './assets/node_modules/*' -prune -exec rm -rf {} +

# The first python3 that is new enough makes the environment; one that works already is kept.
$(VENV_STAMP):
	@if ! $(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  found=; \
	  for candidate in "$${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do \
	    if command -v "$$candidate" >/dev/null 2>&1 && "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      found=$$candidate; break; \
	    fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "setup: Python 3.11 or newer is needed; python3 here is: $$(python3 --version 2>&1 || true)" >&2; \
	    echo "       Install it, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 1; \
	  fi; \
	  if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "setup: $$found lacks its venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	  fi; \
	  echo "setup: making $(VENV) with $$("$$found" --version)"; \
	  "$$found" -m venv --clear $(VENV); \
	fi
	@touch $@

$(RUN_STAMP): requirements/run.txt | $(VENV_STAMP)
	@echo "setup: installing what the application needs"
	@$(PIP) requirements/run.txt
	@touch $@

$(DEV_STAMP): requirements/dev.txt $(RUN_STAMP)
	@echo "setup: installing what the tests and checks need"
	@$(PIP) requirements/dev.txt
	@touch $@

$(NPM_STAMP): assets/package-lock.json assets/package.json | $(RUN_STAMP)
	@echo "setup: installing what the style sheets and scripts need"
	@$(PY) -m scripts.front_end install
	@rm -f $(NPM_DEV_STAMP)
	@touch $@

$(NPM_DEV_STAMP): assets/package-lock.json assets/package.json | $(RUN_STAMP)
	@echo "setup: installing what the scripts and their tests need"
	@$(PY) -m scripts.front_end install --dev
	@touch $(NPM_STAMP) $@

$(MANIFEST): $(ASSET_SOURCES) $(NPM_STAMP)
	@$(PY) -m scripts.front_end build

%.mo: %.po | $(RUN_STAMP)
	@$(VENV)/bin/pybabel --quiet compile -i $< -o $@ -l $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))
