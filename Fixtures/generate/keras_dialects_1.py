"""Cases of Fixtures/keras: files of Keras 1.2 and before. See keras_dialects.py."""

import numpy as np
import tensorflow as tf

from keras_cases import tf_keras
from keras_dialects import dialect, entry, gates, named, swapped
from keras_values import padded

L = tf_keras.layers
KERAS = "Keras 1.2.2"
UNUSED = {"W_regularizer": None, "b_regularizer": None, "activity_regularizer": None, "W_constraint": None, "b_constraint": None}


def first(*shape, dtype="float32"):
    return {"batch_input_shape": [None, *shape], "input_dtype": dtype}


def dense(name, units, activation="linear", inbound=None, inputs=None, **more):
    return entry("Dense", name, inbound, output_dim=units, init="glorot_uniform", activation=activation, bias=True, input_dim=inputs,
                 **UNUSED | more)  # fmt: skip


def conv2d(name, filters, rows, columns, mode="valid", stride=(1, 1), order="tf", activation="linear", **more):
    return entry("Convolution2D", name, None, nb_filter=filters, nb_row=rows, nb_col=columns, init="glorot_uniform",
                 activation=activation, border_mode=mode, subsample=list(stride), dim_ordering=order, bias=True, **UNUSED | more)  # fmt: skip


def generate():
    perceptrons()
    merged()
    images()
    sequences()
    recurrent()
    dropped()


def perceptrons():
    config = [
        dense("dense_1", 7, "relu", inputs=5, **first(5)), entry("Dropout", "dropout_1", p=0.5), dense("dense_2", 4),
        entry("BatchNormalization", "batchnormalization_1", epsilon=0.001, mode=0, axis=-1, momentum=0.99, gamma_regularizer=None,
              beta_regularizer=None), entry("LeakyReLU", "leakyrelu_1", alpha=0.3), dense("dense_3", 3),
        entry("Activation", "activation_1", activation="softmax"),
    ]  # fmt: skip

    def build():
        return tf_keras.Sequential([
            tf_keras.Input((5,)), L.Dense(7, "relu", name="dense_1"), L.Dense(4, name="dense_2"),
            L.BatchNormalization(name="norm"), L.LeakyReLU(0.3), L.Dense(3, "softmax", name="dense_3")])  # fmt: skip

    def groups(w, end=""):
        return [
            ("dense_1", named(w["dense_1"], f"dense_1_%s{end}", "W", "b")), ("dropout_1", []),
            ("dense_2", named(w["dense_2"], f"dense_2_%s{end}", "W", "b")),
            ("batchnormalization_1", named(w["norm"], f"batchnormalization_1_%s{end}", "gamma", "beta", "running_mean", "running_std")),
            ("leakyrelu_1", []), ("dense_3", named(w["dense_3"], f"dense_3_%s{end}", "W", "b")), ("activation_1", []),
        ]  # fmt: skip

    dialect("k1_perceptron", KERAS, build, config, groups)
    dialect("k1_perceptron_version", KERAS, build, config, lambda w: groups(w, ":0"), version="1.2.2")
    dialect("k1_param_names", "Keras 1.0.1", build, config,
            lambda w: [(name, [(f"param_{number}", array) for number, (_, array) in enumerate(group)]) for name, group in groups(w)])  # fmt: skip


