"""Models as files of Keras: what to-keras writes loads in Keras and computes what is expected.

    python keras_export.py FOLDER [--kind KIND ...] [--each N]

FOLDER holds nnconvert and nnrun. Every case of Fixtures/layers becomes a model of one node, and those of Fixtures/models,
Fixtures/networks and Fixtures/numpy-example come as they are. Each is converted, loaded with keras.saving.load_model, and
computed; every element must lie within 1e-5 relative and 1e-6 absolute of the expected one (in cases of special values,
where the inputs are finite and not subnormal). A refusal must name the node and a
reason. What was written is then read by from-keras, and must compute what the model computes. Needs
Fixtures/generate/keras-requirements.txt. With KERAS_BACKEND=jax the same runs on JAX.
"""

import argparse
import base64
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("JAX_ENABLE_X64", "1")

import keras
import ml_dtypes
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
DTYPES = {
    "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32, "f64": np.float64, "i8": np.int8, "i16": np.int16,
    "i32": np.int32, "i64": np.int64, "u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64,
    "bool": np.bool_,
}  # fmt: skip
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
FIGURES = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
TOLERANCE = "1e-5rel,1e-6"


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


class Counts:
    def __init__(self):
        self.by_kind = collections.defaultdict(collections.Counter)
        self.reasons = collections.Counter()
        self.failures = []

    def add(self, kind, outcome, name="", detail=""):
        self.by_kind[kind][outcome] += 1
        if outcome in ("failed", "not read back", "special values differ", "left to JAX"):
            self.failures.append((outcome, name, detail))


