"""Cases of Fixtures/keras: files of Keras 2.0 to 2.3 and of tf.keras in TensorFlow 1 and early 2. See keras_dialects.py."""

import ml_dtypes
import numpy as np
import tensorflow as tf

from keras_cases import tf_keras
from keras_dialects import dialect, entry, named, write_weights
from keras_values import padded

L = tf_keras.layers
OLD, NEW, TENSORFLOW = "Keras 2.1.6", "Keras 2.2.4", "tf.keras 2.1.6-tf of TensorFlow 1.12"
VARIANCE = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}}
ZEROS = {"class_name": "Zeros", "config": {}}
NONE = {"kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None,
        "bias_constraint": None}  # fmt: skip


def first(*shape, dtype="float32"):
    return {"batch_input_shape": [None, *shape], "dtype": dtype}


def dense(name, units, activation="linear", inbound=None, **more):
    return entry("Dense", name, inbound, units=units, activation=activation, use_bias=True, kernel_initializer=VARIANCE,
                 bias_initializer=ZEROS, **NONE | more)  # fmt: skip


def conv2d(name, filters, size, order="channels_last", mode="valid", **more):
    return entry("Conv2D", name, filters=filters, kernel_size=list(size), strides=[1, 1], padding=mode, data_format=order,
                 dilation_rate=[1, 1], activation="relu", use_bias=True, kernel_initializer=VARIANCE, bias_initializer=ZEROS,
                 **NONE | more)  # fmt: skip


def stored(names):
    """A function from weights to groups, for layers whose weights are called as today's."""
    return lambda w: [(name, named(w.get(name, []), f"{name}/%s:0", *leaves.split())) for name, leaves in names.items()]


def generate():
    lists()
    forms()
    theano()
    functional()
    recurrent()
    tensorflow()


def lists():
    config = [
        dense("dense_1", 7, "relu", **first(5)), entry("Dropout", "dropout_1", rate=0.5, noise_shape=None, seed=None),
        entry("BatchNormalization", "batch_normalization_1", axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True,
              beta_initializer=ZEROS, gamma_initializer={"class_name": "Ones", "config": {}}, moving_mean_initializer=ZEROS,
              moving_variance_initializer={"class_name": "Ones", "config": {}}, beta_regularizer=None, gamma_regularizer=None,
              beta_constraint=None, gamma_constraint=None),
        entry("LeakyReLU", "leaky_re_lu_1", alpha=0.30000001192092896), dense("dense_2", 3, "softmax"),
    ]  # fmt: skip

    def build():
        return tf_keras.Sequential([
            tf_keras.Input((5,)), L.Dense(7, "relu", name="dense_1"), L.BatchNormalization(name="batch_normalization_1"),
            L.LeakyReLU(0.3), L.Dense(3, "softmax", name="dense_2")])  # fmt: skip

    groups = stored({"dense_1": "kernel bias", "dropout_1": "", "leaky_re_lu_1": "", "dense_2": "kernel bias",
                     "batch_normalization_1": "gamma beta moving_mean moving_variance"})  # fmt: skip
    in_order = lambda w: sorted(groups(w), key=lambda group: [item["config"]["name"] for item in config].index(group[0]))
    more = {"loads": True, "backend": "tensorflow"}
    dialect("k2_list", OLD, build, config, in_order, version="2.1.6", **more)
    dialect("k2_list_2_0", "Keras 2.0.2", build, config, in_order, version="2.0.2", **more)
    dialect("k2_named", NEW, build, {"name": "sequential_1", "layers": config}, in_order, version="2.2.4", **more)
    dialect(
        "k2_split_names",
        NEW,
        build,
        {"name": "sequential_1", "layers": config},
        in_order,
        version="2.2.4",
        write=write_split,
        **more,
    )
    dialect("k2_tensorflow_1", TENSORFLOW, build, {"name": "sequential", "layers": config}, in_order, version="2.1.6-tf", **more)


def write_split(group, stored):
    """The lists of names in pieces, as those above 64 KB are stored."""
    write_weights(group, stored)
    pieces(group, "layer_names")
    for name, weights in stored:
        if len(weights) > 2:
            pieces(group[name], "weight_names")


def pieces(group, name):
    for number, piece in enumerate(np.array_split(np.asarray(group.attrs[name]), 3)):
        group.attrs[f"{name}{number}"] = piece
    del group.attrs[name]


def forms():
    """Weights of other data types than float32; what is expected has them rounded so."""
    config = {"name": "sequential_1", "layers": [dense("dense_1", 7, "tanh", **first(5)), dense("dense_2", 3)]}
    for name, kind in (("f16", np.float16), ("f64", np.float64), ("bf16", ml_dtypes.bfloat16), ("big_endian", ">f4")):

        def build():
            exact = np.float32 if name in ("f64", "big_endian") else kind
            return tf_keras.Sequential([
                tf_keras.Input((5,)), Exact(exact, 7, "tanh", name="dense_1"), Exact(exact, 3, name="dense_2")])  # fmt: skip

        def groups(w):
            cast = lambda array: array.astype(kind).view("V2") if name == "bf16" else array.astype(kind)
            return [
                (layer, named([cast(array) for array in w[layer]], f"{layer}/%s:0", "kernel", "bias")) for layer in w if w[layer]
            ]

        dialect(f"k2_{name}", NEW, build, config, groups, version="2.2.4", backend="tensorflow")


