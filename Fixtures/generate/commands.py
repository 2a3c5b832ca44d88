"""Makes Fixtures/commands: a small network with what NumPy computes from it, and arrays with NumPy's statistics of them.

Run as: python Fixtures/generate/commands.py, with NumPy 2.4.6 and ml_dtypes 0.6.0. The network has no exponentials, whose
bits in NumPy depend on the CPU, and the script insists that the products are those of spec/numerics.md: so any CPU will do.
"""

import json
import pathlib
from fractions import Fraction

import ml_dtypes
import numpy as np

folder = pathlib.Path(__file__).resolve().parent.parent / "commands"
folder.mkdir(exist_ok=True)
random = np.random.default_rng(1)


def dense(x, weights, biases):
    """NumPy's product, after a check that it is a chain of fused multiply-adds over ascending k."""
    chain = np.zeros((x.shape[0], weights.shape[1]))
    for (row, column), _ in np.ndenumerate(chain):
        for k in range(x.shape[1]):
            exact = Fraction(x[row, k]) * Fraction(weights[k, column]) + Fraction(chain[row, column])
            chain[row, column] = float(exact)
    assert np.array_equal(x @ weights, chain)
    return x @ weights + biases


def network():
    arrays = {
        "hidden_weights": random.standard_normal((2, 3)),
        "hidden_biases": random.standard_normal(3),
        "output_weights": random.standard_normal((3, 2)),
        "output_biases": random.standard_normal(2),
    }
    x = np.array([[0.0, 1.0], [-0.5, 2.25]])
    hidden = np.maximum(dense(x, arrays["hidden_weights"], arrays["hidden_biases"]), 0)
    y = dense(hidden, arrays["output_weights"], arrays["output_biases"])
    assert (hidden > 0).any() and (hidden == 0).any()
    near = y.copy()
    near[1, 0] = np.nextafter(np.nextafter(y[1, 0], 9), 9)
    np.savez(folder / "network.npz", **arrays)
    np.save(folder / "x.npy", x)
    np.save(folder / "hidden.npy", hidden)
    np.save(folder / "y.npy", y)
    np.save(folder / "two_ulps_off.npy", near)
    np.save(folder / "one_sample.npy", x[0])
    np.save(folder / "single_precision.npy", x.astype(np.float32))
    np.savez(folder / "x.npz", x=x)
    (folder / "x.csv").write_text("first,second\n0,1\n-0.5, 2.25\n")
    (folder / "x.json").write_text('{"x": [[0, 1], [-0.5, 2.25]]}\n')


def tensors():
    values = {}
    for name in ["float16", "float32", "float64"]:
        values[name] = random.standard_normal((37, 113)).astype(name)
    values["bfloat16"] = random.standard_normal((37, 113)).astype(ml_dtypes.bfloat16)
    for name in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
        limits = np.iinfo(name)
        values[name] = random.integers(limits.min, limits.max, (37, 113), dtype=name, endpoint=True)
    values["bool"] = random.integers(0, 2, (37, 113)).astype(bool)
    special = random.standard_normal((5, 7))
    special[0, :4] = [np.nan, np.inf, -np.inf, 0]
    special[2, 1] = -0.0
    values["special"] = special
    values["half_special"] = special.astype(np.float16)
    # A large mean and a small spread, where a sum of squares loses every digit.
    values["offset"] = 1e9 + (np.arange(600_011) * 7919 % 1000) / 64
    values["huge"] = random.standard_normal(4099) * 1e300
    values["tiny"] = random.standard_normal(4099) * 1e-300
    values["empty"] = np.zeros((0, 3))
    values["no_number"] = np.full(3, np.nan)
    values["scalar"] = np.array(-2.5)
    return values


def statistics(array):
    wide = array.astype(np.float64)
    finite = wide[np.isfinite(wide)]
    result = {
        "zeros": int((wide == 0).sum()),
        "nan": int(np.isnan(wide).sum()),
        "infinite": int(np.isinf(wide).sum()),
    }
    if finite.size == 0:
        return result | {"min": None, "max": None, "mean": None, "std": None}
    is_integer = array.dtype.kind in "iub"
    least, largest = (array.min(), array.max()) if is_integer else (finite.min(), finite.max())
    # Extended precision keeps the reference's own rounding, and its range, out of the comparison.
    long = finite.astype(np.longdouble)
    return result | {
        "min": int(least) if is_integer else float(least),
        "max": int(largest) if is_integer else float(largest),
        "mean": float(long.mean()),
        "std": float(long.std()),
    }


network()
arrays = tensors()
np.savez_compressed(folder / "statistics.npz", **arrays)
expected = {name: statistics(array) for name, array in arrays.items()}
(folder / "statistics.json").write_text(json.dumps(expected, indent=1) + "\n")
