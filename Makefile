# Two commands are enough: `make run` for the demo, `make test` for the tests. Both start from a fresh clone
# and need nothing but Python 3.11 or newer; what they do is written in config/devstack/__init__.py.

.DEFAULT_GOAL := help
PORT ?= 8000
ARGS ?=
VENV_PYTHON := .venv/bin/python
DEVSTACK := $(VENV_PYTHON) -m config.devstack
COMPILE = $$(command -v uv || echo .venv/bin/uv) pip compile --universal --python-version 3.11 --no-emit-index-url --quiet \
	--custom-compile-command "make lock"

# Finds a Python that is new enough, and lets it bring .venv up to date with a lock file.
PREPARE = for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	exec "$$python" config/devstack/bootstrap.py $(1); fi; done; \
	echo "Python 3.11 or newer is needed, and none was found. Install one, or say PYTHON=/path/to/python3." >&2; exit 1

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: ## Run the demo on http://localhost:8000/ (PORT=8123 for another port); Ctrl-C stops it
	@$(call PREPARE,runtime)
	@exec $(DEVSTACK) run --port $(PORT)

.PHONY: test
test: ## Run the tests, with servers of their own (ARGS="-k something" goes to pytest)
	@$(call PREPARE,dev)
	@exec $(DEVSTACK) test -- $(ARGS)

.PHONY: lint
lint: ## Style, types, architecture, migrations: everything that is checked without running a test
	@$(call PREPARE,dev)
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(DEVSTACK) exec -- $(VENV_PYTHON) -m mypy
	PYTHONPATH=. $(VENV_PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(DEVSTACK) exec -- $(VENV_PYTHON) manage.py makemigrations --check --dry-run

.PHONY: check
check: lint test ## Everything that a change must pass: lint, then the tests

.PHONY: bench
bench: ## Measure the speed, with servers that wait for the disk
	@$(call PREPARE,dev)
	@exec $(DEVSTACK) exec --durable -- $(VENV_PYTHON) -m tests.bench $(ARGS)

.PHONY: bench-scale
bench-scale: ## Measure a ledger of ten million entries beside one of ten thousand
	@$(call PREPARE,dev)
	@exec $(DEVSTACK) exec --durable -- $(VENV_PYTHON) -m tests.bench.scale $(ARGS)

.PHONY: soak
soak: ## Run the long trials
	@$(call PREPARE,dev)
	@exec $(DEVSTACK) test -- -m soak -n 0 -p no:randomly tests/soak tests/browser $(ARGS)

.PHONY: pictures
pictures: ## Take the pictures of docs/pictures anew, on the ways of a friend, a technician and staff
	@$(call PREPARE,dev)
	@PICTURES=docs/pictures $(DEVSTACK) test -- -n 0 tests/browser/test_*_journey.py

.PHONY: lock
lock: ## Pin all dependencies anew, from what pyproject.toml asks for
	@$(call PREPARE,dev)
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt

.PHONY: messages
messages: ## Gather all texts that people read into config/locale, and compile their translations
	@$(call PREPARE,dev)
	@$(DEVSTACK) exec -- $(VENV_PYTHON) manage.py messages

.PHONY: protos
protos: ## Generate the gRPC code anew, from the .proto files beside it
	@$(call PREPARE,dev)
	$(VENV_PYTHON) -m grpc_tools.protoc -I. --python_out=. --pyi_out=. --grpc_python_out=. referrals/grpc/wire/*.proto

.PHONY: clean-demo
clean-demo: ## Forget the demo's data; the next `make run` starts anew
	@$(call PREPARE,runtime)
	@exec $(DEVSTACK) clean
