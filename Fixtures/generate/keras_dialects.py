"""Cases of Fixtures/keras as releases wrote them that cannot be installed any more: Keras 1.2, and Keras 2 and tf.keras in their early forms.

The HDF5 files are written here as those releases did it (keras/models.py and keras/engine/topology.py of 1.2.2, keras/engine/saving.py of
2.2.4). What is expected comes from the same network in tf-keras, which still computes as they did, with the weights in today's layout.
"""

import importlib
import json

import h5py
import numpy as np

from keras_cases import ABSOLUTE, RELATIVE, Settings, call, clear, distance, examples_of, record, tf_keras, tolerances, wanted
from keras_values import random_weights, seeded, set_weights


def generate():
    for theme in ("keras_dialects_1", "keras_dialects_2", "keras_dialects_cudnn"):
        importlib.import_module(theme).generate()


def dialect(
    name, release, build, config, groups, version=None, backend=None, loads=False, write=None, high=7, prepare=None, relative=RELATIVE,
    kind="Sequential",
):  # fmt: skip
    """A case. `build` makes the network in tf-keras; `groups` gets its weights, {layer: arrays}, and gives what the old release would have
    stored: [(layer, [(weight's name, array)])]. `loads` says that tf-keras itself must read the file and compute the same.
    """
    if not wanted(name):
        return
    clear()
    model = build()
    values = random_weights(model, seeded(name))
    set_weights(model, values)
    stored = groups({layer.name: layer.get_weights() for layer in model.layers})
    examples = examples_of(model, name, high, prepare)
    path = Settings.folder / "cases" / f"{name}.h5"
    with h5py.File(path, "w") as file:
        if version:
            file.attrs["keras_version"] = version.encode()
        if backend:
            file.attrs["backend"] = backend.encode()
        file.attrs["model_config"] = json.dumps({"class_name": kind, "config": config}).encode()
        (write or write_weights)(file.create_group("model_weights"), stored)
        if version and version[0] != "1":
            file["model_weights"].attrs["keras_version"] = version.encode()
            file["model_weights"].attrs["backend"] = (backend or "tensorflow").encode()
    if loads:
        again = tf_keras.models.load_model(path, compile=False)
        for inputs, outputs in examples:
            for found, expected in zip(call(again, inputs), outputs, strict=True):
                assert distance(found, expected, 1e-5) < 1e-4, f"{name}: tf-keras reads something else"
    relative, absolute = tolerances(name, build, values, examples, relative, ABSOLUTE)
    record(name, path.name, f"dialect of {release}", examples, relative, absolute)


def write_weights(group, stored):
    """Lists of names as fixed strings, an empty one as float64, and each weight as a dataset by its name."""
    group.attrs["layer_names"] = [name.encode() for name, _ in stored]
    for name, weights in stored:
        part = group.create_group(name)
        part.attrs["weight_names"] = [weight.encode() for weight, _ in weights]
        for weight, array in weights:
            part[weight] = array


def named(weights, pattern, *leaves):
    """Weights with names: named([w, b], "dense_1_%s", "W", "b")."""
    return [(pattern % leaf, array) for leaf, array in zip(leaves, weights, strict=True)]


def swapped(array, *axes):
    return np.ascontiguousarray(np.transpose(array, axes))


def gates(array, count):
    return np.split(array, count, axis=-1)


def entry(kind, name, inbound=None, **config):
    """A layer of a config; with `inbound`, a list of the nodes, of a functional one."""
    made = {"class_name": kind, "config": {"name": name} | ({"trainable": True} if kind != "InputLayer" else {}) | config}
    return made if inbound is None else made | {"name": name, "inbound_nodes": inbound}