def merged():
    node = lambda *names: [[[name, 0, 0] for name in names]]

    def merge(name, mode, *inputs, concat=-1, dot=-1):
        return entry("Merge", name, node(*inputs), mode=mode, concat_axis=concat, dot_axes=dot, mode_type="raw", output_shape=None,
                     output_shape_type="raw", output_mask=None, output_mask_type="raw", arguments={})  # fmt: skip

    inputs = [entry("InputLayer", name, [], sparse=False, **first(5)) for name in ("left", "right")]
    for mode, make in {
        "sum": L.Add(), "mul": L.Multiply(), "ave": L.Average(), "max": L.Maximum(), "concat": L.Concatenate(), "dot": L.Dot(1),
        "cos": L.Dot(1, normalize=True),
    }.items():  # fmt: skip
        config = {
            "name": "model_1", "input_layers": [["left", 0, 0], ["right", 0, 0]], "output_layers": [["dense_2", 0, 0]],
            "layers": [*inputs, dense("dense_1", 5, "tanh", node("left")), merge("merge_1", mode, "dense_1", "right", dot=1 if mode in ("dot",
                       "cos") else -1), dense("dense_2", 3, inbound=node("merge_1"))],
        }  # fmt: skip

        def build():
            x, y = tf_keras.Input((5,)), tf_keras.Input((5,))
            body = type(make).from_config(make.get_config())([L.Dense(5, "tanh", name="dense_1")(x), y])
            return tf_keras.Model([x, y], L.Dense(3, name="dense_2")(body))

        dialect(f"k1_merge_{mode}", KERAS, build, config, lambda w: [("left", []), ("right", []), ("merge_1", []),
                *((name, named(w[name], f"{name}_%s", "W", "b")) for name in ("dense_1", "dense_2"))], kind="Model")  # fmt: skip

    branches = [
        {"class_name": "Sequential", "config": [dense(f"dense_{number}", units, "relu", inputs=size, **first(size))]}
        for number, units, size in ((1, 3, 5), (2, 4, 7))
    ]
    config = [entry("Merge", "merge_1", layers=branches, mode="concat", concat_axis=-1, dot_axes=-1, mode_type="raw", output_shape=None,
                    output_shape_type="raw", output_mask=None, output_mask_type="raw", arguments={}), dense("dense_3", 2)]  # fmt: skip

    def build_branches():
        x, y = tf_keras.Input((5,)), tf_keras.Input((7,))
        body = L.Concatenate()([L.Dense(3, "relu", name="dense_1")(x), L.Dense(4, "relu", name="dense_2")(y)])
        return tf_keras.Model([x, y], L.Dense(2, name="dense_3")(body))

    dialect("k1_merged_sequentials", KERAS, build_branches, config,
            lambda w: [(name, named(w[name], f"{name}_%s", "W", "b")) for name in ("dense_1", "dense_2", "dense_3")])  # fmt: skip


