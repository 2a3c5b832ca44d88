#!/usr/bin/env bash
# Builds everything without the package trait HDF5 and sees that .nnm, JSON and safetensors work and .h5 says what to do.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=.build-without-hdf5
swift build --quiet --disable-default-traits --scratch-path "$scratch"
bin=$(swift build --disable-default-traits --scratch-path "$scratch" --show-bin-path)
if ldd "$bin/nninfo" 2>/dev/null | grep -q hdf5; then
  echo "nninfo still needs libhdf5 without the trait" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bin/nnconvert" convert Fixtures/versions/1.0/model.nnm "$work/model.json"
"$bin/nnconvert" convert "$work/model.json" "$work/model.safetensors"
"$bin/nninfo" --verify "$work/model.safetensors" >/dev/null

status=0
message=$("$bin/nninfo" Fixtures/versions/1.0/model.h5 2>&1 >/dev/null) || status=$?
echo "$message"
[ "$status" = 69 ] || { echo "opening .h5 ended with $status, not 69" >&2; exit 1; }
case "$message" in
  *"package trait 'HDF5'"*"nnconvert convert"*) ;;
  *) echo "the message does not say what to do" >&2; exit 1 ;;
esac
