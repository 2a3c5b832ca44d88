"""Fixtures/keras/malformed: files that must be refused, each for one reason, or that need a warning. They are made from one good model."""

import io
import json
import shutil
import warnings
import zipfile

import h5py
import numpy as np

from keras_cases import Settings, clear, keras
from keras_values import random_weights, seeded, set_weights

# The commands' codes: something is damaged, an option is missing, and the two kinds of refusal.
DAMAGED, USAGE, MALFORMED, UNSUPPORTED = 1, 64, 65, 69


def generate():
    if Settings.only and not "malformed".startswith(Settings.only):
        return
    folder = Settings.folder / "malformed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    Malformed(folder).write()


def model_of(library):
    clear()
    layers = library.layers
    x = library.Input((5,), name="x")
    body = layers.Dense(3, "relu", name="first")(x)
    model = library.Model(x, layers.Add(name="sum")([layers.Dense(3, name="second")(body), body]), name="good")
    set_weights(model, random_weights(model, seeded("malformed")))
    return model


def layer_of(config, name):
    """A layer in the configuration of a model, by its name."""
    return next(layer for layer in config["config"]["layers"] if layer["config"]["name"] == name)


class Malformed:
    def __init__(self, folder):
        self.folder, self.entries = folder, []
        model = model_of(keras)
        model.save(folder / "good.keras")
        model.save(folder / "good.h5")
        model.save_weights(folder / "good.weights.h5")
        with zipfile.ZipFile(folder / "good.keras") as archive:
            self.members = {info.filename: archive.read(info) for info in archive.infolist()}
        self.members["metadata.json"] = b'{"keras_version": "3.15.1", "date_saved": "2026-01-02@03:04:05"}'
        self.h5 = (folder / "good.h5").read_bytes()
        self.alone = (folder / "good.weights.h5").read_bytes()
        for name in ("good.keras", "good.h5", "good.weights.h5"):
            (folder / name).unlink()

    def write(self):
        self.archives()
        self.configurations()
        self.layers()
        self.weights()
        self.quantized()
        self.operations()
        self.legacy()
        lines = ",\n".join(json.dumps(entry) for entry in self.entries)
        (self.folder / "manifest.json").write_text(f"[\n{lines}\n]\n")
        assert len({entry["file"] for entry in self.entries}) == len(self.entries)

    def add(self, name, data, why, code=MALFORMED):
        (self.folder / name).write_bytes(data)
        self.entries.append({"file": name, "why": why, "exit": code})

    # Archives

    def archive(self, changes=None, method=zipfile.ZIP_DEFLATED, more=()):
        """The good archive with other members: {name: data, or None for no such member}, and further ones."""
        target = io.BytesIO()
        with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(target, "w") as archive:
            for name, data in [*(self.members | (changes or {})).items(), *more]:
                if data is not None:
                    archive.writestr(zipfile.ZipInfo(name), data, method)
        return target.getvalue()

    def archives(self):
        good = self.archive(method=zipfile.ZIP_STORED)
        self.add("empty.keras", b"", "no bytes")
        self.add("text.keras", b"This is a model.\n", "not a zip")
        self.add("truncated.keras", good[: len(good) // 2], "a truncated zip")
        self.add("no-directory.keras", good[: good.index(b"PK\1\2")], "a zip without its directory")
        self.add("traversal.keras", self.archive(more=[("../evil.txt", b"evil")]), "a member that leaves the folder")
        self.add("absolute.keras", self.archive(more=[("/tmp/evil.txt", b"evil")]), "a member with an absolute path")
        self.add("twice.keras", self.archive(more=[("config.json", b"{}")]), "a member twice")
        self.add("encrypted.keras", encrypted(good), "an encrypted member", UNSUPPORTED)
        self.add("bzip2.keras", self.archive(method=zipfile.ZIP_BZIP2), "members compressed with bzip2", UNSUPPORTED)
        self.add("no-config.keras", self.archive({"config.json": None}), "no config.json")
        self.add("no-weights.keras", self.archive({"model.weights.h5": None}), "no weights")
        self.add("damaged-member.keras", damaged(good), "a member with another checksum", DAMAGED)
        self.add("bomb.keras", self.archive({"config.json": b" " * 100_000_000}), "100 MB of config in 100 kB")
        self.add("bomb-weights.keras", self.archive({"model.weights.h5": bytes(150_000_000)}), "a bomb for weights")
        self.add("weights-are-text.keras", self.archive({"model.weights.h5": b"none"}), "weights that are no HDF5 file")

    # Configurations

    def config(self, change):
        config = json.loads(self.members["config.json"])
        changed = change(config)
        return self.archive({"config.json": json.dumps(config if changed is None else changed).encode()})

    def configurations(self):
        for name, text, why in (
            ("not-json", b"{'class_name': 1}", "a config that is not JSON"), ("half-json", self.members["config.json"][:300], "half a config"),
            ("list", b"[]", "a config that is a list"), ("number", b"17", "a config that is a number"), ("bare", b"{}", "an empty config"),
            ("deep", b"[" * 100_000 + b"]" * 100_000, "a config nested 100000 deep"), ("not-utf8", b'{"class_name": "\xff"}', "no UTF-8"),
        ):  # fmt: skip
            self.add(f"config-{name}.keras", self.archive({"config.json": text}), why)

        def from_layer(name, change):
            return lambda config: change(layer_of(config, name))

        history = lambda layer: layer["inbound_nodes"][0]["args"][0]["config"]["keras_history"]
        self.add(
            "cycle.keras",
            self.config(from_layer("first", lambda layer: history(layer).__setitem__(0, "second"))),
            "a cycle of nodes",
        )
        self.add(
            "itself.keras",
            self.config(from_layer("first", lambda layer: history(layer).__setitem__(0, "first"))),
            "a layer after itself",
        )
        self.add("unknown-layer.keras", self.config(from_layer("second", lambda layer: history(layer).__setitem__(0, "third"))),
                 "a node after a layer that is not there")  # fmt: skip
        self.add("unknown-node.keras", self.config(from_layer("second", lambda layer: history(layer).__setitem__(1, 7))),
                 "a node after a node that is not there")  # fmt: skip
        self.add("unknown-tensor.keras", self.config(from_layer("second", lambda layer: history(layer).__setitem__(2, 3))),
                 "a node after a second output of a layer with one")  # fmt: skip
        self.add("unknown-output.keras", self.config(lambda config: config["config"].update(output_layers=["third", 0, 0])),
                 "an output of a layer that is not there")  # fmt: skip
        self.add("same-name.keras", self.config(from_layer("second", lambda layer: (layer["config"].update(name="first"),
                 layer.update(name="first")) and None)), "two layers with one name")  # fmt: skip
        self.add("no-outputs.keras", self.config(lambda config: config["config"].pop("output_layers") and None), "no outputs")

    def layers(self):
        def first(why, name, code=MALFORMED, **fields):
            self.add(f"{name}.keras", self.config(lambda config: layer_of(config, "first")["config"].update(fields)), why, code)

        def as_class(name, why, code=UNSUPPORTED, **fields):
            self.add(f"{name}.keras", self.config(lambda config: layer_of(config, "first").update(fields)), why, code)

        system = {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"}
        first("an activation that is os.system", "os-system", UNSUPPORTED, activation=system)
        first("an activation nobody knows", "unknown-activation", UNSUPPORTED, activation="frobnicate")
        first("units that are no number", "units-text", units="three")
        first("negative units", "units-negative", units=-3)
        first("more units than the weights have", "units-huge", units=10**12)
        first("units with a fraction", "units-fraction", units=3.5)
        as_class("module", "a class of a module that runs programs", module="subprocess", class_name="Popen", registered_name="Popen",
                 config={"args": ["touch", "evil"]})  # fmt: skip
        as_class("custom", "a registered class of its author", module=None, class_name="Swirl", registered_name="Custom>Swirl")
        as_class("module-dots", "a class of a module whose name is dots alone", module="...")
        as_class("unknown-class", "a layer that Keras does not have", class_name="Frobnicate")
        lambda_code = {"name": "first", "trainable": True, "function": {"class_name": "__lambda__", "config": {
            "code": "4wEAAAAAAAAAAAAAAAEAAAACAAAAAwAAAPMKAAAAlwB8AGQBegUAAFMA", "defaults": None, "closure": None}}, "arguments": {}}  # fmt: skip
        as_class("lambda", "a Lambda layer, which is a program", class_name="Lambda", registered_name=None, config=lambda_code)
        as_class("strings", "a layer of strings", class_name="StringLookup", config={"name": "first", "vocabulary": ["a", "b"]})
        self.add("subclass.keras", self.config(lambda config: config.update(
            module=None, class_name="Mine", registered_name="Custom>Mine", config={})), "a model that is a class of its author", UNSUPPORTED)  # fmt: skip

    # Weights

    def stored(self, change):
        target = io.BytesIO(self.members["model.weights.h5"])
        with h5py.File(target, "r+") as file:
            change(file)
        return self.archive({"model.weights.h5": target.getvalue()})

    def weights(self):
        where = "layers/dense/vars"

        def put(data, name="0", **options):
            def change(file):
                del file[f"{where}/{name}"]
                file[where].create_dataset(name, data=data, **options)

            return self.stored(change)

        kernel = np.arange(15, dtype=np.float32).reshape(5, 3)
        self.add("shape.keras", put(kernel.T), "a kernel of another shape")
        self.add("rank.keras", put(kernel[None]), "a kernel of another rank")
        self.add("bias-shape.keras", put(kernel[0, :2], "1"), "a bias of another shape")
        self.add("type.keras", put(np.full((5, 3), b"text")), "a kernel of text")
        self.add("missing.keras", self.stored(lambda file: file.__delitem__(f"{where}/1")), "a layer without its bias")
        self.add("missing-layer.keras", self.stored(lambda file: file.__delitem__("layers/dense_1")), "a layer without its weights")
        self.add(
            "left-over.keras", self.stored(lambda file: file[where].create_dataset("2", data=kernel)), "weights that no layer has"
        )
        self.add("left-over-layer.keras", self.stored(lambda file: file.create_dataset("layers/dense_2/vars/0", data=kernel)),
                 "weights of a layer that is not there")  # fmt: skip
        self.add("nan.keras", put(np.where(kernel == 7, np.nan, kernel)), "a weight that is not a number: a warning", 0)
        self.add("infinite.keras", put(np.where(kernel == 7, np.inf, kernel)), "a weight that is infinite: a warning", 0)
        self.add("declared.keras", self.stored(lambda file: (file.__delitem__(f"{where}/0"), file[where].create_dataset(
            "0", shape=(50_000, 40_000), dtype="f4", chunks=(1000, 1000)))), "8 GB declared and nothing stored")  # fmt: skip
        for name, link in (
            ("soft-link", h5py.SoftLink("/layers/dense_1/vars/0")),
            ("external-link", h5py.ExternalLink("other.h5", "/0")),
        ):
            self.add(f"{name}.keras", self.stored(lambda file: (file.__delitem__(f"{where}/0"), file.__setitem__(f"{where}/0", link))),
                     f"a {name.replace('-', ' ')} for a weight", UNSUPPORTED)  # fmt: skip
        self.add("external.keras", self.stored(lambda file: (file.__delitem__(f"{where}/0"), file[where].create_dataset(
            "0", shape=(5, 3), dtype="f4", external=[("/etc/passwd", 0, 60)]))), "a dataset in another file", UNSUPPORTED)  # fmt: skip

        def virtual(file):
            del file[f"{where}/0"]
            layout = h5py.VirtualLayout((5, 3), "f4")
            layout[...] = h5py.VirtualSource("other.h5", "0", (5, 3))
            file[where].create_virtual_dataset("0", layout)

        self.add("virtual.keras", self.stored(virtual), "a virtual dataset", UNSUPPORTED)

    def quantized(self):
        """Policies that do not go with what is stored."""
        where = "layers/dense/vars"
        numbers = np.arange(15, dtype=np.int8).reshape(5, 3)
        factors = np.full(3, 2.5, np.float32)

        def layer(name, why, policy, arrays, code=UNSUPPORTED, **settings):
            def config(text):
                dtype = {"module": "keras", "class_name": "QuantizedDTypePolicy", "config": {"mode": policy, "source_name": "float32"},
                         "registered_name": None}  # fmt: skip
                layer_of(text, "first")["config"].update({"dtype": dtype} | settings)

            def change(file):
                for place in list(file[where]):
                    del file[f"{where}/{place}"]
                for place, array in enumerate(arrays):
                    file[f"{where}/{place}"] = array

            text = json.loads(self.members["config.json"])
            config(text)
            target = io.BytesIO(self.members["model.weights.h5"])
            with h5py.File(target, "r+") as file:
                change(file)
            members = {"config.json": json.dumps(text).encode(), "model.weights.h5": target.getvalue()}
            self.add(f"quantized-{name}.keras", self.archive(members), why, code)

        layer("factors", "fewer factors than columns", "int8", [numbers, factors, factors[:2]])
        layer("floats", "floats where there should be integers", "int8", [numbers.astype(np.float32), factors, factors])
        layer("missing", "no factors", "int8", [numbers, factors], MALFORMED)
        layer("packed", "four-bit numbers of another form", "int4/-1", [numbers[:4], factors, factors])
        blocks = [numbers[:, :2], factors, np.ones((3, 3), np.float32), np.zeros((3, 3), np.int8)]
        for name, index in (("beyond", [0, 1, 2, 3, 0]), ("none", [0, np.nan, 1, 2, 0]), ("huge", [0, 1e30, 1, 2, 0]), ("few", [0, 1])):
            layer(f"group-{name}", "a group that is not there", "int4/2", [*blocks, np.array(index, np.float32)])
        layer("mode", "a mode that nobody knows", "int3", [numbers, factors, factors])
        inputs = {"class_name": "Int8QuantizationConfig", "config": {"activation_quantizer": {"class_name": "Mine", "config": {}}}}
        layer("inputs", "inputs quantised by a class of its author", "int8", [numbers, factors, factors], quantization_config=inputs)

    def operations(self):
        """Operations whose arguments ask for more than there can be."""

        def operation(name, why, class_name, module, args=(), config=None, shape=None, **kwargs):
            def change(config_of_model):
                if shape:
                    layer_of(config_of_model, "x")["config"]["batch_shape"] = shape
                layer = layer_of(config_of_model, "first")
                tensor = layer["inbound_nodes"][0]["args"][0]
                layer.update(module=module, class_name=class_name, registered_name=class_name, config={"name": "first"} | (config or {}),
                             inbound_nodes=[{"args": [tensor, *args], "kwargs": kwargs}])  # fmt: skip

            self.add(f"operation-{name}.keras", self.config(change), why, UNSUPPORTED)

        einops, numpy, image = "keras.src.ops.einops", "keras.src.ops.numpy", "keras.src.ops.image"
        operation("pattern-parts", "parts of an axis beyond it", "Rearrange", einops, ["b (c d e f) -> b c d e f"], c=2**30, d=2**30, e=2**30)
        operation("pattern-axes", "sides with other axes", "Rearrange", einops, ["b c -> b d"])
        operation("pattern-brackets", "a bracket that does not end", "Rearrange", einops, ["b (c -> b c"])
        operation("split", "more parts than elements", "ArraySplit", numpy, config={"indices_or_sections": 10**9, "axis": 1})
        operation("cuts", "cuts in no order", "ArraySplit", numpy, config={"indices_or_sections": [4, 1], "axis": 1})
        operation("patches", "patches of a vector", "ExtractPatches", image, config={"size": [2**30, 2**30]})
        operation("patches-3d", "patches of more elements than can be counted", "ExtractPatches3D", image, config={"size": [2**30] * 3},
                  shape=[None, 9, 9, 9, 3])  # fmt: skip
        operation("diagonal", "a diagonal of an open extent", "Diagonal", numpy, config={"offset": 2**40, "axis1": 0, "axis2": 1})

    # Legacy files

    def legacy(self):
        def changed(change):
            target = io.BytesIO(self.h5)
            with h5py.File(target, "r+") as file:
                change(file)
            return target.getvalue()

        def config(change):
            def of_file(file):
                config = json.loads(file.attrs["model_config"])
                change(config)
                file.attrs["model_config"] = json.dumps(config)

            return changed(of_file)

        self.add("truncated.h5", self.h5[: len(self.h5) // 2], "a truncated HDF5 file")
        self.add("no-config.h5", changed(lambda file: file.attrs.__delitem__("model_config")), "no model_config", USAGE)
        self.add(
            "config-not-json.h5",
            changed(lambda file: file.attrs.__setitem__("model_config", "{")),
            "a model_config that is not JSON",
        )
        self.add(
            "config-number.h5", changed(lambda file: file.attrs.__setitem__("model_config", 3.5)), "a model_config that is a number"
        )
        self.add("no-group.h5", changed(lambda file: file["model_weights"].__delitem__("second")), "a layer's group is not there")
        self.add("no-dataset.h5", changed(lambda file: file["model_weights/second"].__delitem__(
            file["model_weights/second"].attrs["weight_names"][0])), "a weight's dataset is not there")  # fmt: skip
        self.add(
            "no-layer-names.h5", changed(lambda file: file["model_weights"].attrs.__delitem__("layer_names")), "no layer_names"
        )
        self.add("fewer-weights.h5", changed(lambda file: file["model_weights/second"].attrs.__setitem__(
            "weight_names", file["model_weights/second"].attrs["weight_names"][:1])), "a layer without its bias")  # fmt: skip
        self.add(
            "lambda.h5", config(lambda config: layer_of(config, "first").update(class_name="Lambda")), "a Lambda layer", UNSUPPORTED
        )
        self.add("custom.h5", config(lambda config: layer_of(config, "first").update(class_name="Swirl", module=None,
                 registered_name="Custom>Swirl")), "a class of its author", UNSUPPORTED)  # fmt: skip
        self.add("no-architecture.weights.h5", self.alone, "weights without an architecture", USAGE)


def encrypted(archive):
    """The flag of encryption in each header."""
    data = bytearray(archive)
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def damaged(archive):
    """One byte of the config's text is another; the length is the same."""
    return archive.replace(b'"class_name": "Dense"', b'"class_name": "Dance"', 1)
