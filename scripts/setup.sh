#!/usr/bin/env bash
# Installs what building and testing need, where it is missing: libhdf5, zlib, pkg-config, Python's venv, and the Python
# libraries that the tests compare with, in .venv. Usage: scripts/setup.sh [--no-python]
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

if ! command -v swift >/dev/null; then
  echo "swift is not on the PATH; install Swift 6.2 or later from https://www.swift.org/install" >&2
  exit 69
fi

missing_packages() {
  command -v pkg-config >/dev/null || echo pkg-config
  pkg-config --exists hdf5 2>/dev/null || echo libhdf5-dev
  pkg-config --exists zlib 2>/dev/null || echo zlib1g-dev
  if [ "${1:-}" != --no-python ]; then
    command -v python3 >/dev/null || echo python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  fi
}

missing=$(missing_packages "$@")
if [ -n "$missing" ]; then
  if command -v apt-get >/dev/null; then
    say "Installing with apt-get:" $missing
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  elif command -v brew >/dev/null; then
    say "Installing with brew: pkgconf hdf5 zlib"
    brew install --quiet pkgconf hdf5 zlib
  else
    echo "missing: $missing; install these with the system's package manager" >&2
    exit 69
  fi
fi

if [ "${1:-}" != --no-python ]; then
  if ! cmp -s Tests/Interop/requirements.txt .venv/installed.txt; then
    say "Making .venv with the Python peers"
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/Interop/requirements.txt
    cp Tests/Interop/requirements.txt .venv/installed.txt
  fi
fi
