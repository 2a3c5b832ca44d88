#!/usr/bin/env python3
"""Writes Fixtures/versions/VERSION once, when a version of the format is released. The files are frozen: it refuses to write again.

Run: python3 Fixtures/generate/versions.py VERSION FOLDER     (the folder with the built nnconvert)
"""

import json
import pathlib
import platform
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Interop"))

import numpy as np  # noqa: E402
from numpy._core import _multiarray_umath  # noqa: E402

import document as nnm  # noqa: E402
import write_nnm  # noqa: E402

README = """# Files of version {version}

Two models in every encoding, as the library of version {version} of the format wrote them, with their content digests in
`digests.json`. **They are frozen**: nothing in this folder is ever changed, and every later library must load all of it
(`FrozenVersionTests`, `Tests/Interop/interop.py`).

- `model` runs: two layers share a tensor (tied weights), and it uses every member of the document. Its example was computed by
  NumPy {numpy}.
- `types` has a tensor of every data type, a scalar and one without elements, with the bits that are lost most easily: -0,
  subnormal numbers, infinities, NaNs with payloads. Its node is of a kind that does not exist, so it loads and does not run.
"""


def machine():
    """What NumPy's results depend on."""
    has_avx512 = _multiarray_umath.__cpu_features__.get("X86_V4", False)
    return platform.machine() + (" with AVX-512" if has_avx512 else " without AVX-512")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def f64(array):
    return nnm.Tensor("f64", np.ascontiguousarray(array, "<f8"))


def runnable():
    generator = np.random.default_rng(20261123)
    shared, left, right = (generator.standard_normal(shape) for shape in ((2, 3), 3, 3))
    weights, biases = generator.standard_normal((3, 2)), generator.standard_normal(2)
    x = np.array([[0.0, 1.0], [-0.0, 1e-310], [3.5, -1000.0]])
    a, b = sigmoid(x @ shared + left), np.maximum(x @ shared + right, 0)
    total = a + b
    y = total @ weights + biases

    def dense(name, source, tensors, units):
        return {"name": name, "kind": "dense", "fields": {"units": units}, "inputs": [source],
                "parameters": {"weights": tensors, "biases": f"{name}/biases"}}  # fmt: skip

    def plain(name, kind, *inputs, **fields):
        return {"name": name, "kind": kind, "fields": fields, "inputs": list(inputs), "parameters": {}}

    return {
        "metadata": {"name": "frozen", "description": "Zwei Schichten, ein Gewicht: 層 🧠 \"\\/\n", "license": "CC0-1.0",
                     "details": {"epochs": 10, "rate": 0.001, "largest": 2**64 - 1, "least": -(2**63), "zero": -0.0,
                                 "steps": [1, 2.0, None, True, "end"]}},
        "graph": {
            "inputs": [{"name": "x", "dtype": "f64", "shape": ["N", 2]}],
            "nodes": [
                dense("left", "x", "shared/weights", 3), plain("left_sigmoid", "sigmoid", "left"),
                dense("right", "x", "shared/weights", 3), plain("right_relu", "relu", "right"),
                plain("sum", "add", "left_sigmoid", "right_relu"), plain("quiet", "dropout", "sum", rate=0.5),
                dense("output", "quiet", "output/weights", 2),
            ],
            "outputs": [{"name": "y", "value": "output"}, {"name": "inner", "value": "sum"}],
        },
        "tensors": {
            "shared/weights": f64(shared), "left/biases": f64(left), "right/biases": f64(right),
            "output/weights": f64(weights), "output/biases": f64(biases),
            "examples/numpy%2F1/inputs/x": f64(x), "examples/numpy%2F1/outputs/y": f64(y),
            "examples/numpy%2F1/outputs/inner": f64(total), "examples/numpy%2F1/values/left_sigmoid": f64(a),
        },
        "examples": [{"name": "numpy/1", "inputs": ["x"], "outputs": ["y", "inner"], "values": ["left_sigmoid"],
                      "tolerance": {"ulps": 16, "absolute": 1e-12, "relative": 1e-12},
                      "computed_by": {"framework": "numpy", "version": np.__version__, "machine": machine()}}],
        "provenance": {"sources": [{"name": "frozen.npz", "format": "npz", "digest": nnm.digest(b"frozen")}],
                       "tool": "Fixtures/generate/versions.py",
                       "steps": [{"tensor": "shared/weights", "steps": ["transposed [1, 0]", "cast f32 to f64"]}]},
        "optional": {"com.example.note": {"colour": "green", "sizes": [1, 2, 3]}},
    }  # fmt: skip


def every_type():
    tensors, parameters = {}, {}
    for dtype, stored in nnm.DTYPES.items():
        size = np.dtype(stored).itemsize
        if dtype == "bool":
            bits = [0, 1, 1]
        elif dtype[0] in "iu":
            bits = [0, 1, (1 << 8 * size) - 1, (1 << 8 * size - 1) - 1, 1 << 8 * size - 1]
        else:
            fraction = {"f16": 10, "bf16": 7, "f32": 23, "f64": 52}[dtype]
            infinity = (1 << 8 * size - 1) - (1 << fraction)
            quiet = infinity | 1 << fraction - 1
            half = [0, 1, (1 << fraction) - 1, 1 << fraction, infinity - 1, infinity, quiet, quiet | 5, infinity | 1]
            bits = half + [value | 1 << 8 * size - 1 for value in half]
        data = b"".join(value.to_bytes(size, "little") for value in bits)
        tensors[f"types/{dtype}"] = nnm.Tensor(dtype, np.frombuffer(data, stored))
    tensors["scalar"] = nnm.Tensor("f32", np.array(1.5, "<f4"))
    tensors["nothing"] = nnm.Tensor("i16", np.zeros((2, 0, 3), "<i2"))
    parameters = {name.replace("types/", ""): name for name in tensors}
    return {
        "metadata": {},
        "graph": {"inputs": [{"name": "x", "dtype": "bf16", "shape": [1, "a", "a"]}],
                  "nodes": [{"name": "all", "kind": "frozen_types", "fields": {"some": {"field": [0.1]}}, "inputs": ["x", "x"],
                             "parameters": parameters}],
                  "outputs": [{"name": "y", "value": "all:1"}]},
        "tensors": tensors, "examples": [],
    }  # fmt: skip


def main(version, build):
    target = ROOT / "Fixtures/versions" / version
    target.mkdir(parents=True)  # fails if it is there: frozen
    digests = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, model in (("model", runnable()), ("types", every_type())):
            source = pathlib.Path(folder) / f"{name}.nnm"
            source.write_bytes(write_nnm.nnm_bytes(model))
            for suffix in (".nnm", ".h5", ".json", ".safetensors", ".npz", ""):
                command = [pathlib.Path(build) / "nnconvert", "convert", source, target / f"{name}{suffix}"]
                subprocess.run(command, check=True)
            digests[name] = write_nnm.document(model, write_nnm.table(model))["digest"]
    (target / "digests.json").write_text(json.dumps(digests, indent=2) + "\n")
    (target / "README.md").write_text(README.format(version=version, numpy=np.__version__))


if __name__ == "__main__":
    main(*sys.argv[1:])
