"""Cases of Fixtures/keras: weights without an architecture, in shards, in other data types, and beside an optimizer's."""

import io
import json
import zipfile

import h5py
import numpy as np

import keras_networks
import keras_networks_image
import keras_networks_time
from keras_cases import keras, network, tf_keras
from keras_values import padded


def generate():
    alone()
    older()
    policies()
    trained()


def of(make, *shapes, dtype=None):
    """A function from a library to a model of one of the networks."""

    def build(library):
        inputs = [library.Input(shape, dtype=dtype, name=f"x{number}") for number, shape in enumerate(shapes)]
        return library.Model(inputs, make(library, *inputs))

    return build


NETWORKS = {
    "perceptron": (keras_networks.perceptron, {}), "nested": (keras_networks.sequential_in_sequential, {}),
    "shared_model": (keras_networks.shared_model, {}), "deep": (of(keras_networks.nested_deep, (5,)), {}),
    "deferred": (keras_networks.deferred, {}), "resnet": (of(keras_networks_image.resnet, (7, 9, 3)), {}),
    "tagger": (of(keras_networks_time.tagger, (None,), dtype="int32"), {"high": 11, "prepare": padded()}),
    "transformer": (of(keras_networks_time.transformer, (None, 6)), {}), "many": (of(lambda K, x: many(K, x), (5,)), {}),
    "separable": (of(keras_networks_image.emotions, (12, 12, 1)), {}),
}  # fmt: skip


def many(library, x):
    for number in range(12):
        x = library.layers.Dense(5 - number % 2, "tanh")(x)
    return x


def alone():
    for name, (make, options) in NETWORKS.items():
        network(f"weights_{name}", lambda: make(keras), form=".weights.h5", save=save_alone, **options)
        network(f"tf_weights_{name}", lambda: make(tf_keras), library=tf_keras, form=".h5", save=save_alone, **options)
        if name in ("perceptron", "shared_model", "tagger", "many"):
            network(f"shards_{name}", lambda: make(keras), form=".weights.json", save=save_shards, **options)


def save_alone(model, path):
    model.save_weights(path)
    return architecture(model, path)


def save_shards(model, path):
    """As many shards as there can be: the limit is in gigabytes."""
    model.save_weights(path, max_shard_size=4e-7)
    return architecture(model, path)


def architecture(model, path):
    file = path.with_name(path.name.split(".")[0] + ".json")
    file.write_text(model.to_json())
    return {"architecture": f"cases/{file.name}"}


def older():
    """Files of releases before 3.6, whose weights do not say their layers' names, and of 2.13, whose groups are called otherwise."""
    for name in ("perceptron", "deferred", "many", "tagger", "shared_model"):
        make, options = NETWORKS[name]
        network(f"old_names_{name}", lambda: make(keras), form=".keras", save=save_nameless, **options)
    for name in ("perceptron", "deferred", "tagger"):
        make, options = NETWORKS[name]
        network(f"tf_old_names_{name}", lambda: make(tf_keras), library=tf_keras, form=".keras", save=save_2_13, **options)


def change_weights(path, change, version, configuration=None):
    """Changes the weights' file within a .keras file, the release that is said to have written it, and its configuration."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    with io.BytesIO(members["model.weights.h5"]) as stored, h5py.File(stored, "r+") as file:
        target = io.BytesIO()
        with h5py.File(target, "w") as new:
            change(file, new)
        members["model.weights.h5"] = target.getvalue()
    if configuration:
        members["config.json"] = configuration(members["config.json"]).encode()
    metadata = json.loads(members["metadata.json"]) | {"keras_version": version}
    members["metadata.json"] = json.dumps(metadata).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def save_nameless(model, path):
    def change(file, new):
        for name in file:
            file.copy(name, new)
        new.visititems(lambda _, group: group.attrs.pop("name", None))

    model.save(path)
    change_weights(path, change, "3.5.0")
    assert keras.models.load_model(path)
    return {"writer": "dialect of Keras 3.5.0"}


def save_2_13(model, path):
    def change(file, new):
        for name in file:
            file.copy(name, new, "_layer_checkpoint_dependencies" if name == "layers" else name)

    model.save(path)
    change_weights(path, change, "2.13.1")
    return {"writer": "dialect of tf.keras 2.13.1"}


def policies():
    """Half precision: a converter that computes in single precision may differ by what half precision loses."""
    loose = {"relative": 0.02, "absolute": 0.02, "double": False}
    for policy in ("mixed_float16", "mixed_bfloat16", "float16", "bfloat16"):
        wide = {"relative": 0.1, "absolute": 0.1} if "bf" in policy else {}
        for form in (".keras", ".h5"):
            if form == ".keras" or policy == "mixed_float16":
                network(f"policy_{policy}{form.replace('.', '_')}", lambda: with_policy(keras, policy), form=form, **loose | wide)
    network("tf_policy_mixed_float16", lambda: with_policy(tf_keras, "mixed_float16"), library=tf_keras, form=".h5", **loose)


def with_policy(library, policy):
    x = library.Input((7,), name="x", dtype="float32")
    body = library.layers.Dense(5, "tanh", dtype=policy)(x)
    body = library.layers.LayerNormalization(dtype=policy)(body)
    return library.Model(x, library.layers.Dense(3, dtype=policy)(body))


def trained():
    """Files with a compiled model's configuration and the state of its optimizer."""
    for library, form, prefix in ((keras, ".keras", ""), (keras, ".h5", ""), (tf_keras, ".h5", "tf_"), (tf_keras, ".keras", "tf_")):
        for optimizer in ("adam", "sgd") if form == ".h5" else ("adam",):
            network(f"{prefix}trained_{optimizer}{form.replace('.', '_')}", lambda: keras_networks.perceptron(library), library=library,
                    form=form, save=lambda model, path: train(model, optimizer, path))  # fmt: skip


def train(model, optimizer, path):
    """A step of training without effect on the weights, which are set before."""
    keras.utils.set_random_seed(7)
    values = model.get_weights()
    model.compile(optimizer, "mse", metrics=["accuracy"])
    model.fit(np.ones((2, 5), np.float32), np.ones((2, 3), np.float32), verbose=0)
    model.set_weights(values)
    model.save(path)
