#!/usr/bin/env bash
# From NumPy arrays to a model file and back to numbers, with NumPy beside it: installs what it needs, builds, and runs.
set -euo pipefail
cd "$(dirname "$0")/.."

show() { printf '\n\033[1m$ %s\033[0m\n' "$*"; "$@"; }

scripts/setup.sh
swift build --quiet -c release --product nnconvert
swift build --quiet -c release --product nninfo
swift build --quiet -c release --product nnrun
PATH="$(swift build -c release --show-bin-path):$PATH"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.venv/bin/python Fixtures/numpy-example/reference.py --out "$work/numpy" --only 2-2-1
cp "$work"/numpy/2-2-1/{arrays.npz,x_1.npy,y_1.npy,x_7.npy,y_7.npy} "$work"
cd "$work"

show nnconvert from-npy arrays.npz --activation sigmoid -o model.h5
show nninfo model.h5
show nnrun model.h5 --input x_1.npy
show nnrun model.h5 --input x_7.npy --output ours.npy

printf '\n\033[1mNumPy beside it\033[0m\n'
"$OLDPWD/.venv/bin/python" - <<'PYTHON'
import numpy as np
from numpy._core._multiarray_umath import __cpu_features__ as features

arrays = np.load("arrays.npz")
sigmoid = lambda z: 1 / (1 + np.exp(-z))
for name in ("x_1", "x_7"):
    x = np.load(name + ".npy")
    hidden = sigmoid(np.dot(x, arrays["weights_input_hidden"]) + arrays["biases_hidden"])
    y = sigmoid(np.dot(hidden, arrays["weights_hidden_output"]) + arrays["biases_output"])
    np.save(name.replace("x", "numpy") + ".npy", y)
    print(name, np.array2string(y.ravel(), floatmode="unique"))
wide = features.get("X86_V4", False)
print("NumPy", np.__version__, "on a processor", "with" if wide else "without", "AVX-512",
      "" if wide else "(its own bits may then differ from those it gives on most servers; ours do not)")
PYTHON
show nnrun model.h5 --input x_1.npy --compare numpy_1.npy
if cmp -s ours.npy numpy_7.npy; then
  echo "The bits agree."
else
  echo "Of the seven rows some differ in their last bits; how far:"
  nnrun model.h5 --input x_7.npy --compare numpy_7.npy --tolerance ulps=8
fi
