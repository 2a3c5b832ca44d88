"""What the scripts keras_*.py share: a case of Fixtures/keras is a file as some release of Keras wrote it, and what Keras computes.

Every weight gets a seeded random value, every input too, and what is expected comes from calling the model itself in inference mode. The
same model in double precision says how far single precision may be away: where that is not well below the default tolerances, the case
gets a wider one.

    python -m venv keras-env && keras-env/bin/pip install -r keras-requirements.txt
    keras-env/bin/python keras_fixtures.py
"""

import os

os.environ.update(
    KERAS_BACKEND="tensorflow",
    TF_CPP_MIN_LOG_LEVEL="3",
    TF_ENABLE_ONEDNN_OPTS="0",
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS="1",
    CUDA_VISIBLE_DEVICES="-1",
)

import io
import json
import re
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np

warnings.filterwarnings("ignore")
import absl.logging
import keras
import tensorflow as tf
import tf_keras

from keras_values import is_float, random_inputs, random_weights, seeded, set_weights

absl.logging.set_verbosity("error")
tf.get_logger().setLevel("ERROR")
assert (keras.__version__, tf_keras.__version__) == ("3.15.1", "2.21.0"), "see keras-requirements.txt"

FOLDER = Path(__file__).resolve().parent.parent / "keras"
WRITERS = {keras: "keras 3.15.1", tf_keras: "tf-keras 2.21.0"}
RELATIVE, ABSOLUTE = 1e-5, 1e-6


class Settings:
    """Where cases go, and which; `twice` saves each model in both forms."""

    folder = FOLDER
    only = ""
    large = 1
    twice = False
    entries: list[dict] = []
    problems: list[str] = []
    notes: list[str] = []


def call(model, arrays):
    """What the model gives, as a list of arrays. The model is called itself: predict() errs for a second length of time."""
    given = list(arrays) if len(arrays) > 1 else arrays[0]
    outputs = model(given, training=False)
    outputs = list(outputs.values()) if isinstance(outputs, dict) else outputs
    return [np.asarray(tf.convert_to_tensor(output)) for output in tf.nest.flatten(outputs)]


def distance(found, expected, absolute):
    """The largest relative distance among the elements that are not within the absolute one."""
    away = np.abs(found.astype(np.float64) - expected.astype(np.float64))
    size = np.maximum(np.abs(expected.astype(np.float64)), 1e-30)
    relevant = ~(away <= absolute)
    return float((away / size)[relevant].max()) if relevant.any() else 0.0


# Files


def normal_zip(path, compress):
    """Writes a .keras file anew without the time of day, compressed if told: Keras itself stores, and reads both."""
    with zipfile.ZipFile(path) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members:
            if name == "metadata.json":
                data = json.dumps(json.loads(data) | {"date_saved": "2026-01-02@03:04:05"}).encode()
            if name == "config.json":
                data = numbered(data)
            info = zipfile.ZipInfo(name)
            archive.writestr(info, data, zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED)
    path.write_bytes(target.getvalue())


def numbered(config):
    """The configuration with shared objects numbered in order: Keras calls them by their addresses in memory."""
    ids = list(dict.fromkeys(re.findall(rb'"shared_object_id": (\d+)', config)))
    return re.sub(rb'"shared_object_id": (\d+)', lambda match: b'"shared_object_id": %d' % ids.index(match[1]), config)


def single(array):
    """What is not of single precision as that, and integers as 32-bit ones."""
    return array.astype(np.float32 if is_float(array.dtype) else bool if array.dtype == bool else np.int32)


def record(name, file, writer, examples, relative=RELATIVE, absolute=ABSOLUTE, **more):
    """Stores the examples, a list of (inputs, outputs), and the entry of the manifest."""
    examples = [([single(x) for x in inputs], [single(y) for y in outputs]) for inputs, outputs in examples]
    arrays = {}
    for number, (inputs, outputs) in enumerate(examples):
        arrays |= {f"x{number}/{position}": array for position, array in enumerate(inputs)}
        arrays |= {f"y{number}/{position}": array for position, array in enumerate(outputs)}
    if any(entry["name"] == name for entry in Settings.entries):
        raise SystemExit(f"two cases have the name {name}")
    np.savez_compressed(Settings.folder / "cases" / f"{name}.npz", **arrays)
    Settings.entries.append(
        {"name": name, "file": f"cases/{file}", "writer": writer}
        | more
        | {"options": more.get("options", []), "examples": f"cases/{name}.npz"}
        | {"relative": relative, "absolute": absolute}
    )


def clear(floatx="float32"):
    for library in (keras, tf_keras):
        library.backend.clear_session()
        library.backend.set_floatx(floatx)


def wanted(name):
    return name.startswith(Settings.only)


def examples_of(model, name, high=7, prepare=None, count=2, finite=True):
    """Random inputs for the model, and what it gives for them, which must be finite unless `finite` is false."""
    generator, examples = seeded(name + " inputs"), []
    for number in range(count):
        arrays = random_inputs(model, generator, number, high, Settings.large)
        arrays = arrays if prepare is None else prepare(arrays, number)
        examples.append((arrays, call(model, arrays)))
        assert not finite or all(np.isfinite(y).all() for y in examples[-1][1] if is_float(y.dtype)), f"{name}: not finite"
    return examples


