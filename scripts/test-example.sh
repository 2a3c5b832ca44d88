#!/usr/bin/env bash
# Builds Examples/HelloNetwork, a package of its own, and runs it on the model of the demo's kind.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=$(swift build -c release --show-bin-path)
"$bin/nnconvert" from-npy Fixtures/numpy-example/2-2-1/arrays --activation sigmoid -o "$work/model.h5" >/dev/null
swift build --quiet --package-path Examples/HelloNetwork
"$(swift build --package-path Examples/HelloNetwork --show-bin-path)/HelloNetwork" "$work/model.h5"
