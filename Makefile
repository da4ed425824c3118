# Everything is made in this folder: .venv, .cache and output. `make` lists what there is.

PYTHON ?= python3
TORCH ?= torch

VENV := .venv
BIN := $(VENV)/bin
EXTRAS := lab,grade,formats,test
ACTIVATED := PATH="$(CURDIR)/$(BIN):$$PATH"

# A Python that will do: the one that was asked for, or else the first of the usual names.
CANDIDATES := $(PYTHON) $(if $(filter file,$(origin PYTHON)),python3.13 python3.12 python3.11)
# Where a virtual environment is active it is the Python below it, lest .venv be made by the one inside.
SUITABLE = import ensurepip, sys, venv; (3, 11) <= sys.version_info < (3, 14) or sys.exit(1); print(sys._base_executable)
FOUND := $(shell for p in $(CANDIDATES); do "$$p" -c '$(SUITABLE)' 2>/dev/null && break; done)
VERSION := $(if $(FOUND),$(shell "$(FOUND)" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])'))

# Two stamps: another Python makes the environment anew, other requirements only install again.
MADE := $(VENV)/python-$(VERSION)
INSTALLED := $(VENV)/installed-$(shell echo "$(TORCH) $(EXTRAS)" | cat - pyproject.toml | cksum | tr ' ' '-')

# Colab's own Python and torch, unless others are asked for. PyPI's torch for Linux brings CUDA: nearly 5 GB.
COLAB := $(VENV)-colab
COLAB_PYTHON := $(if $(filter file,$(origin PYTHON)),python3.13,$(PYTHON))
COLAB_TORCH := $(if $(filter file,$(origin TORCH)),torch==2.11.0,$(TORCH))
COLAB_MADE := $(COLAB)/made-$(shell echo "$(COLAB_PYTHON) $(COLAB_TORCH)" | cat - tests/colab/freeze.txt | cksum | tr ' ' '-')

# The Python of gym 0.21 and mujoco-py
LEGACY := $(VENV)-legacy
LEGACY_PYTHON := $(if $(filter file,$(origin PYTHON)),python3.11,$(PYTHON))

.PHONY: help course lab test campaign check test-postgres test-colab test-browser test-legacy test-versions bench experts release lint clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22
	@echo
	@echo '  PYTHON=python3.12 chooses the Python, TORCH=torch==2.11.0 the requirement for torch.'
	@echo '  ARGS="-k data" is handed on to pytest.'

course: $(INSTALLED) ## Run the whole course: output/replay.mp4 and output/course.html
	@$(ACTIVATED) dt-course course $(ARGS)

lab: $(INSTALLED) ## Open the students' notebooks in JupyterLab
	@$(ACTIVATED) jupyter lab notebooks/decision_transformer/01_setup.ipynb

# On all cores, a file at a time on each; ARGS="-n 0" is for one process. conftest.py says which files begin.
PYTEST := python -m pytest -n auto --dist loadfile --no-loadscope-reorder
test: lint ## Check style and types, run the tests and replay the solution notebooks
	@rm -rf .cache/test-workspace
	@$(ACTIVATED) $(PYTEST) tests solutions --nbval-lax --nbval-current-env --nbval-cell-timeout=300 $(ARGS)

campaign: ## The same, with all cases of the suites that draw a sample of theirs: hours
	@DT_CAMPAIGN=whole $(MAKE) --no-print-directory test

# BASE=HEAD compares with the last commit, where the branch has more of them.
BASE ?= main
check: lint ## Check style and types, and run the tests of what differs from main, for the loop of editing
	@$(ACTIVATED) python -m tests.affected "$(BASE)" $(ARGS)

test-postgres: $(INSTALLED) ## Test the gradebook on a PostgreSQL server of its own (needs Debian's postgresql)
	@$(BIN)/python -c 'import psycopg, psycopg2' 2>/dev/null || $(BIN)/python -m pip install --quiet --editable '.[postgres]'
	@$(ACTIVATED) OMP_NUM_THREADS=1 python -m pytest tests/postgres/lane_gradebook.py $(ARGS)

test-colab: $(COLAB_MADE) ## Run the setup cells and the solutions in a runtime like Colab's
	@OMP_NUM_THREADS=1 $(COLAB)/bin/python -m pytest --confcutdir=tests/colab -p no:cacheprovider tests/colab/lane_colab.py $(ARGS)

$(COLAB_MADE): tests/colab/freeze.txt
	@command -v "$(COLAB_PYTHON)" >/dev/null || { echo "Colab's Python is 3.13, and there is no $(COLAB_PYTHON) here." \
		"Name one: make test-colab PYTHON=/path/to/python3.13 (3.11 and 3.12 do as well)" >&2; exit 1; }
	@echo "Making $(COLAB) with $(COLAB_PYTHON) and $(COLAB_TORCH): minutes"
	@"$(COLAB_PYTHON)" -m venv --clear $(COLAB)
	@$(COLAB)/bin/python -m pip install --quiet "$(COLAB_TORCH)" -r tests/colab/freeze.txt
	@$(COLAB)/bin/python -m pip freeze --all > $(COLAB)/preinstalled.txt
	@touch $@

