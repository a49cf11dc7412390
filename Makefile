# make alone lists the commands. Everything runs in a virtual environment of its own, made on first use.
PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 4200
SITE   ?= _docs
BASE   ?=

PY    := $(VENV)/bin/python
READY := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH

.DEFAULT_GOAL := help
.PHONY: help book preview pdf epub quarto test test-site fresh outputs review export readme hooks clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-9s %s\n", $$1, $$2}'

book: $(READY) ## export the package and build the website into _docs/
	@$(PY) -m tools book

preview: $(READY) ## serve the website, rebuilding on change (PORT=4200)
	@$(PY) -m tools preview --port $(PORT)

pdf: $(READY) ## write the whole book as one PDF into _docs/
	@$(PY) -m tools pdf

epub: $(READY) ## write the whole book as one EPUB into _docs/
	@$(PY) -m tools epub

quarto: $(READY) ## install Quarto's own release into the environment; make book then uses it
	@$(PY) -m tools quarto

test: $(READY) ## check the exports and run every notebook as a test
	@$(PY) -m tools test

test-site: $(READY) ## check the built website in a browser (SITE=_docs, or an address)
	@$(PY) -m tools site $(SITE)

fresh: $(READY) ## execute every notebook anew and compare with the stored outputs
	@$(PY) -m tools fresh

outputs: $(READY) ## execute notebooks and store their outputs (NB="nbs/12_normalize.ipynb", SLOW=--slow)
	@$(PY) -m tools outputs $(NB) $(SLOW)

review: $(READY) ## show in a browser what a change alters, figures too (BASE=branch, NB=nbs/12_normalize.ipynb)
	@$(PY) -m pip install -q 'nbdime==4.0.4' -c constraints.txt
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" nbdiff-web $(or $(BASE),main) $(or $(NB),nbs)

export: $(READY) ## write the package from the notebooks
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" nbdev_export && echo "bnbook/ written from nbs/"

readme: $(READY) ## write README.md from nbs/index.ipynb
	@$(PY) -m tools readme

hooks: $(READY) ## set up git: clean notebooks and check exports at each commit
	@git config core.hooksPath .githooks
	@git config merge.nbdev-merge.name "merge notebooks cell by cell"
	@git config merge.nbdev-merge.driver "$(VENV)/bin/nbdev_merge %O %A %B %P"
	@echo "git will clean notebooks and check exports at each commit, and merge notebooks cell by cell"

clean: ## remove what the commands made: site, caches, environment
	rm -rf _docs _proc build dist *.egg-info .pytest_cache .hypothesis $(VENV)

$(READY): settings.ini setup.py constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "bnbook: $(PYTHON) not found: install Python 3.10 or newer, or name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "bnbook: $$($(PYTHON) --version) is too old: Python 3.10 or newer is needed; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "bnbook: this Python lacks venv: install it (Debian: apt install python3-venv)"; exit 1; }
	@echo "Making the environment in $(VENV) ..."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --progress-bar on -e '.[dev]' -c constraints.txt || { echo "bnbook: installing the packages of constraints.txt failed (see above); nothing else was changed"; exit 1; }
	@touch $@
