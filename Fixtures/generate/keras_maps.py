"""Cases of Fixtures/keras: weights that are put onto graphs of ours (`from-keras --map`), by other names, of classes of a user's own, and
beside configurations that cannot be converted.
"""

import json

from keras_values import neutral
from keras_cases import keras, network, tf_keras


def generate():
    for library, prefix, weights in ((keras, "", ".weights.h5"), (tf_keras, "tf_", ".h5")):
        whole = ".keras" if library is keras else ".h5"
        cases = [
            ("image", image, IMAGE, (6, 7, 3), weights), ("renamed", image, renamed(IMAGE), (6, 7, 3), weights),
            ("steps", steps, STEPS, (5, 4), weights), ("steps_renamed", steps, renamed(STEPS), (5, 4), weights),
            ("own_code", own_code, IMAGE, (6, 7, 3), whole),
        ]  # fmt: skip
        for name, make, graph, shape, form in cases:
            map_case(f"{prefix}map_{name}", library, make, graph, shape, form)
    network("map_own_class", lambda: Own(name="own"), form=".weights.h5", save=saver(OWN, (5,)), double=False)


def map_case(name, library, make, graph, shape, form):
    def build():
        x = library.Input(shape, name="x")
        return library.Model(x, make(library.layers, x))

    network(name, build, library=library, form=form, save=saver(graph, shape), reload=False)


def saver(nodes, shape):
    """Saves weights or a model, and the graph beside it."""

    def save(model, path):
        (model.save_weights if path.name.endswith(".weights.h5") or is_alone(path) else model.save)(path)
        graph = {
            "inputs": [{"name": "x", "dtype": "f32", "shape": ["N", *shape]}],
            "nodes": nodes,
            "outputs": [{"name": "y", "value": nodes[-1]["name"]}],
        }
        file = path.with_name(path.name.split(".")[0] + ".graph.json")
        file.write_text(json.dumps(graph, indent=1) + "\n")
        return {"map": f"cases/{file.name}"}

    return save


def is_alone(path):
    return path.name.startswith("tf_map_") and "own_code" not in path.name


def node(name, kind, source, *roles, **fields):
    sources = source if isinstance(source, list) else [source]
    entry = {"name": name, "kind": kind, "fields": fields, "inputs": sources}
    return entry | {"parameters": {role: f"{name}/{role}" for role in roles}} if roles else entry


def renamed(nodes):
    """The same graph with names that no layer has."""
    names = {entry["name"]: f"node_{position}" for position, entry in enumerate(nodes)}
    return [
        entry | {"name": names[entry["name"]], "inputs": [names.get(source, source) for source in entry["inputs"]]}
        for entry in nodes
    ]


# Images: kinds that Keras stores as we do, and those that it does not.

NORM = ("gamma", "beta", "moving_mean", "moving_variance")
IMAGE = [
    node("first", "convolution", "x", "kernel", "biases", filters=5, kernel_size=[3, 2]),
    node("norm", "batch_normalization", "first", *NORM, epsilon=1e-3),
    node("bent", "relu", "norm"),
    node("apart", "depthwise_convolution", "bent", "kernel", "biases", kernel_size=[2, 2], depth_multiplier=2),
    node("mixed", "separable_convolution", "apart", "depthwise_kernel", "pointwise_kernel", "biases", filters=4, kernel_size=[2, 1]),
    node("wider", "convolution_transpose", "mixed", "kernel", "biases", filters=3, kernel_size=[3, 2], strides=[2, 2], padding="same"),
    node("slope", "prelu", "wider", "alpha", shared_axes=[1, 2]),
    node("flat", "flatten", "slope"),
    node("classes", "dense", "flat", "weights", "biases", units=3),
    node("shares", "softmax", "classes"),
]  # fmt: skip