def run(*command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr.strip()


def irregular(inputs, shape):
    """Where an input is NaN, infinite or subnormal. TensorFlow takes subnormal numbers for zeros, and NaN as it comes."""
    flags = np.zeros(shape, dtype=bool)
    for x in inputs:
        if x.dtype.kind == "f" and x.ndim <= len(shape):
            odd = ~np.isfinite(x) | ((x != 0) & (np.abs(x) < np.finfo(x.dtype).tiny))
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
        close = (distance <= 1e-6 + 1e-5 * np.abs(wide(expected))) | (wide(actual) == wide(expected))
    close |= np.isnan(wide(actual)) & np.isnan(wide(expected)) | irregular(inputs, expected.shape)
    if close.all():
        return None
    place = np.unravel_index(np.argmax(~close), close.shape)
    return f"{(~close).sum()} of {close.size} elements, first {actual[place]!r}, expected {expected[place]!r}"


class Proof:
    def __init__(self, commands, folder):
        self.nnconvert, self.nnrun = commands / "nnconvert", commands / "nnrun"
        self.folder = folder
        self.counts = Counts()

    def check(self, kind, name, model, inputs, choices):
        """Converts a model file and compares. `choices` are lists of outputs, one of which must be met."""
        counts = self.counts
        written = self.folder / "model.keras"
        code, _, error = run(self.nnconvert, "to-keras", model, "-o", written, "--force")
        if code == 69 and re.search(r"'[^']+' \([a-z_0-9]+\): .", error):
            counts.add(kind, "refused")
            for refused, reason in re.findall(r"'[^']+' \(([a-z_0-9]+)\): (.*?)(?=; '|$)", error):
                counts.reasons[f"{refused}: {reason}"] += 1
            return
        if code:
            return counts.add(kind, "failed", name, f"to-keras: {code} {error}")
        compiled = False
        try:
            keras.backend.clear_session()
            network = keras.saving.load_model(written)
            values = [keras.ops.convert_to_tensor(x, dtype=str(x.dtype)) for x in inputs.values()]
            values = values if len(values) > 1 else values[0]
            try:
                results = network(values)
            except Exception as problem:
                # TensorFlow has some operations in no other form on this processor: channels first, pools of f64 over three
                # dimensions.
                if keras.backend.backend() != "tensorflow" or "tensorflow" not in type(problem).__module__:
                    raise
                import tensorflow

                compiled = True
                results = tensorflow.function(network, jit_compile=True)(values)
            results = results if isinstance(results, (list, tuple)) else [results]
            results = [keras.ops.convert_to_numpy(result) for result in results]
        except Exception as problem:
            return counts.add(kind, "failed", name, f"Keras: {type(problem).__name__}: {str(problem).strip()[:600]}")
        details = []
        for expected in choices:
            special = list(inputs.values()) if "special" in name else []
            problems = [differs(a, e, special) for a, e in zip(results, expected)]
            if len(results) != len(expected):
                problems.append(f"{len(results)} outputs, expected {len(expected)}")
            details.append("; ".join(problem for problem in problems if problem))
        if all(details) and compiled:
            # The compiler computes some channels-first convolutions wrongly (TensorFlow 2.21); JAX tells.
            return counts.add(kind, "left to JAX", name, details[0])
        if all(details):
            return counts.add(kind, "special values differ" if special else "failed", name, details[0])
        counts.add(kind, "equal")
        self.read_back(kind, name, model, written, inputs)

    def read_back(self, kind, name, model, written, inputs):
        """Reads the file again; it must compute what the model does."""
        own = self.folder / "own.npz"
        arguments = []
        for position, (input_name, value) in enumerate(inputs.items()):
            np.save(self.folder / f"{position}.npy", value)
            arguments += ["-i", f"{input_name}={self.folder / f'{position}.npy'}"]
        code, _, error = run(self.nnrun, model, *arguments, "-o", own, "--force")
        if code:
            return self.counts.add(kind, "not read back", name, f"nnrun: {code} {error}")
        config = json.loads(zipfile.ZipFile(written).read("config.json"))["config"]
        lists = lambda value: [value] if isinstance(value[0], str) else value
        names, taken = [], set()
        for layer, _, _ in lists(config["output_layers"]):
            unique, number = layer, 2
            while unique in taken:
                unique, number = f"{layer}_{number}", number + 1
            taken.add(unique)
            names.append(unique)
        outputs = np.load(own)
        np.savez(self.folder / "x.npz", **dict(zip([x[0] for x in lists(config["input_layers"])], inputs.values())))
        np.savez(self.folder / "y.npz", **dict(zip(names, [outputs[key] for key in outputs.files])))
        command = [self.nnconvert, "from-keras", written, "--example", f"{self.folder / 'x.npz'}={self.folder / 'y.npz'}",
                   "-o", self.folder / "back.nnm", "--dry-run"]  # fmt: skip
        code, _, error = run(*command)
        if code == 0:
            return self.counts.add(kind, "same bits read back")
        if code == 1:
            code, _, error = run(*command, "--tolerance", TOLERANCE)
            if code == 0:
                return self.counts.add(kind, "near read back")
        self.counts.add(kind, "not read back", name, f"from-keras: {code} {error[:400]}")

    def layer(self, path):
        case = json.loads(path.read_text())
        if "kind" not in case or "seed" in case:
            return
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
        file = self.folder / "model.json"
        file.write_text(json.dumps(model))
        self.check(case["kind"], f"{case['kind']}/{path.stem}", file, inputs, choices)

    def model(self, path):
        """A model with its examples."""
        file = self.folder / "whole.json"
        code, _, error = run(self.nnconvert, "to-json", path, "-o", file, "--base64", "--force")
        if code:
            return self.counts.add("models", "failed", str(path), error)
        document = json.loads(file.read_text())
        tensors = {
            entry["name"]: np.frombuffer(base64.b64decode(entry["base64"]), DTYPES[entry["dtype"]]).reshape(entry["shape"])
            for entry in document["tensors"]
        }
        for example in document.get("examples", []):
            values = lambda section: {name: tensors[f"examples/{example['name']}/{section}/{name}"] for name in example[section]}
            order = [entry["name"] for entry in document["graph"]["inputs"]]
            given, wanted = values("inputs"), values("outputs")
            outputs = [wanted[entry["name"]] for entry in document["graph"]["outputs"] if entry["name"] in wanted]
            name = f"{path.parent.name} {example['name']}"
            self.check("models", name, path, {key: given[key] for key in order}, [outputs])

    def numpy_example(self, folder):
        model = self.folder / "numpy.nnm"
        options = json.loads((ROOT / "Fixtures/numpy-example/variants.json").read_text())
        name = folder.name if folder.name in options["variants"] else "2-2-1"
        activations = options["variants"][name]["activations"]
        code, _, error = run(self.nnconvert, "from-npy", folder / "arrays", "--activation", ",".join(activations), "-o", model, "--force")
        if code:
            return self.counts.add("numpy-example", "failed", folder.name, error)
        document = self.folder / "numpy.json"
        run(self.nnconvert, "to-json", model, "-o", document, "--base64", "--force")
        name = json.loads(document.read_text())["graph"]["inputs"][0]["name"]
        for x in sorted(folder.glob("x_*.npy")):
            y = np.load(folder / x.name.replace("x_", "y_"))
            self.check("numpy-example", f"{folder.name} {x.stem}", model, {name: np.load(x)}, [[y]])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commands", type=pathlib.Path)
    parser.add_argument("--kind", nargs="*", help="only these kinds")
    parser.add_argument("--each", type=int, help="only so many cases of each kind, spread over them")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        proof = Proof(arguments.commands.resolve(), pathlib.Path(folder))
        for kind in sorted((ROOT / "Fixtures/layers").iterdir()):
            if not kind.is_dir() or arguments.kind and kind.name not in arguments.kind:
                continue
            cases = sorted(kind.glob("*.json"))
            if arguments.each and len(cases) > arguments.each:
                cases = [cases[int(i)] for i in np.linspace(0, len(cases) - 1, arguments.each)]
            for case in cases:
                proof.layer(case)
            print(kind.name, dict(proof.counts.by_kind[kind.name]), flush=True)
        if not arguments.kind or "models" in arguments.kind:
            for model in sorted((ROOT / "Fixtures/models").glob("*/model.nnm")):
                proof.model(model)
            for example in sorted((ROOT / "Fixtures/numpy-example").glob("*/")):
                if (example / "arrays").exists():
                    proof.numpy_example(example)
            for kind in ("models", "numpy-example"):
                print(kind, dict(proof.counts.by_kind[kind]))
    counts = proof.counts
    print("\nrefused:")
    for reason, count in sorted(counts.reasons.items()):
        print(f"  {reason} ({count})")
    print("\nfailed:")
    for outcome, name, detail in counts.failures:
        print(f"  {outcome} {name}: {detail}")
    total = collections.Counter()
    for outcomes in counts.by_kind.values():
        total.update(outcomes)
    print("\n", dict(total))
    print(f"{total['equal']} passed, {total['failed']} failed")
    sys.exit(1 if total["failed"] else 0)


if __name__ == "__main__":
    main()
