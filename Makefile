# Everything a fresh machine needs: `make demo`. Only Python 3.11 or newer and make have to be there.
# Packages come from the package index that pip is configured for, and only with the hashes in the locks.

PY ?= python3
VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install -q --disable-pip-version-check

.DEFAULT_GOAL = help
.NOTPARALLEL:
.PHONY: help demo test serve bench lint types docs check clean rebuild

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s  %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.installed  ## start with invented cases, to look around
	$(BIN)/livcr demo

serve: $(VENV)/.installed  ## start the server
	$(BIN)/livcr serve

docs: $(VENV)/.installed  ## write the generated pages of the documentation
	$(BIN)/livcr docs

test: $(VENV)/.installed-dev  ## run the tests
	$(BIN)/python -m pytest

bench: $(VENV)/.installed-dev  ## measure speed
	$(BIN)/python -m bench

lint: $(VENV)/.installed-dev  ## check style
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.installed-dev  ## check types
	$(BIN)/mypy

check: lint types test  ## all that continuous integration runs

clean:  ## remove what make and the tools made; the data in var/ stay
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- the environment ----------------------------------------------------------------------------------------

NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
IDENTITY = import os, sys; print("%d.%d.%d" % sys.version_info[:3], os.path.realpath(sys.base_prefix))

# An environment is used as it is when it runs, holds pip, was built in this folder, and, if PY was named, by
# that very Python. Otherwise (Python upgraded or removed, folder moved) it is built anew.
define usable
$(BIN)/python -c 'import pip; $(NEW_ENOUGH)' 2>/dev/null \
&& { [ ! -f $(VENV)/.place ] || [ "$$(cat $(VENV)/.place)" = "$$(pwd -P)" ]; } \
&& { [ '$(origin PY)' = file ] || ! '$(PY)' -c '$(NEW_ENOUGH)' 2>/dev/null \
	|| [ "$$($(BIN)/python -c '$(IDENTITY)')" = "$$('$(PY)' -c '$(IDENTITY)')" ]; }
endef

define environment
if ! { $(usable); }; then \
	for py in '$(PY)' python3.14 python3.13 python3.12 python3.11 none; do \
		if "$$py" -c '$(NEW_ENOUGH)' 2>/dev/null; then break; fi; \
	done; \
	if [ "$$py" = none ]; then \
		echo 'Python 3.11 or newer is needed and was not found: install it, or name it with make PY=/path/to/python3.' >&2; \
		exit 1; \
	fi; \
	if ! "$$py" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$py cannot make environments: install its venv module (on Debian and Ubuntu the package python3-venv)." >&2; \
		exit 1; \
	fi; \
	rm -rf $(VENV); \
	if ! "$$py" -m venv $(VENV); then \
		echo 'The environment $(VENV) could not be made: the lines above say why.' >&2; \
		rm -rf $(VENV); \
		exit 1; \
	fi; \
	pwd -P > $(VENV)/.place; \
fi
endef

define install
$(PIP) --require-hashes --only-binary :all: -r $< && $(PIP) --no-deps --no-build-isolation -e . \
|| { echo 'The packages in $< could not be installed: the lines above say why; run make again when that is solved.' >&2; exit 1; }
endef

ifeq ($(filter clean help,$(MAKECMDGOALS)),)
ifneq ($(shell { $(usable); } && echo usable),usable)
$(VENV)/.installed $(VENV)/.installed-dev: rebuild
endif
endif

rebuild:

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(environment)
	@echo 'Installing the packages in $<'
	@$(install)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml
	@$(environment)
	@echo 'Installing the packages in $<'
	@$(install)
	@touch $@
