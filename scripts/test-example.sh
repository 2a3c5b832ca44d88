#!/usr/bin/env bash
# Builds Examples/HelloNetwork, a package of its own, and runs it on the model of the demo's kind; and so the README's example.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=$(swift build -c release --show-bin-path)
"$bin/nnconvert" from-npy Fixtures/numpy-example/2-2-1/arrays --activation sigmoid -o "$work/model.h5" >/dev/null
swift build --quiet --package-path Examples/HelloNetwork
example=$(swift build --package-path Examples/HelloNetwork --show-bin-path)
"$example/HelloNetwork" "$work/model.h5"

source=Examples/HelloNetwork/Sources/ReadmeExample/main.swift
sed -n '/^import NNRuntime$/,/^```$/p' README.md | sed '$d' | diff - "$source" || { echo "README.md and $source differ" >&2; exit 1; }
cd "$work"
"$example/ReadmeExample"
