# Everything is made in this folder: .venv, .cache and output. `make` lists the targets.

PYTHON ?= python3
TORCH ?= torch
# PyPI's torch for Linux brings CUDA. Without NVIDIA's driver the build for CPUs is taken, where this index can be reached;
# TORCH_INDEX= takes PyPI's.
TORCH_INDEX ?= $(if $(filter Linux,$(shell uname)),$(if $(wildcard /proc/driver/nvidia/version),,https://download.pytorch.org/whl/cpu))

VENV := .venv
BIN := $(VENV)/bin
EXTRAS := lab,grade,formats,web,test
ACTIVATED := PATH="$(CURDIR)/$(BIN):$$PATH"

# A Python that will do: the one that was asked for, else the first of the usual names. pyproject.toml has the list.
VERSIONS := $(shell sed -n 's/.*Programming Language :: Python :: \(3\.[0-9]*\)".*/\1/p' pyproject.toml)
CANDIDATES := $(PYTHON) $(if $(filter file,$(origin PYTHON)),$(addprefix python,$(VERSIONS)))
# Where a virtual environment is active, it is the Python below it, so that .venv is not made by the one inside.
SUITABLE = import ensurepip, sys, venv; "%d.%d" % sys.version_info[:2] in "$(VERSIONS)".split() or sys.exit(1); print(sys._base_executable)
FOUND := $(shell for p in $(CANDIDATES); do "$$p" -c '$(SUITABLE)' 2>/dev/null && break; done)
VERSION := $(if $(FOUND),$(shell "$(FOUND)" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])'))

# setuptools warns about folders with the package's name; the package is what its folder holds. pip shows that warning.
EDITABLE := PYTHONWARNINGS="ignore:Editable installation"

# Two stamps: with a different Python the environment is made again, with different requirements only installed into.
# A folder that was moved counts as a different one: a virtual environment names its own path.
HERE := $(shell pwd | cksum | tr -d ' ')
MADE := $(VENV)/python-$(VERSION)-$(HERE)
INSTALLED := $(VENV)/installed-$(shell echo "$(TORCH) $(EXTRAS)" | cat - pyproject.toml | cksum | tr ' ' '-')

# Colab's own Python and torch, unless others are asked for. PyPI's torch for Linux brings CUDA: nearly 5 GB.
COLAB := $(VENV)-colab
COLAB_PYTHON := $(if $(filter file,$(origin PYTHON)),python3.13,$(PYTHON))
COLAB_TORCH := $(if $(filter file,$(origin TORCH)),torch==2.11.0,$(TORCH))
COLAB_MADE := $(COLAB)/made-$(shell echo "$(COLAB_PYTHON) $(COLAB_TORCH) $(HERE)" | cat - tests/colab/freeze.txt | cksum | tr ' ' '-')

# The Python of gym 0.21 and mujoco-py
LEGACY := $(VENV)-legacy
LEGACY_PYTHON := $(if $(filter file,$(origin PYTHON)),python3.11,$(PYTHON))

# The site's generator, beside the course: the requirements of one extra, and what npm brings. The package isn't installed.
SITE := $(VENV)-site
SITE_INSTALLED := $(SITE)/installed-$(shell echo "$(VERSION) $(HERE)" | cat - pyproject.toml web/site/package-lock.json | cksum | tr ' ' '-')
SITE_NPM := PATH="$(CURDIR)/$(SITE)/bin:$$PATH" npm --prefix $(SITE)/node --no-audit --no-fund --loglevel=error ci

.PHONY: help install course lab site live test campaign check test-postgres test-colab test-browser test-live test-site test-legacy test-versions test-sdist test-gpu bench experts release lint clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22
	@echo
	@echo '  PYTHON=python3.12 chooses the Python, TORCH=torch==2.11.0 the requirement for torch.'
	@echo '  TORCH_INDEX= takes torch from PyPI even without an NVIDIA driver.'
	@echo '  ARGS="-k data" is passed on to pytest.'

install: $(INSTALLED) ## Make .venv, with all that the other targets need

course: $(INSTALLED) ## Run the whole course: output/replay.mp4 and output/course.html
	@$(ACTIVATED) dt-course course $(ARGS)

lab: $(INSTALLED) ## Open the students' notebooks in JupyterLab
	@$(ACTIVATED) jupyter lab notebooks/decision_transformer/01_setup.ipynb

site: $(SITE_INSTALLED) ## Build the course's site, with the pages that run models: output/site
	@PATH="$(CURDIR)/$(SITE)/bin:$$PATH" $(MAKE) --no-print-directory live
	@PATH="$(CURDIR)/$(SITE)/bin:$$PATH" NO_MKDOCS_2_WARNING=1 \
		$(SITE)/bin/python -m mkdocs build --strict --config-file web/site/mkdocs.yml
	@echo "output/site: $$(du -sh output/site | cut -f1), $$(find output/site -name '*.html' | wc -l) pages"

# On all cores, a file at a time on each; ARGS="-n 0" is for one process. conftest.py says which files begin.
PYTEST := python -m pytest -n auto --dist loadfile --no-loadscope-reorder
test: lint ## Check style and types, run the tests and replay the solution notebooks
	@rm -rf .cache/test-workspace
	@$(ACTIVATED) $(PYTEST) tests solutions docs/pages --nbval-lax --nbval-current-env --nbval-cell-timeout=300 $(ARGS)

campaign: ## The same, with all cases of the suites that otherwise draw a sample: hours
	@DT_CAMPAIGN=whole $(MAKE) --no-print-directory test

# BASE=HEAD compares with the last commit, if the branch has several.
BASE ?= main
check: lint ## Check style and types, and run the tests of what differs from main, for use while you edit
	@$(ACTIVATED) python -m tests.affected "$(BASE)" $(ARGS)

test-postgres: $(INSTALLED) ## Test the gradebook on a PostgreSQL server of its own (needs Debian's postgresql)
	@$(BIN)/python -c 'import psycopg, psycopg2' 2>/dev/null || $(EDITABLE) $(BIN)/python -m pip install --quiet --editable '.[postgres]'
	@$(ACTIVATED) OMP_NUM_THREADS=1 python -m pytest tests/postgres/lane_gradebook.py $(ARGS)

test-colab: $(COLAB_MADE) ## Run the setup cells and the solutions in a runtime like Colab's
	@OMP_NUM_THREADS=1 $(COLAB)/bin/python -m pytest --confcutdir=tests/colab -p no:cacheprovider tests/colab/lane_colab.py $(ARGS)

$(COLAB_MADE): tests/colab/freeze.txt
	@command -v "$(COLAB_PYTHON)" >/dev/null || { echo "Colab's Python is 3.13, and there is no $(COLAB_PYTHON) here." \
		"Name one: make test-colab PYTHON=/path/to/python3.13 (3.11 and 3.12 will also do)" >&2; exit 1; }
	@echo "Making $(COLAB) with $(COLAB_PYTHON) and $(COLAB_TORCH): minutes"
	@"$(COLAB_PYTHON)" -m venv --clear $(COLAB)
	@$(COLAB)/bin/python -m pip install --quiet "$(COLAB_TORCH)" -r tests/colab/freeze.txt
	@$(COLAB)/bin/python -m pip freeze --all > $(COLAB)/preinstalled.txt
	@touch $@

test-browser: $(INSTALLED) ## Walk through notebooks and pages in a browser (needs Debian's chromium); pictures in output/browser
	@$(BIN)/python -c 'import playwright' 2>/dev/null || $(EDITABLE) $(BIN)/python -m pip install --quiet --editable '.[browser]'
	@rm -rf output/browser
	@$(ACTIVATED) DT_CACHE="$(CURDIR)/.cache/dt" DT_SCREENSHOTS="$(CURDIR)/output/browser" DT_LIVE=film MPLBACKEND=agg \
		OMP_NUM_THREADS=1 \
		python -m pytest tests/browser/lane_notebooks.py tests/browser/lane_cards.py tests/browser/lane_page.py tests/browser/lane_validate.py $(ARGS)

test-live: $(INSTALLED) live ## Walk through the page that runs a model in the browser (needs Debian's chromium, and npm)
	@$(BIN)/python -c 'import playwright' 2>/dev/null || $(EDITABLE) $(BIN)/python -m pip install --quiet --editable '.[browser]'
	@npm --prefix $(LIVE) run --silent lint
	@$(ACTIVATED) DT_CACHE="$(CURDIR)/.cache/dt" OMP_NUM_THREADS=1 python -m pytest $(wildcard tests/browser/lane_live*.py) $(ARGS)

test-site: $(INSTALLED) site ## Build the site, check links, HTML and accessibility, walk through it (needs Debian's chromium)
	@$(BIN)/python -c 'import playwright' 2>/dev/null || $(EDITABLE) $(BIN)/python -m pip install --quiet --editable '.[browser]'
	@test -d $(SITE)/node/node_modules/axe-core || $(SITE_NPM)
	@rm -rf output/site-pictures
	@PATH="$(CURDIR)/$(SITE)/bin:$(CURDIR)/$(BIN):$$PATH" DT_SCREENSHOTS="$(CURDIR)/output/site-pictures" OMP_NUM_THREADS=1 \
		$(BIN)/python -m pytest tests/browser/lane_site.py $(ARGS)

test-legacy: ## Run the tutorial's own stack, gym 0.21 and mujoco-py, beside today's (needs OSMesa, Xvfb, gcc)
	@sh tests/legacy/install.sh $(LEGACY) "$(LEGACY_PYTHON)" "$(TORCH)"
	@PATH="$(CURDIR)/$(LEGACY)/bin:$$PATH" DT_CACHE="$(CURDIR)/.cache/dt" DT_WORKSPACE="$(CURDIR)/.cache/legacy-workspace" \
		MPLBACKEND=agg OMP_NUM_THREADS=1 \
		$(LEGACY)/bin/python -m pytest --confcutdir=tests/legacy tests/legacy/lane_legacy.py $(ARGS)

# The lowest versions that pyproject.toml allows, the newest, and those of uv.lock, with each Python, in environments of their
# own, one after the other.
PYTHONS ?= $(VERSIONS)
BOUNDS ?= lowest newest locked
test-versions: ## Test with the lowest allowed, the newest and uv.lock's versions; PYTHONS="3.12" BOUNDS="lowest" for one
	@for version in $(PYTHONS); do for bound in $(BOUNDS); do \
		sh tests/versions/run.sh $$version $$bound $(VENV)-versions "$(TORCH)" $(ARGS) || exit 1; done; done

test-sdist: $(INSTALLED) ## Build the source distribution, and run its own short tests where it was unpacked
	@$(ACTIVATED) sh tests/sdist/run.sh $(ARGS)

test-gpu: $(INSTALLED) ## Test what a graphics card changes; without one it says so and ends well
	@$(ACTIVATED) DT_CACHE="$(CURDIR)/.cache/dt" OMP_NUM_THREADS=1 python -m tests.gpu $(ARGS)

# The page that runs models in the reader's browser, with those that come with the course; the first is shown first.
# The models of the other robots are trained here, a minute or two each, and kept in .cache.
LIVE := web/live
BIOME := $(LIVE)/node_modules/.bin/biome
LIVE_TRAINED := $(foreach set,hopper-mixed hopper-expert walker2d-mixed walker2d-expert,.cache/live/$(set))
LIVE_MODELS := 1-mixed:dt_helpers/assets/model-mixed 2-expert:dt_helpers/assets/model \
	$(foreach folder,$(LIVE_TRAINED),3-$(notdir $(folder)):$(folder))
LIVE_FORM := dt_helpers/rollout/export_web.py dt_helpers/model/onnx_form.py dt_helpers/model/onnx_steps.py
BOARD := $(LIVE)/stitching/board
live: $(INSTALLED) $(LIVE)/node_modules/.package-lock.json $(LIVE_TRAINED:%=%/model.safetensors) $(BOARD)/board.json ## Build the pages that run models in the browser: web/live/dist (needs npm)
	@for pair in $(LIVE_MODELS); do made=$(LIVE)/models/$${pair%:*}/model.json; stale=; \
		for file in $${pair#*:}/model.safetensors $(LIVE_FORM); do [ $$made -nt $$file ] || stale=$$file; done; \
		[ -z "$$stale" ] || DT_CACHE="$(CURDIR)/.cache/dt" OMP_NUM_THREADS=1 \
		$(BIN)/dt-course export-web --half $${pair#*:} $(LIVE)/models/$${pair%:*} || exit 1; done
	@cd $(LIVE) && npm run --silent build && npm run --silent build-board

# The stitching board's models are trained when something differs on which they depend.
$(BOARD)/board.json: $(addprefix dt_helpers/stitching/,board.py export_board.py model.py roads.py) | $(INSTALLED)
	@DT_CACHE="$(CURDIR)/.cache/dt" OMP_NUM_THREADS=1 $(BIN)/python -m dt_helpers.stitching.export_board $(BOARD)

.cache/live/%/model.safetensors: dt_helpers/training/settings.py | $(INSTALLED)
	@DT_CACHE="$(CURDIR)/.cache/dt" $(BIN)/dt-course train --data $* --output $(@D)

$(LIVE)/node_modules/.package-lock.json: $(LIVE)/package-lock.json
	@command -v npm >/dev/null || { echo "The page's parts come by npm, and there is no npm here: install Node.js 20 or newer" \
		"(on Debian: nodejs npm)." >&2; exit 1; }
	@cd $(LIVE) && npm ci --no-audit --no-fund
	@touch $@

# Needs an idle machine; ARGS=--whole measures the long ones too, ARGS=video only the one named.
bench: $(INSTALLED) ## Measure what the README states: benchmarks/RESULTS.md
	@$(ACTIVATED) python benchmarks/run.py $(ARGS)

# A robot takes half an hour to an hour of one core. If it is stopped, the same command goes on; ROBOTS="hopper" trains only that one.
ROBOTS ?= halfcheetah hopper walker2d
experts: $(VENV)-experts/installed ## Train the experts in output/experts (experts/README.md says how they are chosen)
	@for robot in $(ROBOTS); do OMP_NUM_THREADS=1 $(VENV)-experts/bin/python experts/train.py $$robot $(ARGS) || exit 1; done

release: $(INSTALLED) ## Make the notebooks from the percent scripts in solutions/
	@$(ACTIVATED) dt-course release

# The page's modules are checked where npm has put its packages (make live): nobody needs npm for the rest.
lint: $(INSTALLED) ## Check the style, the spelling, the words and the types
	@$(ACTIVATED) ruff check .
	@$(ACTIVATED) ruff format --check .
	@$(ACTIVATED) codespell
	@$(ACTIVATED) python -m pytest -p no:xdist -p no:cacheprovider tests/notebooks/test_words.py
	@$(ACTIVATED) mypy
	@if command -v npm >/dev/null && [ -x $(BIOME) ]; then npm --prefix $(LIVE) run --silent lint; fi

clean: ## Remove all that make made: .venv, .cache and output
	rm -rf $(VENV) $(VENV)-experts $(VENV)-versions $(COLAB) $(LEGACY) $(SITE) .cache .pytest_cache .ruff_cache .mypy_cache .hypothesis build output *.egg-info \
		$(LIVE)/node_modules $(LIVE)/models $(LIVE)/dist $(BOARD)

$(MADE):
	@test -n "$(FOUND)" || { echo 'The course needs Python $(firstword $(VERSIONS)) to $(lastword $(VERSIONS)) with its venv module; none of these is one:' \
		'$(CANDIDATES).'; echo 'Install one (on Debian: python3-venv as well), or name it: make PYTHON=/path/to/python3.12'; \
		exit 1; } >&2
	@echo "Making $(VENV) with $(FOUND) (Python $(VERSION))"
	@"$(FOUND)" -m venv --clear $(VENV)
	@touch $@

# pip would install the course for its extra, and with it torch.
SITE_EXTRA = import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["site"], sep="\n")
$(SITE_INSTALLED): $(MADE)
	@echo "Making $(SITE): a minute or two"
	@"$(FOUND)" -m venv --clear $(SITE)
	@"$(FOUND)" -c '$(SITE_EXTRA)' > $(SITE)/requirements.txt
	@$(SITE)/bin/python -m pip install --quiet --requirement $(SITE)/requirements.txt
	@mkdir $(SITE)/node
	@cp web/site/package.json web/site/package-lock.json $(SITE)/node
	@$(SITE_NPM) --omit=dev
	@touch $@

$(VENV)-experts/installed: $(MADE) pyproject.toml
	@"$(FOUND)" -m venv $(VENV)-experts
	@$(VENV)-experts/bin/python -m pip install --quiet --upgrade pip
	@$(VENV)-experts/bin/python -m pip install --quiet "$(TORCH)"
	@$(EDITABLE) $(VENV)-experts/bin/python -m pip install --quiet --editable '.[experts]'
	@touch $@

$(INSTALLED): $(MADE)
	@echo "Installing $(TORCH) and the course: minutes the first time"
	@rm -f $(VENV)/installed-*
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@test -n "$(TORCH_INDEX)" && $(BIN)/python -m pip install --quiet --retries 1 --timeout 15 --index-url "$(TORCH_INDEX)" "$(TORCH)" \
		2>$(VENV)/torch.log || $(BIN)/python -m pip install --quiet "$(TORCH)"
	@$(EDITABLE) $(BIN)/python -m pip install --quiet --editable '.[$(EXTRAS)]'
	@touch $@
