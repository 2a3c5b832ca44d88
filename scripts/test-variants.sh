#!/usr/bin/env bash
# Runs the tests of layers and networks with each variant of the kernels that this machine can run, and compares what they compute.
# Needs the tests to be built: swift build -c release --build-tests.
set -euo pipefail
cd "$(dirname "$0")/.."

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
case "$(uname -m)" in
  x86_64) variants="plain avx2 avx512" ;;
  *) variants="plain neon" ;;
esac
for variant in $variants; do
  mkdir "$results/$variant"
  # A variant that the machine cannot run is replaced by the best that it can.
  NNM_KERNELS=$variant NNM_MATRIX="$results/$variant" swift test -c release --skip-build \
    --filter 'NNLayersTests|NNRuntimeTests' >"$results/$variant.log" 2>&1 || { cat "$results/$variant.log"; exit 1; }
  echo "$variant: $(grep -o 'Test run with .*' "$results/$variant.log" | tail -1)"
  diff -r "$results/plain" "$results/$variant" || { echo "$variant gives other bits than plain for these kinds" >&2; exit 1; }
done
