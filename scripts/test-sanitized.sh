#!/usr/bin/env bash
# Runs the tests of layers and networks with a sanitizer, and fails if it finds anything. Usage: scripts/test-sanitized.sh address|thread
set -euo pipefail
cd "$(dirname "$0")/.."

kind=$1
build=.build-$kind
tests='NNRuntimeTests|NNLayersTests|NNKernelsTests|NNFormatTests|NNNumPyTests|NNContainerTests|NNConvertTests|NNHDF5Tests'
[ "$kind" = thread ] && tests='NNRuntimeTests|CrewTests'

swift build --quiet -c release --build-tests --sanitize "$kind" --scratch-path "$build"
if [ "$(uname)" != Linux ]; then
  exec swift test -c release --skip-build --sanitize "$kind" --scratch-path "$build" --filter "$tests"
fi
binary=$(swift build -c release --show-bin-path --scratch-path "$build")/swift-nnmPackageTests.xctest
if [ "$kind" = thread ]; then
  # The sanitizer has to be told of mutexes that are taken within Swift's own library.
  clang -O1 -shared -fPIC Tests/ThreadSanitizer/mutex.c -o "$build/mutex.so"
  export LD_PRELOAD=$PWD/$build/mutex.so
  export TSAN_OPTIONS="suppressions=$PWD/Tests/ThreadSanitizer/suppressions.txt exitcode=66"
else
  # Memory that lives as long as the process is no leak, and Swift's metadata looks like one. What a damaged file makes libhdf5 ask for
  # may be refused, which it bears.
  export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
fi
"$binary" --testing-library swift-testing --filter "$tests"