def images():
    def build(order, size=(8, 9)):
        """The channels-last network, between permutations where the file's has its channels first."""
        x = tf_keras.Input((*size, 2) if order == "tf" else (2, *size))
        body = x if order == "tf" else L.Permute((2, 3, 1))(x)
        body = L.Conv2D(3, (3, 2), padding="same", activation="relu", name="a")(body)
        body = L.BatchNormalization(name="norm")(L.MaxPooling2D((2, 3))(body))
        body = L.Conv2D(4, (2, 3), strides=(2, 1), name="b")(L.ZeroPadding2D((1, 2))(body))
        body = L.Flatten()(body if order == "tf" else L.Permute((3, 1, 2))(L.UpSampling2D((2, 1))(body)))
        return tf_keras.Model(x, L.Dense(3, "softmax", name="c")(body))

    def config(order):
        shape = (8, 9, 2) if order == "tf" else (2, 8, 9)
        up = [entry("UpSampling2D", "upsampling2d_1", size=[2, 1], dim_ordering=order)] if order == "th" else []
        return [
            conv2d("convolution2d_1", 3, 3, 2, "same", order=order, activation="relu", **first(*shape)),
            entry("MaxPooling2D", "maxpooling2d_1", pool_size=[2, 3], strides=[2, 3], border_mode="valid", dim_ordering=order),
            entry("BatchNormalization", "batchnormalization_1", epsilon=0.001, mode=0, axis=1 if order == "th" else -1, momentum=0.99),
            entry("ZeroPadding2D", "zeropadding2d_1", padding=[1, 2], dim_ordering=order),
            conv2d("convolution2d_2", 4, 2, 3, stride=(2, 1), order=order), *up, entry("Flatten", "flatten_1"),
            dense("dense_1", 3, "softmax"),
        ]  # fmt: skip

    def groups(w, order):
        kernel = lambda array: swapped(array, 3, 2, 0, 1) if order == "th" else array
        convolutions = [("convolution2d_1", "a"), ("convolution2d_2", "b")]
        return [(old, named([kernel(w[new][0]), w[new][1]], f"{old}_%s", "W", "b")) for old, new in convolutions] + [
            ("batchnormalization_1", named(w["norm"], "batchnormalization_1_%s", "gamma", "beta", "running_mean", "running_std")),
            ("dense_1", named(w["c"], "dense_1_%s", "W", "b")), ("maxpooling2d_1", []), ("flatten_1", []),
        ]  # fmt: skip

    for order in ("tf", "th"):
        dialect(f"k1_image_{order}", KERAS, lambda: build(order), config(order), lambda w: groups(w, order))
    transposed = [
        entry("Deconvolution2D", "deconvolution2d_1", nb_filter=3, nb_row=3, nb_col=3, init="glorot_uniform", activation="relu",
              border_mode="valid", subsample=[2, 2], dim_ordering="tf", bias=True, output_shape=[None, 9, 11, 3], **UNUSED | first(4, 5, 2)),
        entry("AtrousConvolution2D", "atrousconvolution2d_1", nb_filter=4, nb_row=3, nb_col=2, init="glorot_uniform", activation="linear",
              border_mode="same", subsample=[1, 1], atrous_rate=[2, 2], dim_ordering="tf", bias=True, **UNUSED),
        entry("SeparableConvolution2D", "separableconvolution2d_1", nb_filter=5, nb_row=2, nb_col=3, init="glorot_uniform",
              activation="linear", border_mode="valid", subsample=[1, 1], depth_multiplier=2, dim_ordering="tf", bias=True,
              depthwise_regularizer=None, pointwise_regularizer=None),
        entry("GlobalAveragePooling2D", "globalaveragepooling2d_1", dim_ordering="tf"),
    ]  # fmt: skip

    def build_transposed():
        return tf_keras.Sequential([
            tf_keras.Input((4, 5, 2)), L.Conv2DTranspose(3, 3, strides=2, activation="relu", name="a"),
            L.Conv2D(4, (3, 2), dilation_rate=2, padding="same", name="b"), L.SeparableConv2D(5, (2, 3), depth_multiplier=2, name="c"),
            L.GlobalAveragePooling2D()])  # fmt: skip

    dialect("k1_more_convolutions", KERAS, build_transposed, transposed, lambda w: [
        ("deconvolution2d_1", named([swapped(w["a"][0], 0, 1, 3, 2), w["a"][1]], "deconvolution2d_1_%s", "W", "b")),
        ("atrousconvolution2d_1", named(w["b"], "atrousconvolution2d_1_%s", "W", "b")),
        ("separableconvolution2d_1", named(w["c"], "separableconvolution2d_1_%s", "depthwise_kernel", "pointwise_kernel", "b")),
        ("globalaveragepooling2d_1", []),
    ])  # fmt: skip


def sequences():
    def config(**more):
        common = {"init": "glorot_uniform", "input_dim": None, "input_length": None, "bias": True} | UNUSED
        return [
            entry("Convolution1D", "convolution1d_1", nb_filter=3, filter_length=4, activation="relu", border_mode="same",
                  subsample_length=1, **common | first(11, 2)),
            entry("MaxPooling1D", "maxpooling1d_1", pool_length=2, stride=2, border_mode="valid"),
            entry("Convolution1D", "convolution1d_2", nb_filter=5, filter_length=2, activation="linear", border_mode="valid",
                  subsample_length=2, **common),
            entry("GlobalMaxPooling1D", "globalmaxpooling1d_1"), entry("RepeatVector", "repeatvector_1", n=3),
            entry("Permute", "permute_1", dims=[2, 1]), entry("Reshape", "reshape_1", target_shape=[3, 5]),
            entry("TimeDistributed", "timedistributed_1", layer=dense("dense_1", 2, "tanh")),
        ]  # fmt: skip

    def build():
        return tf_keras.Sequential([
            tf_keras.Input((11, 2)), L.Conv1D(3, 4, padding="same", activation="relu", name="a"), L.MaxPooling1D(2),
            L.Conv1D(5, 2, strides=2, name="b"), L.GlobalMaxPooling1D(), L.RepeatVector(3), L.Permute((2, 1)), L.Reshape((3, 5)),
            L.TimeDistributed(L.Dense(2, "tanh"), name="c")])  # fmt: skip

    def groups(w, kernel):
        return [
            ("convolution1d_1", named([kernel(w["a"][0]), w["a"][1]], "convolution1d_1_%s", "W", "b")), ("maxpooling1d_1", []),
            ("convolution1d_2", named([kernel(w["b"][0]), w["b"][1]], "convolution1d_2_%s", "W", "b")),
            ("timedistributed_1", named(w["c"], "dense_1_%s", "W", "b")),
        ]  # fmt: skip

    dialect("k1_sequence", KERAS, build, config(), lambda w: groups(w, lambda kernel: kernel[:, None]))
    dialect(
        "k1_sequence_1_0", "Keras 1.0.8", build, config(), lambda w: groups(w, lambda kernel: swapped(kernel, 2, 1, 0)[..., None])
    )


