#!/usr/bin/env bash
# Installs what the project needs on Debian 12: apt packages and a Python environment in .venv.
# Idempotent; when everything is there it does nothing and takes well under a second.
#
#   tools/bootstrap.sh            packages and .venv
#   tools/bootstrap.sh --apt      packages only
#   tools/bootstrap.sh --nightly  the cross-compiler and the emulator of `make nightly` too
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

apt_packages=(
  cmake ninja-build g++ make pkg-config git ccache
  libboost-graph-dev libeigen3-dev libprotobuf-dev protobuf-compiler libhdf5-dev libgtest-dev libgmock-dev
  pybind11-dev libyaml-dev libcli11-dev libfmt-dev librandom123-dev libbenchmark-dev nlohmann-json3-dev
  libmpfr-dev libhowardhinnant-date-dev librapidcheck-dev
  clang clang-tidy clang-format libc++-dev libc++abi-dev libclang-rt-14-dev lld
  hdf5-tools netcdf-bin valgrind python3 python3-venv python3-dev
)
nightly_packages=(qemu-user g++-aarch64-linux-gnu)

want_venv=yes
for argument in "$@"; do
  case "$argument" in
    --apt) want_venv=no ;;
    --nightly) apt_packages+=("${nightly_packages[@]}") ;;
    *) echo "bootstrap: unknown argument $argument (--apt, --nightly)" >&2; exit 2 ;;
  esac
done

fail() { echo "bootstrap: $*" >&2; exit 1; }

install_packages() {
  command -v dpkg-query >/dev/null ||
    fail "this system has no dpkg; install by hand what Debian 12 calls: ${apt_packages[*]}"
  local missing=()
  # One query for all; a package that was never known is an error line of dpkg-query, so names are compared.
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${apt_packages[@]}" 2>/dev/null |
    sed -n 's/^installed //p') || true
  local package
  for package in "${apt_packages[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  local id version
  id=$(. /etc/os-release && echo "${ID:-unknown}")
  version=$(. /etc/os-release && echo "${VERSION_ID:-unknown}")
  [ "$id $version" = "debian 12" ] ||
    echo "bootstrap: made for Debian 12, this is $id $version; trying all the same" >&2
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "missing packages need root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  echo "bootstrap: installing ${missing[*]}" >&2
  local log
  log=$(mktemp)
  apt_get() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null; }
  # The lists of a new machine are empty or old: update once when the first try fails.
  if ! apt_get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    apt_get update >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "apt-get update failed"; }
    apt_get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
      { tail -n 20 "$log" >&2; fail "apt-get install failed"; }
  fi
  rm -f "$log"
}

# Debian's own Python: the extension is built against its headers, whatever other python3 stands first in PATH.
make_venv() {
  local python=/usr/bin/python3 stamp=.venv/requirements.sha256 wanted
  wanted=$(cat requirements-dev.txt <("$python" --version) | sha256sum | cut -d' ' -f1)
  [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ] || return 0
  echo "bootstrap: making .venv" >&2
  "$python" -m venv .venv || fail "could not make .venv"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements-dev.txt </dev/null ||
    fail "pip could not install requirements-dev.txt"
  echo "$wanted" >"$stamp"
}

install_packages
[ "$want_venv" = no ] || make_venv
