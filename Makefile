# `make consult` and `make test` need a CPython of 3.11 to 3.13, make and a C compiler;
# they set up everything else in .venv.
#
#   PYTHON=python3.12       the Python to make .venv with
#   PROFILE=company.yaml    the profile that `make consult` reads
#   PYTEST_ARGS="-k name"   more arguments for pytest

VENV = .venv
BIN = $(VENV)/bin
PROFILE = facts/b2b_marketing/examples/mattermost_2020.yaml
PYTEST_ARGS =

# What is installed follows from these; the Python modules themselves are read where they stand.
SOURCES = setup.cfg pyproject.toml engine/dottedline/_callobject.c

CONTAINER = or use the container that the Dockerfile builds (docker build -t dottedline .)
SUITABLE = import sys; sys.exit(sys.implementation.name != "cpython" or not (3, 11) <= sys.version_info[:2] <= (3, 13))
HAS_VENV = import ensurepip, venv
HAS_HEADERS = import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))

.PHONY: help consult test test-all lint format examples bench clean

help:
	@echo 'make consult   set up, and consult on PROFILE ($(PROFILE))'
	@echo 'make test      set up, and run the tests'
	@echo 'make test-all  those too that take longer'
	@echo 'make lint      ruff, mypy --strict, import contracts'
	@echo 'make format    lay out the code as `make lint` wants it'
	@echo 'make examples  make anew what is generated: catalogs, schemas, docs/reference, docs/examples, transcripts'
	@echo 'make bench     the benchmarks'
	@echo 'make clean     remove .venv and everything built'

consult: $(VENV)/.installed
	@"$(BIN)/dottedline" consult "$(PROFILE)"

test: $(VENV)/.installed-test
	"$(BIN)/python" -m pytest -n auto -m "not slow" $(PYTEST_ARGS)

test-all: $(VENV)/.installed-test
	"$(BIN)/python" -m pytest -n auto $(PYTEST_ARGS)

lint: $(VENV)/.installed-lint
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check engine cli.py
	"$(BIN)/mypy"
	"$(BIN)/lint-imports" --no-logo

format: $(VENV)/.installed-lint
	"$(BIN)/ruff" check --fix --exit-zero .
	"$(BIN)/ruff" format engine cli.py
	"$(BIN)/dottedline" rules fmt rules facts

examples: $(VENV)/.installed-test
	"$(BIN)/python" docs/translations.py
	"$(BIN)/python" docs/schemas.py
	"$(BIN)/dottedline" rules docs docs/reference
	"$(BIN)/python" docs/checks.py
	"$(BIN)/python" docs/language.py
	"$(BIN)/python" docs/columns.py
	"$(BIN)/python" docs/included.py
	"$(BIN)/python" docs/examples.py
	"$(BIN)/python" docs/transcripts.py

bench: $(VENV)/.installed-bench
	"$(BIN)/python" -m pytest benchmarks
	"$(BIN)/python" benchmarks/process.py
	"$(BIN)/python" benchmarks/questions.py
	"$(BIN)/python" benchmarks/memory.py
	"$(BIN)/python" benchmarks/batch/run.py --quick --dry
	"$(BIN)/python" benchmarks/checks.py --dry
	"$(BIN)/python" benchmarks/reloading.py
	"$(BIN)/python" benchmarks/serve.py --quick --dry

clean:
	rm -rf "$(VENV)" build dist engine/*.egg-info engine/dottedline/*.so
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks
	find cli.py engine rules facts tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# --- the environment -------------------------------------------------------------------

# The file holds the compiler to use, or nothing where it is the one that Python would use anyway.
$(VENV)/.compiler:
	@problem='no CPython 3.11, 3.12 or 3.13 was found; install one (or name it: make PYTHON=...), $(CONTAINER)'; \
	fail() { echo "dottedline: $$problem." >&2; exit 1; }; \
	python=; found=; \
	for candidate in "$(PYTHON)" python3 python3.13 python3.12 python3.11; do \
	  [ -n "$$candidate" ] && "$$candidate" -c '$(SUITABLE)' >/dev/null 2>&1 </dev/null || continue; \
	  if ! "$$candidate" -c '$(HAS_VENV)' >/dev/null 2>&1; then \
	    missing="$$candidate has no venv module (on Debian and Ubuntu: apt install python3-venv); install it, $(CONTAINER)"; \
	  elif ! "$$candidate" -c '$(HAS_HEADERS)' >/dev/null 2>&1; then \
	    missing="$$candidate has no Python.h, and the rule engine has to be compiled (on Debian and Ubuntu: apt install python3-dev); install it, $(CONTAINER)"; \
	  else \
	    python=$$candidate; break; \
	  fi; \
	  [ -n "$$found" ] || { found=yes; problem=$$missing; }; \
	done; \
	[ -n "$$python" ] || fail; \
	if [ -n "$(PYTHON)" ] && [ "$$python" != "$(PYTHON)" ]; then \
	  echo "dottedline: $(PYTHON) cannot be used (a CPython of 3.11 to 3.13 with venv and Python.h is needed); taking $$python." >&2; \
	fi; \
	own=$$("$$python" -c 'import sysconfig; print(sysconfig.get_config_var("CC") or "cc")'); \
	include=$$("$$python" -c 'import sysconfig; print(sysconfig.get_path("include"))'); \
	problem='no C compiler (cc, gcc or clang) was found, and the rule engine has to be compiled; install one, $(CONTAINER)'; \
	compiler=; \
	for candidate in "$$CC" "$$own" cc gcc clang; do \
	  [ -n "$$candidate" ] && $$candidate --version >/dev/null 2>&1 </dev/null || continue; \
	  if echo '#include <Python.h>' | $$candidate -I"$$include" -fsyntax-only -x c - >/dev/null 2>&1; then \
	    compiler=$$candidate; break; \
	  fi; \
	  problem="$$candidate cannot compile with Python.h (are the C library's headers there? on Debian and Ubuntu: apt install build-essential); mend that, $(CONTAINER)"; \
	done; \
	[ -n "$$compiler" ] || fail; \
	[ "$$compiler" != "$$own" ] || compiler=; \
	echo "dottedline: making $(VENV) with $$("$$python" --version) (about half a minute, once)"; \
	"$$python" -m venv --clear "$(VENV)" || { problem="$$python could not make $(VENV); see above, $(CONTAINER)"; fail; }; \
	echo "$$compiler" > $@

# $(1): the extras to install, in brackets
define install
@compiler=$$(cat "$(VENV)/.compiler"); [ -z "$$compiler" ] || export CC="$$compiler"; \
"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --editable '.$(1)' || { \
  echo 'dottedline: installing failed; see above, $(CONTAINER).' >&2; exit 1; }
@touch $@
endef

$(VENV)/.installed: $(VENV)/.compiler $(SOURCES)
	$(call install,)

$(VENV)/.installed-test: $(VENV)/.compiler $(SOURCES)
	$(call install,[test])

$(VENV)/.installed-lint: $(VENV)/.compiler $(SOURCES)
	$(call install,[lint])

$(VENV)/.installed-bench: $(VENV)/.compiler $(SOURCES)
	$(call install,[bench])
