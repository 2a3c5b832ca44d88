"""Random networks against NumPy as it is installed, at its defaults.

`reference` is what a user writes. NumPy computes each network on its own, as a script would; a Swift test computes them all and
counts. Where NumPy uses AVX-512 every bit must be equal; elsewhere the share is printed (shared promise: spec/numerics.md).
"""

import json
import os
import pathlib
import subprocess

import numpy as np
from numpy._core import _multiarray_umath

ROOT = pathlib.Path(__file__).resolve().parents[2]
# (batch, inputs, hidden, outputs): how many. The first is the example's shape; the others are all of the kinds of
# spec/numerics.md at which NumPy's matrix product is one ascending chain of fused multiply-adds.
GROUPS = {
    (1, 2, 2, 1): 20_000,
    (1, 3, 3, 3): 250, (1, 3, 2, 1): 250, (1, 8, 1, 3): 250, (2, 3, 5, 2): 250, (7, 3, 5, 2): 250,
    (7, 8, 8, 3): 250, (2, 256, 8, 5): 250, (7, 100, 16, 8): 250,
}  # fmt: skip


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def reference(x, w1, b1, w2, b2):
    return sigmoid(np.dot(sigmoid(np.dot(x, w1) + b1), w2) + b2)


def generate(folder, seed):
    generator = np.random.default_rng([seed, 6000])
    for (batch, inputs, hidden, outputs), count in GROUPS.items():
        shapes = {"x": (batch, inputs), "w1": (inputs, hidden), "b1": (1, hidden), "w2": (hidden, outputs),
                  "b2": (1, outputs)}  # fmt: skip
        arrays = {name: generator.standard_normal((count, *shape)) for name, shape in shapes.items()}
        arrays["y"] = np.stack([reference(*parts) for parts in zip(*arrays.values())])
        target = folder / f"{batch}x{inputs}-{hidden}-{outputs}"
        target.mkdir()
        for name, array in arrays.items():
            np.save(target / f"{name}.npy", array)


def check(build_folder, folder, seed):
    generate(folder, seed)
    configuration = "release" if build_folder.name == "release" else "debug"
    command = ["swift", "test", "-c", configuration, "--skip-build", "--filter", "LiveNumPyTests"]
    environment = os.environ | {"NNM_INTEROP_DIR": str(folder)}
    outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert outcome.returncode == 0, (outcome.stdout + outcome.stderr)[-2000:]
    results = json.loads((folder / "results.json").read_text())
    is_defined = _multiarray_umath.__cpu_features__.get("X86_V4", False)
    networks = equal = ulps = 0
    for group, count in sorted(results.items()):
        print(f"        {group}: {count['equal']} of {count['networks']} networks equal, at most {count['ulps']} ULP apart")
        networks, equal, ulps = networks + count["networks"], equal + count["equal"], max(ulps, count["ulps"])
    print(f"        in all {equal} of {networks} ({100 * equal / networks:.2f} %), at most {ulps} ULP; "
          f"NumPy with AVX-512: {is_defined}")  # fmt: skip
    assert networks == sum(GROUPS.values()), "networks are missing"
    assert equal == networks or not is_defined, f"{networks - equal} networks differ from NumPy"