def recurrent():
    common = {"init": "glorot_uniform", "inner_init": "orthogonal", "activation": "tanh", "go_backwards": False, "stateful": False,
              "unroll": False, "W_regularizer": None, "U_regularizer": None, "b_regularizer": None, "dropout_W": 0.0, "dropout_U": 0.0,
              "input_length": None}  # fmt: skip
    hard = {"inner_activation": "hard_sigmoid"}
    embedding = entry("Embedding", "embedding_1", input_dim=7, output_dim=5, init="uniform", input_length=None, mask_zero=True,
                      activity_regularizer=None, W_regularizer=None, W_constraint=None, dropout=0.0, **first(None, dtype="int32"))  # fmt: skip
    today = {"LSTM": lambda *o, **n: L.LSTM(*o, recurrent_activation="hard_sigmoid", **n),
             "GRU": lambda *o, **n: L.GRU(*o, recurrent_activation="hard_sigmoid", reset_after=False, **n), "SimpleRNN": L.SimpleRNN}  # fmt: skip
    orders = {"LSTM": ("icfo", (0, 2, 1, 3)), "GRU": ("zrh", (0, 1, 2))}

    def parts(kind, weights, name, mode):
        if kind == "SimpleRNN" or mode == "gpu":
            return named(weights, f"{name}_%s", "W", "U", "b")
        letters, order = orders[kind]
        split = [gates(array, len(letters)) for array in weights]
        return [(f"{name}_{leaf}_{letter}", np.ascontiguousarray(array[gate]))
                for letter, gate in zip(letters, order, strict=True) for leaf, array in zip("WUb", split, strict=True)]  # fmt: skip

    for kind, make in today.items():
        name = kind.lower() + "_1"
        forget = {"forget_bias_init": "one"} if kind == "LSTM" else {}
        for mode in ("cpu", "gpu") if kind != "SimpleRNN" else ("cpu",):
            options = common | (hard if kind != "SimpleRNN" else {}) | forget | {"consume_less": mode}
            config = [embedding, entry(kind, name, return_sequences=True, input_dim=5, output_dim=3, **options),
                      entry("TimeDistributedDense", "timedistributeddense_1", output_dim=2, init="glorot_uniform", activation="linear",
                            bias=True, input_length=None, input_dim=3, **UNUSED)]  # fmt: skip

            def build():
                return tf_keras.Sequential([
                    tf_keras.Input((None,), dtype="int32"), L.Embedding(7, 5, mask_zero=True, name="e"),
                    make(3, return_sequences=True, name="r"), L.Dense(2, name="d")])  # fmt: skip

            dialect(f"k1_{kind.lower()}_{mode}", KERAS, build, config, lambda w: [
                ("embedding_1", named(w["e"], "embedding_1_%s", "W")), (name, parts(kind, w["r"], name, mode)),
                ("timedistributeddense_1", named(w["d"], "timedistributeddense_1_%s", "W", "b"))], prepare=padded())  # fmt: skip
        inner = entry(kind, name, return_sequences=False, input_dim=2, output_dim=3, **options | {"consume_less": "cpu"})
        config = [
            entry("Bidirectional", "bidirectional_1", layer=inner, merge_mode="concat", **first(None, 2)),
            dense("dense_1", 2),
        ]

        def build_both():
            return tf_keras.Sequential([tf_keras.Input((None, 2)), L.Bidirectional(make(3), name="r"), L.Dense(2, name="d")])

        dialect(f"k1_bidirectional_{kind.lower()}", KERAS, build_both, config, lambda w: [
            ("bidirectional_1", [*parts(kind, w["r"][:3], f"forward_{name}", "cpu"), *parts(kind, w["r"][3:], f"backward_{name}", "cpu")]),
            ("dense_1", named(w["d"], "dense_1_%s", "W", "b"))])  # fmt: skip