test-browser: $(INSTALLED) ## Walk through the notebooks in JupyterLab (needs Debian's chromium); pictures in output/browser
	@$(BIN)/python -c 'import playwright' 2>/dev/null || $(BIN)/python -m pip install --quiet --editable '.[browser]'
	@rm -rf output/browser
	@$(ACTIVATED) DT_CACHE="$(CURDIR)/.cache/dt" DT_SCREENSHOTS="$(CURDIR)/output/browser" MPLBACKEND=agg OMP_NUM_THREADS=1 \
		python -m pytest tests/browser/lane_notebooks.py tests/browser/lane_page.py tests/browser/lane_validate.py $(ARGS)

test-legacy: ## Run the tutorial's own stack, gym 0.21 and mujoco-py, beside today's (needs OSMesa, Xvfb, gcc)
	@sh tests/legacy/install.sh $(LEGACY) "$(LEGACY_PYTHON)" "$(TORCH)"
	@PATH="$(CURDIR)/$(LEGACY)/bin:$$PATH" DT_CACHE="$(CURDIR)/.cache/dt" DT_WORKSPACE="$(CURDIR)/.cache/legacy-workspace" \
		MPLBACKEND=agg OMP_NUM_THREADS=1 \
		$(LEGACY)/bin/python -m pytest --confcutdir=tests/legacy tests/legacy/lane_legacy.py $(ARGS)

# The lowest versions that pyproject.toml allows and the newest, with each Python: six environments, one after another.
PYTHONS ?= 3.11 3.12 3.13
BOUNDS ?= lowest newest
test-versions: ## Test with the lowest allowed and the newest versions; PYTHONS="3.12" BOUNDS="lowest" for one of them
	@for version in $(PYTHONS); do for bound in $(BOUNDS); do \
		sh tests/versions/run.sh $$version $$bound $(VENV)-versions "$(TORCH)" $(ARGS) || exit 1; done; done

# Needs an idle machine; ARGS=--whole measures the long ones too, ARGS=video only the named.
bench: $(INSTALLED) ## Measure what the README states: benchmarks/RESULTS.md
	@$(ACTIVATED) python benchmarks/run.py $(ARGS)

# A robot takes half an hour to an hour of one core. Stopped, the same command goes on; ROBOTS="hopper" trains only that one.
ROBOTS ?= halfcheetah hopper walker2d
experts: $(VENV)-experts/installed ## Train the experts in output/experts (experts/README.md says how they are chosen)
	@for robot in $(ROBOTS); do OMP_NUM_THREADS=1 $(VENV)-experts/bin/python experts/train.py $$robot $(ARGS) || exit 1; done

release: $(INSTALLED) ## Make the notebooks from the percent scripts in solutions/
	@$(ACTIVATED) dt-course release

lint: $(INSTALLED) ## Check the style and the types
	@$(ACTIVATED) ruff check .
	@$(ACTIVATED) ruff format --check .
	@$(ACTIVATED) mypy

clean: ## Remove all that make made: .venv, .cache and output
	rm -rf $(VENV) $(VENV)-experts $(VENV)-versions $(COLAB) $(LEGACY) .cache .pytest_cache .ruff_cache .mypy_cache .hypothesis build output *.egg-info

$(MADE):
	@test -n "$(FOUND)" || { echo 'The course needs Python 3.11, 3.12 or 3.13 with its venv module; none of these is one:' \
		'$(CANDIDATES).'; echo 'Install one (on Debian: python3-venv as well), or name it: make PYTHON=/path/to/python3.12'; \
		exit 1; } >&2
	@echo "Making $(VENV) with $(FOUND) (Python $(VERSION))"
	@"$(FOUND)" -m venv --clear $(VENV)
	@touch $@

$(VENV)-experts/installed: $(MADE) pyproject.toml
	@"$(FOUND)" -m venv $(VENV)-experts
	@$(VENV)-experts/bin/python -m pip install --quiet --upgrade pip
	@$(VENV)-experts/bin/python -m pip install --quiet "$(TORCH)"
	@$(VENV)-experts/bin/python -m pip install --quiet --editable '.[experts]'
	@touch $@

$(INSTALLED): $(MADE)
	@echo "Installing $(TORCH) and the course: minutes the first time"
	@rm -f $(VENV)/installed-*
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@$(BIN)/python -m pip install --quiet "$(TORCH)"
	@$(BIN)/python -m pip install --quiet --editable '.[$(EXTRAS)]'
	@touch $@
