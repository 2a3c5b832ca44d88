#!/usr/bin/env bash
# Builds in release and measures against NumPy, ONNX Runtime and OpenVINO; Benchmarks/README.md says what and how.
# Usage: scripts/bench.sh [--quick] [--only PATTERN] [--threads N...] [--json FILE] [--svg FILE]
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
exec .venv-bench/bin/python Benchmarks/suite.py "$@"
