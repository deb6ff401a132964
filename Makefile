# Everything one runs. `make demo` to try it, `make up` for real stores, `make test` before a change goes in.

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder
STATIC := src/counterfoil/web/static/vendor

.PHONY: demo up setup test test-full check bench coverage pictures bench-large faults lock audit clean api-reference api-fuzz

demo: setup  ## Try it: pages, worker, and a sandbox store full of orders
	@exec $(BIN)/counterfoil demo

up: setup  ## Run it for real stores
	@exec $(BIN)/counterfoil up

setup: .venv/.ready-run $(STATIC)/.ready  ## Install what the program needs
	@$(BIN)/python -m compileall -q src

.venv/.ready-run: requirements/run.txt pyproject.toml
	@echo "Installing the Python packages …"
	@$(PYTHON) -c 'import sys; sys.exit("Counterfoil needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.ready-test: .venv/.ready-run requirements/dev.txt
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(STATIC)/.ready: package-lock.json bin/page-assets
	@command -v npm >/dev/null || { echo "Counterfoil's pages need npm (Node.js 20 or newer) for their style sheets."; exit 1; }
	@echo "Installing the pages' style sheets and scripts …"
	@npm ci --silent --ignore-scripts --omit=dev
	@bin/page-assets $(STATIC)
	@touch $@

node_modules/axe-core/package.json: $(STATIC)/.ready package-lock.json
	@npm ci --silent --ignore-scripts
	@touch $@

test: export PYTHONDONTWRITEBYTECODE :=  # the tests start thousands of processes, which would compile everything again
test: setup .venv/.ready-test node_modules/axe-core/package.json  ## Run every check and test
	@bin/browser
	@bin/proxies
	@$(MAKE) --no-print-directory check
	@$(PYTEST)

test-full: export COUNTERFOIL_TEST_FULL := 1
test-full: test  ## The same, with the largest tests at full size

check: .venv/.ready-test  ## Check style, types and import boundaries
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djangofmt --check src/counterfoil
	@DATABASE_URL=postgresql://none/none COUNTERFOIL_SECRET_KEY=for-the-types-alone $(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

bench: setup .venv/.ready-test  ## Run the benchmarks and print their tables
	@$(BIN)/python -m bench

coverage: setup .venv/.ready-test node_modules/axe-core/package.json  ## Show which branches of intake, dispatch and the store's API no test covers
	@bin/browser
	@bin/proxies
	@$(PYTEST) --cov --cov-report=term-missing:skip-covered tests

faults: setup .venv/.ready-test  ## Run every fault it has to survive and print one table
	@bin/proxies
	@$(BIN)/python -m faults

bench-large: setup .venv/.ready-test  ## Measure the pages with 1,000,000 sales orders: seven minutes, 6 GB of disk
	@$(BIN)/python -m bench --only finding

api-reference: setup  ## Write docs/api-reference.md from the code
	@$(BIN)/python bin/api-reference

api-fuzz: setup .venv/.ready-test  ## Send the API everything its document allows, and things it doesn't: half an hour
	@COUNTERFOIL_TEST_FULL=1 $(BIN)/python -m pytest -q tests/api/test_schemathesis.py

pictures: setup .venv/.ready-test  ## Take screenshots of the pages: docs/pictures, and all of them in build/pictures
	@bin/browser
	@$(BIN)/python bin/screenshots

lock:  ## Pin the newest versions that fit pyproject.toml
	@$(PYTHON) -m pip install --quiet uv
	@uv pip compile --quiet --generate-hashes --universal --no-strip-extras --no-header --no-emit-index-url --extra build pyproject.toml -o requirements/run.txt
	@uv pip compile --quiet --generate-hashes --universal --no-strip-extras --no-header --no-emit-index-url --extra build --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

.venv-audit/.ready: requirements/run.txt
	@echo "Installing pip-audit, into an environment of its own …"
	@test -x .venv-audit/bin/python || $(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip-audit || \
		{ echo "NOT LOOKED UP   pip-audit cannot be installed: is there a network?"; exit 2; }
	@touch $@

audit: .venv-audit/.ready  ## Check for known vulnerabilities in dependencies: exits with 0 for none, 1 for some, 2 if unknown
	@.venv-audit/bin/python bin/audit

clean:  ## Remove what was installed here; data stays
	@rm -rf .venv .venv-audit node_modules $(STATIC)
