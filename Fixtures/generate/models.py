"""What the scripts models_*.py share: each trains one small network of Fixtures/models with NumPy alone, computes what it gives, and
writes the container with these as worked examples. They need scikit-learn (the digits) and networkx (the karate club) for the data:

    pip install -r models-requirements.txt
    python models_digits.py

Training uses NumPy's own matrix products, whose bits differ from machine to machine: run again elsewhere, a script makes a network as
good with other weights. What a network gives is computed as spec/numerics.md defines it, from NumPy's operations that are the same on
every machine with AVX-512 (`product` below has the fused multiply-adds); so the examples tolerate nothing. Each script demands that the
plain formula, `x @ weights + biases`, is near.
"""

import json
import os
import sys
from pathlib import Path

# The order of NumPy's sums in training depends on the number of threads.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from numpy._core._multiarray_umath import __cpu_features__ as cpu_features

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent / "models"
sys.path.insert(0, str(HERE.parent.parent / "Tests" / "Interop"))

import document
import write_nnm

NAMES = {np.dtype(t): n for n, t in {"f32": np.float32, "f64": np.float64, "i32": np.int32, "i64": np.int64}.items()}
assert np.__version__ == "2.4.6" and cpu_features["X86_V4"], "NumPy 2.4.6 on a CPU with AVX-512 is the definition"


# Arithmetic


def two_sum(a, b):
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def two_product(a, b):
    """a · b as a sum of two doubles (Dekker, Veltkamp)."""

    def split(x):
        c = x * 134217729.0
        high = c - (c - x)
        return high, x - high

    p = a * b
    (ah, al), (bh, bl) = split(a), split(b)
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl


def odd(s, e):
    """s + e, where s is the sum rounded, rounded to odd instead: to the neighbour with an odd last bit, unless exact."""
    bits = s.view(np.int64)
    away = (e > 0) == (s > 0)
    return np.where((e != 0) & (bits & 1 == 0), np.where(away, bits + 1, bits - 1), bits).view(np.float64)


def fma(a, b, c):
    """a · b + c, rounded once. f64: Boldo and Melquiond, "Emulation of FMA and correctly rounded sums"; f32: by f64, rounded to odd."""
    if a.dtype == np.float32:
        return odd(*two_sum(a.astype(np.float64) * b.astype(np.float64), c.astype(np.float64))).astype(np.float32)
    uh, ul = two_product(a, b)
    th, tl = two_sum(c, ul)
    vh, vl = two_sum(uh, th)
    return vh + odd(*two_sum(tl, vl))


def product(x, weights):
    """Inner products as spec/numerics.md defines them: chains of fma in runs of 256."""
    x, weights = np.ascontiguousarray(x), np.ascontiguousarray(weights)
    total = np.zeros((len(x), weights.shape[1]), x.dtype)
    for start in range(0, len(weights), 256):
        acc = np.zeros_like(total)
        for k in range(start, min(start + 256, len(weights))):
            acc = fma(np.broadcast_to(x[:, k, None], acc.shape).copy(), np.broadcast_to(weights[k], acc.shape).copy(), acc)
        total = acc if start == 0 else total + acc
    plain = x @ weights
    scale = np.abs(x).astype(np.float64) @ np.abs(weights) + np.finfo(x.dtype).tiny
    assert (np.abs(total - plain) <= 4 * np.sqrt(len(weights)) * np.finfo(x.dtype).eps * scale).all()
    return total


def dense(x, layer):
    return product(x, layer[0]) + layer[1]


def relu(x):
    return np.maximum(x, x.dtype.type(0))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


# Training


class Adam:
    """Kingma and Ba's method on a list of arrays, in place."""

    def __init__(self, arrays, rate=1e-3, decay=(0.9, 0.999)):
        self.arrays, self.rate, self.decay, self.step = arrays, rate, decay, 0
        self.moments = [(np.zeros_like(a), np.zeros_like(a)) for a in arrays]

    def __call__(self, gradients):
        self.step += 1
        (b1, b2), t = self.decay, self.step
        for array, (m, v), g in zip(self.arrays, self.moments, gradients, strict=True):
            m += (1 - b1) * (g - m)
            v += (1 - b2) * (g * g - v)
            array -= self.rate * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + 1e-8)