class Exact(L.Dense):
    """A dense layer that computes with its weights rounded to another data type."""

    def __init__(self, exact, *options, **named):
        super().__init__(*options, **named)
        self.exact = tf.as_dtype(exact)

    def call(self, inputs):
        kernel, bias = (tf.cast(tf.cast(weight, self.exact), inputs.dtype) for weight in (self.kernel, self.bias))
        return self.activation(inputs @ kernel + bias)


def theano():
    """Theano convolves where the others correlate: a kernel of a file of that backend is upside down."""
    for order in ("channels_last", "channels_first"):
        shape = (5, 7, 2) if order == "channels_last" else (2, 5, 7)
        config = [conv2d("conv2d_1", 3, (3, 2), order, **first(*shape)), conv2d("conv2d_2", 4, (2, 3), order, "same"),
                  entry("GlobalMaxPooling2D", "global_max_pooling2d_1", data_format=order), dense("dense_1", 2)]  # fmt: skip

        def build():
            x = tf_keras.Input(shape)
            body = x if order == "channels_last" else L.Permute((2, 3, 1))(x)
            body = L.Conv2D(3, (3, 2), activation="relu", name="conv2d_1")(body)
            body = L.Conv2D(4, (2, 3), activation="relu", padding="same", name="conv2d_2")(body)
            return tf_keras.Model(x, L.Dense(2, name="dense_1")(L.GlobalMaxPooling2D()(body)))

        for backend in ("theano", "cntk", "tensorflow"):
            flip = (lambda a: np.ascontiguousarray(a[::-1, ::-1])) if backend == "theano" else lambda a: a
            end = "" if backend == "theano" else ":0"
            dialect(f"k2_{backend}_{order}", OLD, build, config, lambda w: [
                *((name, named([flip(w[name][0]), w[name][1]], f"{name}/%s{end}", "kernel", "bias")) for name in ("conv2d_1", "conv2d_2")),
                ("global_max_pooling2d_1", []), ("dense_1", named(w["dense_1"], f"dense_1/%s{end}", "kernel", "bias"))],
                version="2.1.6", backend=backend)  # fmt: skip


def functional():
    node = lambda *calls: [[[name, number, 0, {}] for name, number in call] for call in calls]
    inputs = [entry("InputLayer", name, [], sparse=False, **first(5)) for name in ("right", "left")]
    inner = {"name": "model_1", "input_layers": [["input_1", 0, 0]], "output_layers": [["dense_2", 0, 0]], "layers": [
        entry("InputLayer", "input_1", [], sparse=False, **first(3)), dense("dense_2", 4, "relu", node([("input_1", 0)]))]}  # fmt: skip
    config = {
        "name": "model_2", "input_layers": [["left", 0, 0], ["right", 0, 0]], "output_layers": [["dense_3", 0, 0], ["add_1", 0, 0]],
        "layers": [
            *inputs, dense("dense_1", 3, "tanh", node([("left", 0)], [("right", 0)])),
            {"class_name": "Model", "config": inner, "name": "model_1", "inbound_nodes": node([("dense_1", 0)], [("dense_1", 1)])},
            entry("Add", "add_1", node([("model_1", 1), ("model_1", 2)])), dense("dense_3", 2, inbound=node([("add_1", 0)])),
        ],
    }  # fmt: skip

    def build():
        x, y, a = tf_keras.Input((5,)), tf_keras.Input((5,)), tf_keras.Input((3,))
        shared = L.Dense(3, "tanh", name="dense_1")
        nested = tf_keras.Model(a, L.Dense(4, "relu", name="dense_2")(a), name="model_1")
        joined = L.Add()([nested(shared(x)), nested(shared(y))])
        return tf_keras.Model([x, y], [L.Dense(2, name="dense_3")(joined), joined])

    dialect("k2_shared", NEW, build, config, lambda w: [
        ("right", []), ("left", []), ("dense_1", named(w["dense_1"], "dense_1/%s:0", "kernel", "bias")),
        ("model_1", named(w["model_1"], "dense_2/%s:0", "kernel", "bias")), ("add_1", []),
        ("dense_3", named(w["dense_3"], "dense_3/%s:0", "kernel", "bias"))], version="2.2.4", backend="tensorflow", kind="Model",
        loads=True)  # fmt: skip


COMMON = {"return_state": False, "go_backwards": False, "stateful": False, "unroll": False, "units": 3, "activation": "tanh",
          "use_bias": True, "dropout": 0.0, "recurrent_dropout": 0.0}  # fmt: skip