def image(layers, x):
    x = layers.Conv2D(5, (3, 2), name="first")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.ReLU()(x)
    x = layers.DepthwiseConv2D(2, depth_multiplier=2, name="apart")(x)
    x = layers.SeparableConv2D(4, (2, 1), name="mixed")(x)
    x = layers.Conv2DTranspose(3, (3, 2), strides=2, padding="same", name="wider")(x)
    x = layers.PReLU(shared_axes=[1, 2], name="slope")(x)
    return layers.Dense(3, "softmax", name="classes")(layers.Flatten()(x))


def own_code(layers, x):
    """The same with a function of a user's own, which a configuration cannot say."""
    x = layers.Conv2D(5, (3, 2), name="first")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Lambda(neutral(lambda value: (value + abs(value)) / 2), name="own")(x)
    x = layers.DepthwiseConv2D(2, depth_multiplier=2, name="apart")(x)
    x = layers.SeparableConv2D(4, (2, 1), name="mixed")(x)
    x = layers.Conv2DTranspose(3, (3, 2), strides=2, padding="same", name="wider")(x)
    x = layers.PReLU(shared_axes=[1, 2], name="slope")(x)
    return layers.Dense(3, "softmax", name="classes")(layers.Flatten()(x))


# Steps: gates, biases of two rows, both directions, heads.

HEADS = [f"{part}_{what}" for part in ("query", "key", "value", "output") for what in ("weights", "biases")]
BOTH = [direction + role for direction in ("", "backward_") for role in ("kernel", "recurrent_kernel", "biases")]
STEPS = [
    node("memory", "lstm", "x", "kernel", "recurrent_kernel", "biases", units=3, return_sequences=True),
    node("gates", "gru", "memory", "kernel", "recurrent_kernel", "biases", "recurrent_biases", units=6, reset_after=True,
         use_recurrent_bias=True, return_sequences=True),
    node("ways", "lstm", "gates", *BOTH, units=2, return_sequences=True, direction="bidirectional"),
    node("level", "layer_normalization", "ways", "gamma", "beta", epsilon=1e-3),
    node("heads", "multi_head_attention", ["level", "level"], *HEADS, num_heads=2, key_dim=3),
    node("each", "dense", "heads", "weights", "biases", units=5),
    node("mean", "global_average_pooling", "each"),
    node("classes", "dense", "mean", "weights", units=2, use_bias=False),
]  # fmt: skip


def steps(layers, x):
    x = layers.LSTM(3, return_sequences=True, name="memory")(x)
    x = layers.GRU(6, return_sequences=True, name="gates")(x)
    x = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="ways")(x)
    x = layers.LayerNormalization(epsilon=1e-3, name="level")(x)
    x = layers.MultiHeadAttention(2, 3, name="heads")(x, x)
    x = layers.TimeDistributed(layers.Dense(5), name="each")(x)
    return layers.Dense(2, use_bias=False, name="classes")(layers.GlobalAveragePooling1D()(x))


# A class of a user's own, whose weights are known by the names of its attributes.

OWN = [
    node("entry", "dense", "x", "weights", "biases", units=7),
    node("bend", "tanh", "entry"),
    node("block/inside", "dense", "bend", "weights", "biases", units=7),
    node("block/norm", "layer_normalization", "block/inside", "gamma", "beta", epsilon=1e-3),
    node("leave", "dense", "block/norm", "weights", "biases", units=7),
]


class Block(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.inside = keras.layers.Dense(7)
        self.norm = keras.layers.LayerNormalization(epsilon=1e-3)

    def build(self, shape):
        self.inside.build(shape)
        self.norm.build(shape)

    def call(self, x):
        return self.norm(self.inside(x))


class Own(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.entry = keras.layers.Dense(7, "tanh")
        self.block = Block()
        self.leave = keras.layers.Dense(7)
        self(keras.ops.zeros((1, 5)))
        self.inputs = [keras.Input((5,))]

    def call(self, x):
        return self.leave(self.block(self.entry(x)))
