"""Models as files of Keras: what to-keras writes loads in Keras and computes what is expected.

    python keras_export.py FOLDER [--kind KIND ...] [--each N] [--processes N]

FOLDER holds nnconvert and nnrun. Every case of Fixtures/layers becomes a model of one node, and those of Fixtures/models and
Fixtures/numpy-example come as they are, the first also with narrower weights. Each is converted, loaded with
keras.saving.load_model, and computed on TensorFlow; every element must lie within 1e-5 relative and 1e-6 absolute of the expected
one, and results of f16 and bf16 within two of their steps. What TensorFlow's processor has no operation for is computed on JAX.
TensorFlow takes subnormal numbers for zeros, and chooses by itself among NaNs: elements that depend on such inputs, in the cases
that are made of them, do not count. A refusal must name the node and a reason. What was written is then read by from-keras, and
must compute what the model computes. Needs Fixtures/generate/keras-requirements.txt.
"""

import argparse
import base64
import collections
import concurrent.futures
import json
import multiprocessing
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
from keras_export_values import DTYPES, arrays_of, differs, model_of, narrowed

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = "1e-5rel,1e-6"


class Counts:
    """What came of cases: outcomes by kind, reasons of refusals, and each case that is not equal."""

    def __init__(self):
        self.outcomes = []
        self.reasons = []

    def add(self, kind, outcome, name="", detail=""):
        self.outcomes.append((kind, outcome, name, detail))


