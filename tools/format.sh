#!/usr/bin/env bash
# clang-format (14) on C++, ruff on Python.   tools/format.sh [--check]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -t cpp < <(git ls-files -co --exclude-standard -- '*.cpp' '*.h')
case "${1:-}" in
  "") clang_format=(-i); ruff=() ;;
  --check) clang_format=(--dry-run -Werror); ruff=(--check) ;;
  *) echo "usage: tools/format.sh [--check]" >&2; exit 2 ;;
esac
if [ ${#cpp[@]} -gt 0 ]; then
  printf '%s\0' "${cpp[@]}" | xargs -0 clang-format "${clang_format[@]}"
fi
.venv/bin/ruff format --quiet "${ruff[@]}" .
.venv/bin/ruff check --quiet .
