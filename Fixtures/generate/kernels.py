"""Writes the outputs of NumPy that Tests/NNKernelsTests compares bit for bit: Fixtures/kernels/*.bin.

Needs NumPy 2.4.6 at its defaults. Some of its bits depend on the CPU: those files are written on a CPU with AVX-512 alone,
the others on any with AVX2; made-with-*.txt say which machine wrote which. Every file is little-endian without a header; Fixtures/kernels/README.md gives the layouts.
"""
import pathlib
import platform
import sys

import numpy as np
from numpy._core._multiarray_umath import __cpu_features__ as features

folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1] / "kernels"
if np.__version__ != "2.4.6" or not features.get("X86_V3"):
    sys.exit(f"needs NumPy 2.4.6 with X86_V3; this is {np.__version__} with X86_V3 {features.get('X86_V3')}")
only_avx512 = {"exp_f64", "activations_f64", "softmax_f64", "products_f64", "networks_f64"}
written = []
np.seterr(all="ignore")
rng = np.random.default_rng(20261123)
types = {"f32": np.float32, "f64": np.float64}


def save(name, *arrays):
    if name in only_avx512 and not features.get("X86_V4"):
        return
    written.append(name)
    (folder / f"{name}.bin").write_bytes(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays))


def inputs(dtype, low, high):
    """Special values, a dense range, and all magnitudes."""
    special = [0.0, -0.0, 1, -1, 0.5, -0.5, 2, np.inf, -np.inf, np.nan, 88.7, 88.8, -103.9, -104, 709.7, 709.8, -708.3]
    limits = np.finfo(dtype)
    edges = [limits.max, -limits.max, limits.tiny, -limits.tiny, limits.smallest_subnormal, limits.eps]
    wide = rng.standard_normal(300) * 10.0 ** rng.uniform(np.log10(limits.tiny) - 3, np.log10(limits.max) - 1, 300)
    x = np.concatenate([special, edges, wide, rng.uniform(low, high, 800), rng.uniform(-8, 8, 600),
                        rng.standard_normal(300) * 1e-3])
    return x.astype(dtype)


for name, dtype in types.items():
    # From |x| = 707.703 on NumPy's AVX-512 exp of f64 calls a scalar routine, which the definition does not follow.
    for function, low, high in (("exp", -707, 707) if name == "f64" else ("exp", -104, 89), ("tanh", -25, 25)):
        x = inputs(dtype, low, high)
        if function == "exp" and name == "f64":
            x = x[~((abs(x) > 707.7) & (abs(x) < 745.14))]
        save(f"{function}_{name}", x, getattr(np, function)(x))
x = np.abs(inputs(np.float32, 0, 100))
save("log_f32", x, np.log(x))

lengths = [*range(1, 300), 1000, 4096, 5000]
for name, dtype in types.items():
    x = (rng.standard_normal(5000) * 3 + 1).astype(dtype)
    save(f"reductions_{name}", x, *(f(x[:n]) for n in lengths for f in (np.sum, np.mean, np.var)))
    x = rng.standard_normal((3, 37, 5)).astype(dtype)
    save(f"axis_{name}", x, *(f(x, axis=axis) for axis in (0, 1, 2) for f in (np.sum, np.mean, np.var)))


def softmax(x, axis):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def keras(x):
    """Keras's formulas (keras/src/backend/numpy/nn.py) that need no function of the C library."""
    number = x.dtype.type
    one, half = number(1), number(0.5)
    sigmoid = one / (one + np.exp(-x))
    hard = lambda v: np.where(v <= 0, number(0), np.where(v >= 1, one, v))
    cubic = number(np.sqrt(2 / np.pi)) * (x + number(0.044715) * (x * x * x))
    return [
        sigmoid, np.maximum(x, number(0)), np.minimum(np.maximum(x, number(0)), number(6)),
        np.maximum(x, number(0.3) * x), x / (one + np.abs(x)), x * (half * (one + np.tanh(cubic))), x * sigmoid,
        hard(number(0.2) * x + half), hard(x / number(6) + half), x * hard(x / number(6) + half)]


for name, dtype in types.items():
    x = np.concatenate([rng.uniform(-10, 10, 300), rng.standard_normal(100), [0, -0.0, np.inf, -np.inf, np.nan, -600, 600]])
    x = x.astype(dtype)
    save(f"activations_{name}", x, *keras(x))
    x = (rng.standard_normal((6, 11, 7)) * 5).astype(dtype)
    save(f"softmax_{name}", x, *(softmax(x, axis) for axis in (0, 1, 2)))

# The shapes where spec/numerics.md finds NumPy's product equal to the definition, f64.
shapes = [(1, k, n) for k in (1, 2, 3) for n in (1, 2, 3)] + [(1, k, 1) for k in range(4, 9)]
shapes += [(m, k, n) for m in (2, 3, 7) for k in (1, 2, 5, 8) for n in (2, 3, 4, 8)]
shapes += [(m, k, n) for m, k, n in ((2, 20, 5), (2, 128, 8), (3, 256, 8), (4, 64, 16), (7, 33, 24))]
parts = []
for m, k, n in shapes:
    a, b = rng.standard_normal((m, k)), rng.standard_normal((k, n))
    parts += [np.array([m, k, n], np.int64), a, b, np.dot(a, b)]
save("products_f64", *parts)

# The example network of the README, batch 1: w1, b1, w2, b2, x, y.
parts = []
for _ in range(200):
    w1, b1, w2, b2 = (rng.standard_normal(s) for s in ((2, 2), (1, 2), (2, 1), (1, 1)))
    x = rng.standard_normal((1, 2))
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    parts += [w1, b1, w2, b2, x, sigmoid(np.dot(sigmoid(np.dot(x, w1) + b1), w2) + b2)]
save("networks_f64", *parts)

enabled = " ".join(name for name, on in features.items() if on)
level = "X86_V4" if features.get("X86_V4") else "X86_V3"
(folder / f"made-with-{level}.txt").write_text(
    f"NumPy {np.__version__}, Python {platform.python_version()}, {platform.machine()}, CPU features: {enabled}\n"
    + "".join(f"{name}.bin\n" for name in written))
