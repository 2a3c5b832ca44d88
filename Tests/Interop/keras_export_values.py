"""Arrays of fixtures and of files of Keras, and what is near enough to be equal."""

import base64
import zipfile

import h5py
import ml_dtypes
import numpy as np

DTYPES = {
    "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32, "f64": np.float64, "i8": np.int8, "i16": np.int16,
    "i32": np.int32, "i64": np.int64, "u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64,
    "bool": np.bool_,
}  # fmt: skip
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
FIGURES = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}


def array(entry):
    values = entry["values"]
    if any(isinstance(value, str) for value in values):
        values = [FIGURES.get(value, value) for value in values]
    return np.array(values, dtype=np.float64 if entry["dtype"] in ("f16", "bf16") else DTYPES[entry["dtype"]]).astype(
        DTYPES[entry["dtype"]]
    ).reshape(entry["shape"])


def stored(name, value):
    data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return {"name": name, "dtype": NAMES[value.dtype], "shape": list(value.shape), "base64": data}


def irregular(inputs, shape):
    """Where an input is NaN, infinite or subnormal. TensorFlow takes subnormal numbers for zeros, and NaN as it comes."""
    flags = np.zeros(shape, dtype=bool)
    for x in inputs:
        if x.dtype.kind in "fV" and x.ndim <= len(shape):
            odd = ~np.isfinite(x) | ((x != 0) & (np.abs(x) < ml_dtypes.finfo(x.dtype).tiny))
            try:
                flags |= np.broadcast_to(odd, shape)
            except ValueError:
                pass
    return flags


def differs(actual, expected, inputs=()):
    """What is wrong with a result; None if nothing is."""
    if actual.shape != expected.shape:
        return f"shape {actual.shape}, expected {expected.shape}"
    if actual.dtype != expected.dtype:
        return f"dtype {actual.dtype}, expected {expected.dtype}"
    if expected.size == 0 or expected.dtype.kind not in "fV":
        equal = (actual == expected) | irregular(inputs, expected.shape)
        return None if equal.all() else f"{(~equal).sum()} of {equal.size} elements"
    wide = lambda x: x.astype(np.float64)
    with np.errstate(all="ignore"):
        distance = np.abs(wide(actual) - wide(expected))
        relative = max(1e-5, 2 * float(ml_dtypes.finfo(expected.dtype).eps))
        close = (distance <= 1e-6 + relative * np.abs(wide(expected))) | (wide(actual) == wide(expected))
    close |= np.isnan(wide(actual)) & np.isnan(wide(expected)) | irregular(inputs, expected.shape)
    if close.all():
        return None
    place = np.unravel_index(np.argmax(~close), close.shape)
    return f"{(~close).sum()} of {close.size} elements, first {actual[place]!r}, expected {expected[place]!r}"


def narrowed(value, kind):
    """What is left of weights that were stored narrower, as f32."""
    if kind == "int8":
        scales = np.abs(value).reshape(-1, value.shape[-1]).max(axis=0) / np.float32(127)
        quotients = np.divide(value, scales, out=np.zeros_like(value), where=scales != 0)
        return np.rint(quotients) * scales
    return value.astype(DTYPES[kind]).astype(np.float32)


def arrays_of(path):
    """The arrays of a file of Keras by their paths."""
    arrays = {}
    with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as member, h5py.File(member, "r") as file:
        file.visititems(lambda name, item: arrays.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return arrays


def model_of(case):
    """A model whose only node is a fixture's layer, its inputs, and lists of outputs, one of which it must give."""
    inputs = {f"x{position}": array(entry) for position, entry in enumerate(case["inputs"])}
    parameters = {role: array(entry) for role, entry in case["parameters"].items()}
    choices = [[array(entry) for entry in expectation["outputs"]] for expectation in case["expectations"]]
    is_open = case["rows"] and len(inputs) == 1
    shapes = {name: ["N", *value.shape[1:]] if is_open and value.ndim else list(value.shape) for name, value in inputs.items()}
    node = {"name": "node", "kind": case["kind"], "fields": case["fields"], "inputs": list(inputs)}
    if parameters:
        node["parameters"] = {role: role for role in parameters}
    results = [{"name": f"y{place}", "value": f"node:{place}" if place else "node"} for place in range(len(choices[0]))]
    values = [{"name": name, "dtype": NAMES[value.dtype], "shape": shapes[name]} for name, value in inputs.items()]
    model = {
        "format": "nnm", "version": "1.0", "graph": {"inputs": values, "nodes": [node], "outputs": results},
        "tensors": [stored(role, value) for role, value in parameters.items()],
    }  # fmt: skip
    return model, inputs, choices