def tolerances(name, build, values, examples, relative, absolute):
    """The tolerances that hold four times over between single and double precision, from the given ones on."""
    clear("float64")
    try:
        model = build()
        set_weights(model, [None if value is None else value.astype(np.float64) for value in values])
        for inputs, outputs in examples:
            wide = [array.astype(np.float64) if is_float(array.dtype) else array for array in inputs]
            for found, expected in zip(outputs, call(model, wide), strict=True):
                while 4 * distance(found, expected, absolute / 4) > relative:
                    relative, absolute = relative * 2, absolute * 2
                    assert relative < 2e-3, f"{name}: single precision is far from double precision"
    except (tf.errors.InvalidArgumentError, tf.errors.NotFoundError, TypeError, ValueError) as error:
        # A few operations have no kernel for double precision.
        if not any(word in str(error) for word in ("device for node", "double", "float64")):
            raise
    finally:
        clear()
    return float(f"{relative:.1g}"), float(f"{absolute:.1g}")


def network(
    name, build, library=keras, form=".keras", high=7, prepare=None, relative=RELATIVE, absolute=ABSOLUTE,
    double=True, reload=True, count=2, weights=None, save=None, twin=None, **more,
):  # fmt: skip
    """A case: the model that `build` makes, with random weights, as `library` saves it. `twin` makes a model of the same weights that
    computes what is expected, where TensorFlow cannot run the other on a CPU. `refused` are words of the message with which we refuse it.
    """
    if not wanted(name):
        return
    try:
        write(
            name, build, library, form, high, prepare, relative, absolute, double, reload, count, weights, save, twin or build, more
        )
    except Exception as error:
        Settings.problems.append(f"{name}: {(str(error).strip() or repr(error)).splitlines()[:3]}"[:300])


def write(name, build, library, form, high, prepare, relative, absolute, double, reload, count, weights, save, twin, more):
    clear()
    model = build()
    values = random_weights(model, seeded(name))
    values = weights(model, values) if weights else values
    set_weights(model, values)
    computing = model
    if twin is not build:
        computing, reload = twin(), False
        set_weights(computing, values)
    examples = examples_of(computing, name, high, prepare, count)
    path = Settings.folder / "cases" / f"{name}{form}"
    if save:
        more = more | (save(model, path) or {})
    else:
        model.save(path)
    if form == ".keras":
        normal_zip(path, compress=zlib.crc32(name.encode()) % 17 != 0)
    if reload and not save:
        try:
            again = library.models.load_model(path)
            for inputs, outputs in examples:
                for found, expected in zip(call(again, inputs), outputs, strict=True):
                    assert distance(found, expected, 1e-5) < 1e-4, "other results"
        except Exception as error:
            Settings.notes.append(f"{name}: {WRITERS[library]} cannot read it back: {str(error).splitlines()[0]}")
    if double:
        relative, absolute = tolerances(name, twin, values, examples, relative, absolute)
    record(name, path.name, more.pop("writer", WRITERS[library]), examples, relative, absolute, **more)
    if Settings.twice and not save:
        clear()
        model = build()
        set_weights(model, values)
        other = Settings.folder / "cases" / f"{name}_other_form{'.h5' if form == '.keras' else '.keras'}"
        try:
            model.save(other)
        except Exception as error:
            Settings.notes.append(f"{name}: {WRITERS[library]} cannot save it as {other.suffix}: {str(error).splitlines()[0]}")
            return
        record(f"{name}_other_form", other.name, WRITERS[library], examples, relative, absolute, **more)


def chain(name, make, *shapes, tf=False, kinds=None, only_tf=False, twin=None, **options):
    """Cases with the model from inputs of `shapes` (without the batch; `kinds` are their data types) to what `make` makes of them, given
    the library (`twin` makes the same otherwise): of Keras 3 (every tenth one as .h5), and of tf-keras too if `tf` (every third one as .h5).
    """

    def build(library, make=make):
        inputs = [
            library.Input(shape, dtype=kinds[position] if kinds else None, name=f"x{position}" if shapes[1:] else "x")
            for position, shape in enumerate(shapes)
        ]
        return library.Model(inputs, make(library, *inputs))

    turn = zlib.crc32(name.encode())
    if not only_tf:
        other = (lambda: build(keras, twin)) if twin else None
        network(name, lambda: build(keras), twin=other, **({"form": ".keras" if turn % 10 else ".h5"} | options))
    if tf or only_tf:
        options = {"form": ".keras" if turn % 3 else ".h5"} | options | {"library": tf_keras}
        network(f"tf_{name}", lambda: build(tf_keras), **options)


def layer(name, make, *shapes, **options):
    """Cases as `chain` makes them, with one layer, which `make` makes of the library's module of layers."""
    chain(name, lambda library, *x: make(library.layers)(list(x) if x[1:] else x[0]), *shapes, **options)
