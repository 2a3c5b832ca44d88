#!/usr/bin/env bash
# Builds in release and measures against NumPy, ONNX Runtime and h5py. Usage: scripts/bench.sh [--quick] [--json FILE]
set -euo pipefail
cd "$(dirname "$0")/.."

if ! cmp -s Benchmarks/requirements.txt .venv-bench/installed.txt; then
  rm -rf .venv-bench
  python3 -m venv .venv-bench
  .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r Benchmarks/requirements.txt
  cp Benchmarks/requirements.txt .venv-bench/installed.txt
fi
swift build --quiet -c release --product nnconvert
swift build --quiet -c release --product nninfo
swift build --quiet -c release --package-path Benchmarks
exec .venv-bench/bin/python Benchmarks/peers.py "$@"