def run(*command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr.strip()


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
                counts.reasons.append(f"{refused}: {reason}")
            return
        if code:
            return counts.add(kind, "failed", name, f"to-keras: {code} {error}")
        on_tensorflow = keras.backend.backend() == "tensorflow"
        try:
            keras.backend.clear_session()
            network = keras.saving.load_model(written)
            values = [keras.ops.convert_to_tensor(x, dtype=str(x.dtype)) for x in inputs.values()]
            results = network(values if len(values) > 1 else values[0])
            results = results if isinstance(results, (list, tuple)) else [results]
            results = [keras.ops.convert_to_numpy(result) for result in results]
        except Exception as problem:
            # TensorFlow has some operations for graphics cards alone: channels first, pools of f64 over three dimensions.
            is_limit = on_tensorflow and "tensorflow" in type(problem).__module__
            detail = f"Keras: {type(problem).__name__}: {str(problem).strip()[:600]}"
            return counts.add(kind, "left to JAX" if is_limit else "failed", name, detail)
        details = []
        # A subnormal number is true.
        special = "special" in name or name.startswith("cast/") and name.endswith("-bool")
        for expected in choices:
            problems = [differs(a, e, list(inputs.values()) if special else []) for a, e in zip(results, expected)]
            if len(results) != len(expected):
                problems.append(f"{len(results)} outputs, expected {len(expected)}")
            details.append("; ".join(problem for problem in problems if problem))
        if all(details) and on_tensorflow and '"channels_first"' in zipfile.ZipFile(written).read("config.json").decode():
            # Some convolutions with channels first are computed wrongly by TensorFlow 2.21; JAX tells.
            return counts.add(kind, "left to JAX", name, details[0])
        if all(details) and not on_tensorflow and kind == "conv_lstm" and "mask" in name:
            # Keras on JAX takes a mask of steps for one of the elements of images.
            return counts.add(kind, "computed by neither", name, details[0])
        if all(details):
            return counts.add(kind, "special values differ" if special else "failed", name, details[0])
        counts.add(kind, "equal")
        self.read_back(kind, name, model, written, inputs)

    def own(self, model, inputs):
        """What nnrun computes, and what it complains of."""
        file = self.folder / "own.npz"
        arguments = []
        for position, (input_name, value) in enumerate(inputs.items()):
            np.save(self.folder / f"{position}.npy", value)
            arguments += ["-i", f"{input_name}={self.folder / f'{position}.npy'}"]
        code, _, error = run(self.nnrun, model, *arguments, "-o", file, "--force")
        if code:
            return {}, f"nnrun: {code} {error}"
        with np.load(file) as outputs:
            return {key: outputs[key] for key in outputs.files}, None

    def read_back(self, kind, name, model, written, inputs):
        """Reads the file again; it must compute what the model does. NumPy's files cannot say that they hold bf16."""
        if any(value.dtype == ml_dtypes.bfloat16 for value in inputs.values()):
            return None
        outputs, error = self.own(model, inputs)
        if error:
            return self.counts.add(kind, "not read back", name, error)
        # from-keras computes values of f16 in f32.
        if any(value.dtype == np.float16 for value in [*inputs.values(), *outputs.values()]):
            return None
        config = json.loads(zipfile.ZipFile(written).read("config.json"))["config"]
        lists = lambda value: [value] if isinstance(value[0], str) else value
        names, taken = [], set()
        for layer, _, _ in lists(config["output_layers"]):
            unique, number = layer, 2
            while unique in taken:
                unique, number = f"{layer}_{number}", number + 1
            taken.add(unique)
            names.append(unique)
        np.savez(self.folder / "x.npz", **dict(zip([x[0] for x in lists(config["input_layers"])], inputs.values())))
        np.savez(self.folder / "y.npz", **dict(zip(names, outputs.values())))
        command = [self.nnconvert, "from-keras", written, "--example", f"{self.folder / 'x.npz'}={self.folder / 'y.npz'}",
                   "-o", self.folder / "back.nnm", "--dry-run"]  # fmt: skip
        code, _, error = run(*command)
        if code == 0:
            return self.counts.add(kind, "same bits read back")
        if code == 1:
            code, _, error = run(*command, "--tolerance", TOLERANCE)
            if code == 0:
                return self.counts.add(kind, "near read back")
        # from-keras knows fewer operations than Keras has, and says which it does not.
        self.counts.add(kind, "refused by from-keras" if code == 69 else "not read back", name, f"from-keras: {code} {error[:400]}")

    def layer(self, path):
        case = json.loads(path.read_text())
        if "seed" in case or not case["inputs"]:
            return  # Keras draws other random numbers, and no model is without inputs.
        model, inputs, choices = model_of(case)
        file = self.folder / "model.json"
        file.write_text(json.dumps(model))
        self.check(case["kind"], f"{case['kind']}/{path.stem}", file, inputs, choices)

    def model(self, path, kind="models", own=False):
        """A model with its examples; with `own`, what nnrun computes stands for their outputs, which are those of other weights."""
        file = self.folder / "whole.json"
        code, _, error = run(self.nnconvert, "to-json", path, "-o", file, "--base64", "--force")
        if code:
            return self.counts.add(kind, "failed", str(path), error)
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
            inputs = {key: given[key] for key in order}
            if own:
                outputs, error = self.own(path, inputs)
                if error:
                    self.counts.add(kind, "failed", str(path), error)
                    continue
                outputs = list(outputs.values())
            self.check(kind, f"{path.parent.name} {example['name']}", path, inputs, [outputs])

    def narrow_model(self, path):
        """A model with narrower weights: the file's are those that NumPy makes of the original's, and Keras computes with them."""
        whole, narrow, file = self.folder / "whole.keras", self.folder / "narrow.nnm", self.folder / "narrow.keras"
        if run(self.nnconvert, "to-keras", path, "-o", whole, "--force")[0]:
            return self.counts.add("narrow", "refused")
        for kind in ("f16", "bf16", "int8"):
            name = f"{path.parent.name} as {kind}"
            code, _, error = run(self.nnconvert, "convert", path, narrow, "--weights", kind, "--force")
            if code:
                self.counts.add("narrow", "without narrow weights" if "no node has f32 weights" in error else "failed", name, error)
                continue
            code, _, error = run(self.nnconvert, "to-keras", narrow, "-o", file, "--force")
            if code:
                self.counts.add("narrow", "failed", name, error)
                continue
            before, after = arrays_of(whole), arrays_of(file)
            changed = [key for key in before if not np.array_equal(before[key], after[key])]
            wrong = [key for key in changed if not np.array_equal(narrowed(before[key], kind), after[key])]
            if wrong or before.keys() != after.keys() or any(after[key].dtype != before[key].dtype for key in before):
                self.counts.add("narrow", "failed", name, f"other weights than NumPy's: {wrong}")
                continue
            self.counts.add("narrow", "equal weights")
            self.model(narrow, "narrow", own=True)

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


PROOF = None


def begin(commands, folder):
    """Begins the work of a process."""
    global PROOF
    PROOF = Proof(commands, pathlib.Path(tempfile.mkdtemp(dir=folder)))


def prove(method, path):
    PROOF.counts = Counts()
    getattr(PROOF, method)(path)
    return method, path, PROOF.counts


def proved(backend, tasks, arguments, folder):
    os.environ["KERAS_BACKEND"] = backend
    # Each process ends after some cases, since TensorFlow keeps memory of each.
    with concurrent.futures.ProcessPoolExecutor(
        arguments.processes, multiprocessing.get_context("spawn"), begin, (arguments.commands.resolve(), folder), max_tasks_per_child=500
    ) as pool:
        yield from pool.map(prove, *zip(*tasks), chunksize=1) if tasks else ()


def tasks_of(arguments):
    for kind in sorted((ROOT / "Fixtures/layers").iterdir()):
        if not kind.is_dir() or arguments.kind and kind.name not in arguments.kind:
            continue
        cases = sorted(kind.glob("*.json"))
        if arguments.each and len(cases) > arguments.each:
            cases = [cases[int(i)] for i in np.linspace(0, len(cases) - 1, arguments.each)]
        yield from (("layer", case) for case in cases)
    if not arguments.kind or "models" in arguments.kind:
        for model in sorted((ROOT / "Fixtures/models").glob("*/model.nnm")):
            yield from (("model", model), ("narrow_model", model))
        for example in sorted((ROOT / "Fixtures/numpy-example").glob("*/")):
            if (example / "arrays").exists():
                yield "numpy_example", example


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commands", type=pathlib.Path)
    parser.add_argument("--kind", nargs="*", help="only these kinds")
    parser.add_argument("--each", type=int, help="only so many cases of each kind, spread over them")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    total, reasons, left, bad = collections.Counter(), collections.Counter(), [], False
    with tempfile.TemporaryDirectory() as folder:
        for backend in ("tensorflow", "jax"):
            tasks = list(tasks_of(arguments)) if backend == "tensorflow" else left
            for method, path, counts in proved(backend, tasks, arguments, folder):
                reasons.update(counts.reasons)
                for kind, outcome, name, detail in counts.outcomes:
                    if outcome == "left to JAX":
                        left.append((method, path))
                    total[outcome] += 1
                    bad |= outcome in ("failed", "not read back")
                    if detail and outcome != "left to JAX":
                        print(f"{outcome}: {name} on {backend}: {' '.join(detail.split())}", flush=True)
    for outcome in ("failed", "not read back"):
        total[outcome] += 0
    print("\nrefused:")
    for reason, count in sorted(reasons.items()):
        print(f"  {reason} ({count})")
    print("\n" + ", ".join(f"{count} {outcome}" for outcome, count in sorted(total.items())))
    sys.exit(bad)


if __name__ == "__main__":
    main()
