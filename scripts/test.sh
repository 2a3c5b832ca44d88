#!/usr/bin/env bash
# Runs the tests, on a machine that may have nothing but Swift, Python 3 and git.
#
#   scripts/test.sh                everything that must hold, with the peers, the demo and the outside app
#   scripts/test.sh --peers        also files of Keras against Keras itself: fixtures made anew, 300 random models, a trained network,
#                                  the networks of keras.applications, and what to-keras writes (downloads TensorFlow and JAX)
#   scripts/test.sh --sanitize     also the tests with the address and thread sanitizers
#   scripts/test.sh --exhaustive   also the slow tier: every single-precision input of the elementary functions, and a million
#                                  double-precision ones of each (some hours)
#
# Tests run in release: without optimization the C kernels take minutes for what then takes seconds.
set -euo pipefail
cd "$(dirname "$0")/.."

peers=
sanitize=
exhaustive=
for argument in "$@"; do
  case "$argument" in
    --peers) peers=1 ;;
    --sanitize) sanitize=1 ;;
    --exhaustive) exhaustive=1 ;;
    *) echo "unknown option '$argument'; there are --peers, --sanitize and --exhaustive" >&2; exit 64 ;;
  esac
done

export NNM_WARNINGS_AS_ERRORS=1
step() { printf '\n== %s (%ds)\n' "$*" "$SECONDS"; }

step "What is needed"
scripts/setup.sh

step "Format"
swift-format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Examples

step "Build"
swift build --quiet -c release --build-tests

step "The demo"
scripts/demo.sh

step "An outside app"
scripts/test-example.sh

step "Without HDF5"
scripts/test-without-hdf5.sh

step "Peers: NumPy, h5py, safetensors, and readers written from the specification"
.venv/bin/python Tests/Interop/interop.py "$(swift build -c release --show-bin-path)"
.venv/bin/python Tests/Interop/variants.py

if [ -n "$peers" ]; then
  step "Peers: Keras, tf-keras and TensorFlow"
  python3 -m venv .venv-keras
  .venv-keras/bin/pip install --quiet --requirement Fixtures/generate/keras-requirements.txt
  .venv-keras/bin/python Tests/Interop/keras_peers.py "$(swift build -c release --show-bin-path)"
  .venv-keras/bin/python Tests/Interop/keras_applications.py "$(swift build -c release --show-bin-path)"
  .venv-keras/bin/python Tests/Interop/keras_export.py "$(swift build -c release --show-bin-path)" --each 5
fi

if [ -n "$sanitize" ]; then
  for kind in address thread; do
    step "Tests with the $kind sanitizer"
    scripts/test-sanitized.sh "$kind"
  done
fi

if [ -n "$exhaustive" ]; then
  step "Slow tier"
  NNM_EXHAUSTIVE=1 swift test -c release --skip-build --filter NNKernelsTests
  .venv/bin/python Tests/Interop/exhaustive_f32.py
  .venv/bin/python Tests/Interop/accuracy_f64.py
fi

step "Tests with every variant of the kernels"
scripts/test-variants.sh

step "Tests"
swift test -c release --skip-build
