# Everything starts here: `make serve` for a class, `make test` for a change.
# A target can be repeated: what is already there is not made again, and from the
# second time on `make serve` needs no network.

.SILENT:
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help serve test test-all test-dates check format bench demo audit withdrawn lock clean system system-tests system-wide lint

PYTHON ?= python3
PY := .venv/bin/python

# A lock is complete: it is installed as it stands. Before 23.3, pip resolves the extra of a locked package anew and
# stops at the first newer release; whoever resolves nothing looks afterwards whether all parts agree. A package may
# take part in the installation only as a wheel, which runs no code of its own.
PIP := $(PY) -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install -qq --require-hashes --no-deps --only-binary :all: -r
# Parts left by an older lock may disagree with the new ones: then everything is installed anew.
install = $(INSTALL) $(1) && { $(PIP) check >.venv/.check || { \
	$(PYTHON) -m venv --clear .venv && touch $(VENV) && $(INSTALL) $(1) && { \
		$(PIP) check >.venv/.check || { cat .venv/.check; exit 1; }; }; }; }

# A stamp carries the hash of its lock file (and of this machine's Python for the virtual
# environment), so that a new lock installs by itself and a mere `git checkout` does not.
hash = $(firstword $(shell cat $(1) 2>/dev/null | sha256sum))
VENV := .venv/.made
RUNTIME := .venv/.runtime-$(call hash,requirements.txt)
DEV := .venv/.dev-$(call hash,requirements-dev.txt)
NODE := node_modules/.made-$(call hash,package-lock.json)
NODE_DEV := node_modules/.dev-$(call hash,package-lock.json)
WIDE := tests/wide/node_modules/.made-$(call hash,tests/wide/package-lock.json)
BUNDLES := .bundles/.made

# The server reads HOST, PORT and METROLOCO_… from the environment, or from `make serve PORT=9000`.
export UV_CUSTOM_COMPILE_COMMAND := make lock

help:
	echo "make serve    installe ce qui manque, puis sert Metroloco sur http://$${HOST:-0.0.0.0}:$${PORT:-8000}"
	echo "make demo     ouvre une classe inventée et terminée, effacée à l'arrêt (Ctrl+C)"
	echo "make test     tout vérifier (style, types, imports, SQLite, PostgreSQL, navigateur)"
	echo "make test-all la même chose, puis ce qui est long (réseau)"
	echo "make test-dates les tests à d’autres dates (DAYS=\"29-february +40\" : celles-là)"
	echo "make check    vérifier vite, sans PostgreSQL ni navigateur"
	echo "make format   remettre le code en forme"
	echo "make bench    mesurer"
	echo "make audit    chercher les failles connues des dépendances (réseau)"
	echo "make lock     réécrire les verrous de dépendances (réseau)"
	echo "make clean    effacer tout ce qui se refait ; les données (.data) restent"

serve: system $(RUNTIME) $(BUNDLES)
	exec $(PY) manage.py serve

demo: system $(RUNTIME) $(BUNDLES)
	exec $(PY) manage.py demo

bench: system-tests $(DEV) $(NODE_DEV) $(BUNDLES)
	if [ -e bench/__main__.py ]; then exec $(PY) -m bench $(ARGS); \
	else echo "Il n'y a pas encore de mesures dans cette version (bench/)."; fi

# Whole files to a process: servers, browsers and rows are shared within a file.
# Two times two stages: browser tests mostly wait (a pause of the typing, a line that is cut), so PostgreSQL's run
# beside them; beside all the others their pages would be late. The PostgreSQL run leaves out what asks no database
# or asks it the same (tests/conftest.py, SAME_ON_BOTH), then what sends statements that others have sent it already
# (tests/harness/statements.py: the SQLite run notes them); only the SQLite run is measured. Pictures of pages are for
# whoever runs a file by hand. Compiled files are kept whatever the environment says: every process would compile
# them anew.
STATEMENTS := .pytest_cache/statements
STAGES := PYTHONDONTWRITEBYTECODE= $(PY) -m tests.harness.stages
PYTEST := $(PY) -m pytest --dist loadfile

test: system-tests $(DEV) $(NODE_DEV) $(BUNDLES)
	$(STAGES) \
		Style $(MAKE) --no-print-directory lint :: \
		SQLite env STATEMENTS=$(STATEMENTS) $(PYTEST) --no-loadscope-reorder -o cache_dir=.pytest_cache/sqlite -n 2 \
			-m "not browser and not wide" --cov --cov-report=term:skip-covered $(ARGS)
	$(STAGES) \
		PostgreSQL env STATEMENTS=$(STATEMENTS) $(PY) -m tests.harness.postgres -- \
			$(PYTEST) -o cache_dir=.pytest_cache/postgresql -n 1 -m "not browser and not wide" $(ARGS) :: \
		Navigateur env METROLOCO_SHOTS= $(PYTEST) -o cache_dir=.pytest_cache/browser -n 3 -m "browser and not wide" $(ARGS)

# What takes long and changes rarely (« wide »): other versions of pip, whole locks from the registry, the whole lesson
# in other engines and in the oldest browser; and on PostgreSQL the tests that were spared it.
test-all: test system-wide $(WIDE)
	$(PYTEST) -o cache_dir=.pytest_cache/wide -n 1 -m wide $(ARGS)
	$(PY) -m tests.harness.postgres -- \
		$(PYTEST) -o cache_dir=.pytest_cache/postgresql -n 2 -m "not browser and not wide" $(ARGS)