def glorot(rng, inputs, outputs):
    bound = np.sqrt(6 / (inputs + outputs))
    return [rng.uniform(-bound, bound, (inputs, outputs)), np.zeros(outputs)]


class Stack:
    """Dense layers with one activation between them and none behind, in f64, with their gradients."""

    SLOPES = {"relu": (lambda h: np.maximum(h, 0), lambda y: (y > 0) * 1.0), "tanh": (np.tanh, lambda y: 1 - y * y)}

    def __init__(self, rng, sizes, activation):
        self.layers = [glorot(rng, i, o) for i, o in zip(sizes, sizes[1:])]
        self.function, self.slope = self.SLOPES[activation]

    @property
    def arrays(self):
        return [array for layer in self.layers for array in layer]

    def __call__(self, x):
        self.inputs = []
        for number, (weights, biases) in enumerate(self.layers):
            x = x if number == 0 else self.function(x)
            self.inputs.append(x)
            x = x @ weights + biases
        return x

    def back(self, g):
        """Gradients of the arrays and of the input, for that of the last call's result."""
        gradients = []
        for number in reversed(range(len(self.layers))):
            gradients = [self.inputs[number].T @ g, g.sum(axis=0)] + gradients
            g = g @ self.layers[number][0].T
            if number:
                g = g * self.slope(self.inputs[number])
        return gradients, g

    def rounded(self, dtype):
        return [[array.astype(dtype) for array in layer] for layer in self.layers]


# Containers


def node(name, kind, inputs, parameters=(), **fields):
    return {"name": name, "kind": kind, "fields": fields, "inputs": list(inputs), "parameters": dict(parameters)}


def dense_node(name, source, layer, tensors):
    """A node of kind dense; its arrays become tensors."""
    tensors |= {f"{name}/weights": layer[0], f"{name}/biases": layer[1]}
    return node(name, "dense", [source], {role: f"{name}/{role}" for role in ("weights", "biases")}, units=len(layer[1]))


def write(name, metadata, inputs, nodes, outputs, tensors, examples):
    """Writes Fixtures/models/<name>/model.nnm. An example is (name, inputs, outputs, inner values), each a dict of arrays."""
    stored = {key: document.Tensor(NAMES[array.dtype], np.ascontiguousarray(array)) for key, array in tensors.items()}
    entries = []
    for title, *sections in examples:
        entry = {"name": title}
        for section, arrays in zip(("inputs", "outputs", "values"), sections):
            entry[section] = list(arrays)
            for key, array in arrays.items():
                stored[f"examples/{title}/{section}/{key}"] = document.Tensor(NAMES[array.dtype], np.ascontiguousarray(array))
        entry["computed_by"] = {"framework": "numpy", "version": np.__version__, "machine": "x86-64 with AVX-512"}
        entries.append({"values": [], "tolerance": {}} | entry)
    graph = {
        "inputs": [{"name": key, "dtype": NAMES[np.dtype(dtype)], "shape": shape} for key, (dtype, shape) in inputs.items()],
        "nodes": nodes, "outputs": [{"name": key, "value": value} for key, value in outputs.items()],
    }  # fmt: skip
    model = {"graph": graph, "examples": entries, "metadata": {"name": name} | metadata, "tensors": stored}
    (MODELS / name).mkdir(parents=True, exist_ok=True)
    data = write_nnm.nnm_bytes(model)
    (MODELS / name / "model.nnm").write_bytes(data)
    print(f"{name}: {len(data)} bytes, {metadata}")


def side_file(model, name, value):
    """What a test needs beside the container."""
    (MODELS / model).mkdir(parents=True, exist_ok=True)
    (MODELS / model / name).write_text(json.dumps(value) + "\n")


def check_fma():
    """The emulation against rational numbers."""
    from fractions import Fraction

    rng = np.random.default_rng(1)
    a, b, c = rng.standard_normal((3, 400))
    # Near cancellation, and far apart.
    c[:100] = -(a * b)[:100] * (1 + rng.integers(-2, 3, 100) * 2.0**-52)
    c[100:200] *= 2.0 ** rng.integers(-80, 80, 100)
    exact = [float(Fraction(x) * Fraction(y) + Fraction(z)) for x, y, z in zip(a, b, c)]
    assert np.array_equal(fma(a, b, c), exact)


check_fma()