def dropped():
    """Layers that later releases have not, built of today's."""
    maxout = [
        entry("MaxoutDense", "maxoutdense_1", output_dim=3, init="glorot_uniform", nb_feature=4, bias=True, input_dim=5, **UNUSED | first(5)),
        dense("dense_1", 2, "tanh"),
    ]  # fmt: skip

    def build_maxout():
        return tf_keras.Sequential([
            tf_keras.Input((5,)), L.Dense(12, name="m"), L.Reshape((4, 3)), L.GlobalMaxPooling1D(), L.Dense(2, "tanh", name="d")])  # fmt: skip

    dialect("k1_maxout", KERAS, build_maxout, maxout, lambda w: [
        ("maxoutdense_1", named([np.ascontiguousarray(w["m"][0].reshape(5, 4, 3).transpose(1, 0, 2)), w["m"][1].reshape(4, 3)],
                                "maxoutdense_1_%s", "W", "b")),
        ("dense_1", named(w["d"], "dense_1_%s", "W", "b"))])  # fmt: skip

    def build_highway():
        x = tf_keras.Input((5,))
        share, body = L.Dense(5, "sigmoid", name="c")(x), L.Dense(5, "tanh", name="h")(x)
        return tf_keras.Model(x, L.Add()([L.Multiply()([share, body]), L.Multiply()([L.Lambda(lambda t: 1 - t)(share), x])]))

    highway = [entry("Highway", "highway_1", init="glorot_uniform", transform_bias=-2, activation="tanh", bias=True, input_dim=5,
                     **UNUSED | first(5))]  # fmt: skip
    leaves = lambda w: {"W": w["h"][0], "b": w["h"][1], "W_carry": w["c"][0], "b_carry": w["c"][1]}
    for name, release, order in (
        ("k1_highway", KERAS, ("W", "W_carry", "b", "b_carry")), ("k1_highway_1_0", "Keras 1.0.8", ("W", "b", "W_carry", "b_carry")),
    ):  # fmt: skip
        dialect(name, release, build_highway, highway,
                lambda w: [("highway_1", [(f"highway_1_{leaf}", leaves(w)[leaf]) for leaf in order])])  # fmt: skip

    class Curve(L.Layer):
        """An activation with arrays of its own: `names`, of the input's shape, and the function of them."""

        def __init__(self, names, function):
            super().__init__(name="curve")
            self.names, self.function = names, function

        def build(self, shape):
            self.arrays = [self.add_weight(name=name, shape=shape[1:]) for name in self.names]

        def call(self, x):
            return self.function(x, *self.arrays)

    def s_shape(x, t_left, a_left, t_right, a_right):
        end = t_left + tf.abs(t_right)
        below = t_left + a_left * (x - t_left)
        return tf.where(x < t_left, below, tf.where(x < end, x, end + a_right * (x - end)))

    curves = {
        "SReLU": (("t_left", "a_left", "t_right", "a_right"), s_shape),
        "ParametricSoftplus": (("alphas", "betas"), lambda x, alphas, betas: tf.math.softplus(betas * x) * alphas),
    }  # fmt: skip
    for kind, (names, function) in curves.items():
        settings = {f"{name.removesuffix('s')}_init": "zero" for name in names} | {"shared_axes": None}
        config = [entry(kind, f"{kind.lower()}_1", **settings | first(3, 5))]
        dialect(f"k1_{kind.lower()}", KERAS, lambda: tf_keras.Sequential([tf_keras.Input((3, 5)), Curve(names, function)]), config,
                lambda w: [(f"{kind.lower()}_1", named(w["curve"], f"{kind.lower()}_1_%s", *names))])  # fmt: skip