def recurrent():
    hard = {"recurrent_activation": "hard_sigmoid", "implementation": 1}
    for kind, named_options, make in (
        ("LSTM", hard | {"unit_forget_bias": True}, lambda **n: L.LSTM(3, recurrent_activation="hard_sigmoid", **n)),
        ("GRU", hard, lambda **n: L.GRU(3, recurrent_activation="hard_sigmoid", reset_after=False, **n)),
        ("SimpleRNN", {}, lambda **n: L.SimpleRNN(3, **n)),
    ):
        name = {"SimpleRNN": "simple_rnn"}.get(kind, kind.lower()) + "_1"
        embedding = entry("Embedding", "embedding_1", input_dim=7, output_dim=5, mask_zero=True, input_length=None,
                          embeddings_initializer="uniform", **first(None))  # fmt: skip
        config = [embedding, entry(kind, name, return_sequences=True, **COMMON | named_options),
                  entry("TimeDistributed", "time_distributed_1", layer=dense("dense_1", 2))]  # fmt: skip

        def build():
            return tf_keras.Sequential([
                tf_keras.Input((None,)), L.Embedding(7, 5, mask_zero=True, name="embedding_1"),
                make(return_sequences=True, name=name), L.TimeDistributed(L.Dense(2), name="time_distributed_1")])  # fmt: skip

        whole = lambda arrays, number: padded()([np.floor(np.abs(arrays[0]))], number)
        groups = stored({"embedding_1": "embeddings", name: "kernel recurrent_kernel bias", "time_distributed_1": "kernel bias"})
        dialect(
            f"k2_{kind.lower()}",
            OLD,
            build,
            config,
            groups,
            version="2.1.6",
            backend="tensorflow",
            prepare=whole,
            loads=kind != "GRU",
        )
        dialect(f"k2_{kind.lower()}_time_major", TENSORFLOW, build, [config[0], entry(kind, name, return_sequences=True, time_major=False,
                **COMMON | named_options), config[2]], groups, version="2.1.6-tf", backend="tensorflow", prepare=whole)  # fmt: skip


def tensorflow():
    """Names that only some releases of tf.keras gave their classes, and its first layers of single operations."""
    config = [
        entry("InputLayer", "x", sparse=False, **first(4, 3)),
        entry("BatchNormalizationV1", "norm", axis=[2], momentum=0.99, epsilon=0.001, center=True, scale=True, dtype="float32"),
        entry("Flatten", "flatten", dtype="float32", data_format="channels_last"), dense("dense", 2, dtype="float32"),
    ]  # fmt: skip

    def build():
        return tf_keras.Sequential(
            [tf_keras.Input((4, 3)), L.BatchNormalization(name="norm"), L.Flatten(), L.Dense(2, name="dense")]
        )

    groups = stored({"x": "", "norm": "gamma beta moving_mean moving_variance", "flatten": "", "dense": "kernel bias"})
    for kind in ("V1", "V2"):
        changed = [item | {"class_name": item["class_name"].replace("V1", kind)} for item in config]
        dialect(f"k2_batch_normalization_{kind.lower()}", "tf.keras 2.2.4-tf of TensorFlow 1.14", build, {"name": "s", "layers": changed},
                groups, version="2.2.4-tf", backend="tensorflow")  # fmt: skip
    attribute = {"T": {"type": "DT_FLOAT"}}
    operation = lambda name, op, inputs, constants, source: entry(
        "TensorFlowOpLayer", f"tf_op_layer_{name}", [[[source, 0, 0, {}]]], dtype="float32", constants=constants,
        node_def={"name": name, "op": op, "input": inputs, "attr": attribute},
    ) | {"config": {"name": name, "trainable": True, "dtype": "float32", "constants": constants,
                    "node_def": {"name": name, "op": op, "input": inputs, "attr": attribute}}}  # fmt: skip
    graph = {
        "name": "model", "input_layers": [["x", 0, 0]], "output_layers": [["dense", 0, 0]],
        "layers": [entry("InputLayer", "x", [], sparse=False, ragged=False, **first(5)),
                   operation("mul", "Mul", ["x", "mul/y"], {"1": 0.5}, "x"),
                   operation("sub", "Sub", ["sub/x", "mul"], {"0": 1.5}, "tf_op_layer_mul"),
                   dense("dense", 2, inbound=[[["tf_op_layer_sub", 0, 0, {}]]])],
    }  # fmt: skip

    def build_graph():
        x = tf_keras.Input((5,))
        return tf_keras.Model(x, L.Dense(2, name="dense")(1.5 - x * 0.5))

    dialect("k2_operation_layers", "tf.keras 2.2.4-tf of TensorFlow 2.1", build_graph, graph, stored({"x": "", "tf_op_layer_mul": "",
            "tf_op_layer_sub": "", "dense": "kernel bias"}), version="2.2.4-tf", backend="tensorflow", kind="Model", loads=True)  # fmt: skip
