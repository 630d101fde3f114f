# The commands of every day; CMakePresets.json holds the builds behind them. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

JOBS ?= $(shell nproc)
PYTHON := .venv/bin/python
UPDRAFT := build/release/cli/updraft
SCENARIO ?= scenarios/match_day.yaml
BASE ?=
FUZZ_SECONDS ?= 60
# No CTest parallelism beyond the cores; slow tests first, as CTest remembers them.
CTEST := ctest --output-on-failure --no-tests=error -j $(JOBS)

.PHONY: help bootstrap build run test test-cpp test-python quick sanitize sanitize-all engine golden-clang bench instructions tidy fuzz nightly docs format format-check clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

bootstrap: ## install Debian packages and the Python environment, if missing
	@tools/bootstrap.sh

build: bootstrap ## build everything, optimised, in build/release
	cmake --preset release
	cmake --build --preset release -j $(JOBS)

run: build ## run SCENARIO (scenarios/match_day.yaml) into results.h5
	$(UPDRAFT) run $(SCENARIO) --output results.h5

test: build test-cpp test-python ## build and run every test

test-cpp:
	cd build/release && $(CTEST)

# Python's tests are there as soon as there is a test file; pytest would call an empty folder an error.
test-python:
	@if compgen -G 'tests/python/*test*.py' >/dev/null; then \
	  PYTHONPATH=build/release/python:python PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m pytest -q tests/python; fi

quick: build ## build and run the tests that take under a minute
	cd build/release && $(CTEST) -L quick

# Engine, samplers, stations, loader, the models end to end, and six hours of match_day.yaml against their golden
# hashes; `make nightly` sanitizes every quick test.
SANITIZED := core_test random_test station_test engine_test scenario_test client_test behaviour_test sqs_test lambda_test sns_test service_test traffic_test golden_test

sanitize: bootstrap ## engine, loader and models with address and undefined-behaviour sanitizers
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS) --target $(SANITIZED)
	@for test in $(SANITIZED); do \
	  program=$$(find build/dev -name $$test -type f -perm -u+x); echo "== $$program"; $$program --gtest_brief=1; done

sanitize-all: bootstrap ## every quick test with sanitizers
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS)
	cd build/dev && $(CTEST) -L quick

engine: bootstrap ## engine and samplers by g++ -O2 and clang -O0 with libc++: the same digests
	tools/compare-digests.sh engine engine-libcxx

golden-clang: bootstrap ## whole runs, built by clang++, against the golden hashes
	cmake --preset release-clang
	cmake --build --preset release-clang -j $(JOBS) --target golden_test engine_digest sampler_digest
	cd build/release-clang && $(CTEST) -R '^Golden\.|^determinism\.'

bench: bootstrap ## build and run the benchmarks
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS)
	tools/bench.sh

instructions: bootstrap ## instructions of the benchmarks against bench/instructions.csv
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS) --target hold_bench station_bench match_day_bench
	tools/instruction-counts.py

tidy: bootstrap ## clang-tidy on changed files (BASE=REF) and the tree's own rules
	python3 tests/tidy/check.py
	tools/clang-tidy.sh $(if $(BASE),--base $(BASE))

fuzz: bootstrap ## fuzz for FUZZ_SECONDS (60) in all
	tools/fuzz.sh $(FUZZ_SECONDS)

nightly: ## clang-tidy on all, long fuzzing, fourteen days, other compilers and architecture, 200 kills
	tools/nightly.sh

docs: build ## write what is generated and kept: docs/reference, docs/coverage.md, the types of the Python extension
	build/release/cli/updraft_docs docs/reference
	python3 tools/coverage.py
	PYTHONPATH=build/release/python $(PYTHON) tools/stubs.py

format: bootstrap ## format C++ and Python sources
	tools/format.sh

format-check: bootstrap ## fail when a source is not formatted
	tools/format.sh --check

clean: ## remove what was built (.venv stays)
	rm -rf build results*.h5
