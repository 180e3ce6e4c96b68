# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
RUN := PATH="$(CURDIR)/$(BIN):$$PATH"

.PHONY: demo test check docs clean

demo: .venv/installed  ## own environment, install, then a phantom study from images to report
	$(BIN)/isocenter demo

test: .venv/installed-dev  ## the whole default test suite
	$(RUN) scripts/test

check: .venv/installed-dev  ## format, lint, types, layers
	$(RUN) scripts/check

docs: .venv/installed-docs  ## the documentation site, in docs/_build/html
	$(RUN) sphinx-build -W --keep-going -q -b html docs docs/_build/html

clean:  ## remove the environment and everything built
	rm -rf .venv docs/_build build dist

# torch first and pinned, so that nothing else chooses its build.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "expected Python 3.11 or newer; give one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	@echo "Installing into .venv (a few minutes the first time) ..."
	$(INSTALL) torch
	$(INSTALL) -e .
	touch $@

.venv/installed-dev: .venv/installed
	$(INSTALL) -e '.[dev]'
	touch $@

.venv/installed-docs: .venv/installed
	$(INSTALL) -e '.[docs]'
	touch $@