# The same tests on other days (tests/harness/dates.py names them), or on some alone: make test-dates DAYS="31-august +40".
# The browser tests once: their server lives on that day, the browser on its own, as a device whose clock is wrong.
DATES := $(PY) -m tests.harness.dates
ON_A_DAY := $(PYTEST) -o cache_dir=.pytest_cache/dates -n 2

test-dates: system-tests $(DEV) $(BUNDLES)
	$(DATES) $(DAYS) -- $(ON_A_DAY) --no-loadscope-reorder -m "not browser and not wide" $(ARGS)
	$(if $(DAYS),,env METROLOCO_SHOTS= $(DATES) +40 -- $(ON_A_DAY) -m "browser and not wide" $(ARGS))

check: lint
	$(PY) -m pytest -m "not browser and not slow and not wide" $(ARGS)

lint: $(DEV) $(NODE_DEV) $(BUNDLES)
	$(PY) -m ruff check --quiet --output-format=concise
	$(PY) -m ruff format --check --quiet || { echo "Mise en forme : « make format »."; exit 1; }
	METROLOCO_DATA=$(CURDIR)/.mypy_cache/data $(PY) -m mypy --no-error-summary
	sh scripts/node node_modules/eslint/bin/eslint.js --config scripts/eslint.config.mjs --cache --cache-location node_modules/.eslint static tests/js
	sh scripts/node node_modules/typescript/bin/tsc --pretty false
	.venv/bin/lint-imports --no-cache >.venv/.imports 2>&1 || { cat .venv/.imports; exit 1; }

format: $(DEV)
	$(PY) -m ruff check --fix --quiet || true
	$(PY) -m ruff format --quiet

# A registry that does not answer (2) is said and stops nothing; a version that its authors withdrew does.
withdrawn: $(DEV)
	$(PY) scripts/withdrawn requirements-dev.txt requirements-node.txt package-lock.json || [ $$? -eq 2 ]

audit: withdrawn $(NODE_DEV)
	$(PY) -m pip_audit --progress-spinner off --disable-pip --require-hashes -r requirements-dev.txt

# --- what the machine must have ------------------------------------------------------------------

system:
	sh scripts/system-packages serve

system-tests:
	sh scripts/system-packages test

system-wide:
	sh scripts/system-packages wide

# --- Python ----------------------------------------------------------------------------------------

$(VENV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Metroloco demande Python 3.11 ou plus récent ; « $(PYTHON) » ne convient pas."; \
		echo "Si un autre est installé : make serve PYTHON=python3.12"; exit 1; }
	PYTHON=$(PYTHON) sh scripts/system-packages venv
	echo "Environnement Python (une fois)…"
	rm -rf .venv
	$(PYTHON) -m venv .venv
	touch $@

$(RUNTIME): $(VENV)
	echo "Dépendances du programme (une fois)…"
	$(call install,requirements.txt)
	rm -f .venv/.runtime-*; touch $@

# The development lock holds the runtime at the same versions.
$(DEV): $(VENV)
	echo "Outils de développement (une fois)…"
	$(call install,requirements-dev.txt)
	rm -f .venv/.dev-* .venv/.runtime-*; touch $@ $(RUNTIME)

# --- JavaScript and CSS ----------------------------------------------------------------------------

NPM_CI := sh scripts/node npm ci --loglevel=error --no-progress --ignore-scripts

# For a class: the bundler and what is bundled. esbuild is a program of its own, so Node.js only reads the lock here.
$(NODE): $(VENV)
	echo "Outil d'assemblage des pages (une fois)…"
	$(NPM_CI) --omit=dev >/dev/null
	touch $@

# The checkers too; what the first holds stays at the same versions.
$(NODE_DEV): $(VENV)
	echo "Outils de vérification des pages (une fois)…"
	$(NPM_CI) >/dev/null
	touch $@ $(NODE)

# Firefox's driver and the oldest Chromium: 50 MB that `make test-all` alone needs.
$(WIDE): $(VENV)
	echo "Autres navigateurs (une fois)…"
	sh scripts/node npm --prefix tests/wide ci --loglevel=error --no-progress --ignore-scripts >/dev/null
	touch $@

OLDEST := metroloco_site/kit/browsers.json

# Folders are listed too: their date changes when a file comes or goes.
SOURCES := $(filter-out %/pdf.css %/poster_paper.css,$(shell find static/js static/css 2>/dev/null))

$(BUNDLES): $(NODE) $(SOURCES) $(OLDEST) scripts/fonts | $(RUNTIME)
	sh scripts/bundle
	touch $@

# --- for those who look after the project ---------------------------------------------------------

COMPILE = .venv/bin/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --quiet

lock: $(DEV)
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --no-annotate pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --no-annotate --group node -o requirements-node.txt
	npm install --loglevel=error --ignore-scripts --package-lock-only >/dev/null
	npm --prefix tests/wide install --loglevel=error --ignore-scripts --package-lock-only \
		--omit-lockfile-registry-resolved >/dev/null
	for lock in package-lock.json tests/wide/package-lock.json; do $(PY) scripts/without-funding $$lock; done
	! grep -nE '://' requirements.txt requirements-dev.txt requirements-node.txt package-lock.json tests/wide/package-lock.json

clean:
	rm -rf .venv .bundles .shots node_modules tests/wide/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -f .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
