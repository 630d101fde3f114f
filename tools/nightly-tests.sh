#!/usr/bin/env bash
# The tests labelled nightly: they are registered only with UPDRAFT_NIGHTLY=ON, so `make test` leaves them out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset release -B build/nightly -DUPDRAFT_NIGHTLY=ON >/dev/null
cmake --build build/nightly -j "$(nproc)" >/dev/null
ctest --test-dir build/nightly -L nightly --output-on-failure --no-tests=error -j "$(nproc)"
