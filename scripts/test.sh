#!/usr/bin/env bash
# Runs the tests, on a machine that may have nothing but Swift, Python 3 and git.
#
#   scripts/test.sh                build and test
#   scripts/test.sh --all          also format, release build, the build without HDF5, the outside app, the demo and the peers
#   scripts/test.sh --exhaustive   also the slow tier: every single-precision input of exp, log, tanh and the like (an hour)
set -euo pipefail
cd "$(dirname "$0")/.."

all=
exhaustive=
for argument in "$@"; do
  case "$argument" in
    --all) all=1 ;;
    --exhaustive) exhaustive=1 ;;
    *) echo "unknown option '$argument'; there are --all and --exhaustive" >&2; exit 64 ;;
  esac
done

step() { printf '\n== %s (%ds)\n' "$*" "$SECONDS"; }

step "What is needed"
if [ -n "$all$exhaustive" ]; then scripts/setup.sh; else scripts/setup.sh --no-python; fi

if [ -n "$all" ]; then
  step "Format"
  swift-format lint --strict --recursive --parallel Package.swift Sources Tests
  step "Release build"
  swift build -c release
  step "Without HDF5"
  scripts/test-without-hdf5.sh
  step "An outside app"
  scripts/test-example.sh
  step "The demo"
  scripts/demo.sh
fi

step "Build"
swift build --build-tests

if [ -n "$all" ]; then
  step "Peers: NumPy, h5py, safetensors, and readers written from the specification"
  .venv/bin/python Tests/Interop/interop.py "$(swift build --show-bin-path)"
fi

if [ -n "$exhaustive" ]; then
  step "Slow tier"
  NNM_EXHAUSTIVE=1 swift test --skip-build --filter NNKernelsTests
  .venv/bin/python Tests/Interop/exhaustive_f32.py
fi

step "Tests"
# libhdf5 is used by one thread at a time, so its tests run alone and hold nobody up.
swift test --skip-build --filter NNHDF5Tests
swift test --skip-build --skip NNHDF5Tests
