#!/usr/bin/env bash
# Runs everything that must hold before a change lands, on a machine that may have nothing but Swift, Python 3 and git.
#
#   scripts/test.sh                the usual tier
#   scripts/test.sh --exhaustive   also the slow tier: every single-precision input of exp, log, tanh and the like (an hour)
set -euo pipefail
cd "$(dirname "$0")/.."

exhaustive=
for argument in "$@"; do
  case "$argument" in
    --exhaustive) exhaustive=1 ;;
    *) echo "unknown option '$argument'; the only one is --exhaustive" >&2; exit 64 ;;
  esac
done

step() { printf '\n\033[1m== %s\033[0m (%ds)\n' "$*" "$SECONDS"; }
export NNM_WARNINGS_AS_ERRORS=1

step "What is needed"
scripts/setup.sh

step "Format"
swift-format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Examples

step "Debug build, warnings are errors"
swift build

step "Release build"
swift build -c release
swift build -c release --build-tests

step "Without HDF5"
scripts/test-without-hdf5.sh

step "An outside app"
scripts/test-example.sh

step "The demo"
scripts/demo.sh

step "Peers: NumPy, h5py, safetensors, and readers written from the specification"
.venv/bin/python Tests/Interop/interop.py .build/release

if [ -n "$exhaustive" ]; then
  step "Slow tier"
  NNM_EXHAUSTIVE=1 swift test -c release --skip-build --filter NNKernelsTests
  .venv/bin/python Tests/Interop/exhaustive_f32.py
fi

step "Tests"
swift test -c release --skip-build
