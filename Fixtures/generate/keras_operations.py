"""Cases of Fixtures/keras: functional models whose nodes are single operations, of keras.ops, and of TensorFlow in tf-keras."""

import tensorflow as tf
from keras import ops

from keras_cases import chain

UNARY = [
    "relu", "relu6", "sigmoid", "tanh", "softplus", "softsign", "silu", "gelu", "elu", "selu", "leaky_relu", "hard_sigmoid", "log_sigmoid",
    "softmax", "log_softmax", "exp", "abs", "negative", "square", "sin", "cos", "floor", "ceil", "round", "sign", "erf", "expm1",
    "arctan", "sinh", "cosh", "arcsinh",
]  # fmt: skip
REDUCTIONS = ["mean", "sum", "max", "min", "prod", "var", "std", "logsumexp", "argmax", "argmin"]
BINARY = ["add", "subtract", "multiply", "divide", "maximum", "minimum"]


def generate():
    keras_unary()
    keras_shapes()
    keras_products()
    operators()
    tensorflow()


def keras_unary():
    for name in UNARY:
        chain(f"ops_{name}", lambda _, x: getattr(ops, name)(x), (3, 5))
    chain("ops_sqrt_log", lambda _, x: ops.log(ops.sqrt(ops.square(x) + 0.1) + 0.2), (3, 5))
    chain("ops_log1p_rsqrt", lambda _, x: ops.log1p(ops.abs(x)) * ops.rsqrt(ops.abs(x) + 0.1), (3, 5))
    chain("ops_reciprocal", lambda _, x: ops.reciprocal(ops.abs(x) + 0.5), (3, 5))
    for name in REDUCTIONS:
        chain(f"ops_{name}", lambda _, x: getattr(ops, name)(x, axis=1), (3, 5))
        chain(f"ops_{name}_keepdims", lambda _, x: getattr(ops, name)(x, axis=-1, keepdims=True), (3, 5))
    chain("ops_mean_axes", lambda _, x: ops.mean(x, axis=(1, 2)), (3, 5, 2))
    chain("ops_sum_axes", lambda _, x: ops.sum(x, axis=[1, -1], keepdims=True), (3, 5, 2))
    chain("ops_clip", lambda _, x: ops.clip(x, -0.3, 0.7), (5,))
    chain("ops_softmax_axis", lambda _, x: ops.softmax(x, axis=1), (3, 5))
    chain("ops_cumsum", lambda _, x: ops.cumsum(x, axis=1), (5, 3))
    chain("ops_normalize", lambda _, x: ops.normalize(x, axis=-1), (3, 5))


def keras_shapes():
    chain("ops_concatenate", lambda _, x, y: ops.concatenate([x, y], axis=1), (3, 5), (2, 5))
    chain("ops_concatenate_last", lambda _, x, y: ops.concatenate([x, y, x]), (3, 5), (3, 5))
    chain("ops_stack", lambda _, x, y: ops.stack([x, y], axis=1), (5,), (5,))
    chain("ops_split", lambda _, x: ops.split(x, 3, axis=-1)[1:], (5, 6))
    chain("ops_split_at", lambda _, x: ops.split(x, [2, 5], axis=1), (7, 3))
    chain("ops_reshape", lambda _, x: ops.reshape(x, (-1, 5, 6)), (3, 10))
    chain("ops_reshape_free", lambda _, x: ops.reshape(x, (-1, 6)), (None, 6))
    chain("ops_transpose", lambda _, x: ops.transpose(x, (0, 3, 1, 2)), (3, 5, 2))
    chain("ops_swapaxes", lambda _, x: ops.swapaxes(x, 1, 2), (3, 5))
    chain("ops_moveaxis", lambda _, x: ops.moveaxis(x, 1, -1), (3, 5, 2))
    chain("ops_expand_dims", lambda _, x: ops.expand_dims(x, 1), (3, 5))
    chain("ops_squeeze", lambda _, x: ops.squeeze(x, axis=2), (3, 1, 5))
    chain("ops_pad", lambda _, x: ops.pad(x, [[0, 0], [1, 2], [0, 3]]), (3, 5))
    chain("ops_flip", lambda _, x: ops.flip(x, axis=1), (3, 5))
    chain("ops_repeat", lambda _, x: ops.repeat(x, 3, axis=1), (3, 5))
    chain("ops_tile", lambda _, x: ops.tile(x, [1, 2, 3]), (3, 5))
    chain("ops_roll", lambda _, x: ops.roll(x, 2, axis=1), (5, 3))
    chain("ops_take", lambda _, x: ops.take(x, [2, 0], axis=1), (3, 5))
    chain("ops_where", lambda _, x, y: ops.where(x > y, x, y * 2), (5,), (5,))
    chain("ops_cast", lambda _, x: ops.cast(x, "float32") * 0.5, (5,), kinds=["int32"])
    chain("ops_broadcast_to", lambda _, x: x + ops.zeros_like(x) + ops.ones_like(x), (5,))
    for number, key in enumerate([
        (slice(None), slice(1, None)), (Ellipsis, slice(1, 3)), (slice(None), 0), (slice(None), -1), (Ellipsis, None, slice(None, -1)),
        (slice(None), slice(None, None, 2)), (slice(None), slice(None, None, -1)), (slice(None), slice(-3, None), 2),
    ]):  # fmt: skip
        chain(f"ops_item_{number}", lambda _, x: x[key], (5, 7))
        chain(f"ops_item_{number}", lambda K, x: K.layers.ReLU()(x[key]), (5, 7), only_tf=True, form=".h5")


def keras_products():
    chain("ops_matmul", lambda _, x, y: ops.matmul(x, y), (3, 5), (5, 7))
    chain("ops_matmul_operator", lambda _, x, y: x @ ops.transpose(y, (0, 2, 1)), (3, 5), (7, 5))
    chain("ops_einsum", lambda _, x, y: ops.einsum("bij,bkj->bik", x, y), (3, 5), (7, 5))
    chain("ops_einsum_heads", lambda _, x, y: ops.einsum("abhd,achd->ahbc", x, y), (3, 2, 5), (7, 2, 5))
    chain("ops_dot", lambda _, x: ops.sum(x * x, axis=-1, keepdims=True) / 5, (3, 5))
    for name in BINARY:
        chain(f"ops_{name}", lambda _, x, y: getattr(ops, name)(x, y if name != "divide" else ops.abs(y) + 0.5), (3, 5), (3, 5))
    chain("ops_power", lambda _, x: ops.power(ops.abs(x) + 0.1, 1.5), (5,))
    chain("ops_one_hot", lambda _, x: ops.one_hot(x, 7), (5,), kinds=["int32"])
    chain("ops_average_pool", lambda _, x: ops.average_pool(x, 2, 2), (4, 6, 3))
    chain("ops_max_pool", lambda _, x: ops.max_pool(x, (2, 3), (1, 2), "same"), (4, 6, 3))


def operators():
    """Python's operators: keras.ops nodes in Keras 3, TFOpLambda ones in tf-keras."""
    for name, make in {
        "plus": lambda x: x + 1, "minus": lambda x: x - 0.5, "times": lambda x: x * 2, "over": lambda x: x / 3, "negative": lambda x: -x,
        "from_left": lambda x: 1 - x, "over_left": lambda x: 2 / (x * x + 1), "square": lambda x: x**2, "both": lambda x: (x * 0.5 + 1) * x,
        "self": lambda x: x + x, "compare": lambda x: x * 1.5 + abs(x),
    }.items():  # fmt: skip
        chain(f"operator_{name}", lambda _, x: make(x), (3, 5), tf=True)
    chain("operator_two", lambda _, x, y: (x - y) * (x + y), (3, 5), (3, 5), tf=True)
    chain("operator_broadcast", lambda K, x, y: K.layers.Dense(3)(x * y[:, None, :]), (3, 5), (5,), tf=True)
    chain("operator_residual", lambda K, x: K.layers.ReLU()(x + 0.3 * K.layers.Dense(5)(x)), (5,), tf=True)
    chain("operator_gate", lambda K, x: K.layers.Dense(5, "sigmoid")(x) * K.layers.Dense(5, "tanh")(x), (5,), tf=True)
    chain("operator_swish", lambda K, x: K.activations.relu(K.layers.Conv1D(3, 2)(x)) * 0.7, (5, 2), tf=True)


def tensorflow():
    only = {"only_tf": True}
    for name, make in {
        "relu": tf.nn.relu, "relu6": tf.nn.relu6, "leaky_relu": lambda x: tf.nn.leaky_relu(x, alpha=0.3), "tanh": tf.tanh,
        "sigmoid": tf.sigmoid, "softmax": lambda x: tf.nn.softmax(x, axis=1), "exp": tf.exp, "abs": tf.abs, "square": tf.square,
        "sqrt": lambda x: tf.sqrt(tf.abs(x) + 0.1), "log": lambda x: tf.math.log(tf.abs(x) + 0.5), "gelu": tf.nn.gelu, "swish": tf.nn.swish,
        "clip": lambda x: tf.clip_by_value(x, -0.4, 0.6), "pow": lambda x: tf.pow(tf.abs(x) + 0.2, 1.5), "sign": tf.sign,
        "mean": lambda x: tf.reduce_mean(x, axis=1), "mean_keep": lambda x: tf.reduce_mean(x, axis=[1, 2], keepdims=True),
        "sum": lambda x: tf.reduce_sum(x, axis=-1), "max": lambda x: tf.reduce_max(x, axis=1), "min": lambda x: tf.reduce_min(x, axis=-1),
        "argmax": lambda x: tf.argmax(x, axis=-1, output_type=tf.int32), "reshape": lambda x: tf.reshape(x, (-1, 15)),
        "transpose": lambda x: tf.transpose(x, perm=[0, 2, 1]), "expand_dims": lambda x: tf.expand_dims(x, axis=1),
        "squeeze": lambda x: tf.squeeze(tf.expand_dims(x, 1), axis=1), "slice": lambda x: x[:, 1:], "index": lambda x: x[:, 0],
        "last": lambda x: x[:, -1, :], "steps": lambda x: x[:, :, ::2], "new_axis": lambda x: x[:, tf.newaxis], "tile": lambda x: tf.tile(x, [1, 2, 1]),
        "pad": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1]]), "stack": lambda x: tf.stack([x, x * 2], axis=1), "unstack": lambda x: tf.unstack(x, axis=1)[1],
        "split": lambda x: tf.split(x, [2, 3], axis=-1)[1], "cast": lambda x: tf.cast(x, tf.float32) + 1.0, "norm": lambda x: tf.math.l2_normalize(x, axis=-1),
        "multiply": lambda x: tf.multiply(x, 0.3), "subtract": lambda x: tf.subtract(1.0, x),
    }.items():  # fmt: skip
        chain(f"op_{name}", lambda _, x: make(x), (3, 5), **only)
    chain("op_concat", lambda _, x, y: tf.concat([x, y], axis=-1), (3, 5), (3, 2), **only)
    chain("op_concat_axis", lambda _, x, y: tf.concat([x, y], 1), (3, 5), (2, 5), **only)
    chain("op_add", lambda _, x, y: tf.add(x, y), (3, 5), (3, 5), **only)
    chain("op_maximum", lambda _, x, y: tf.maximum(x, y), (3, 5), (3, 5), **only)
    chain("op_matmul", lambda _, x, y: tf.matmul(x, y), (3, 5), (5, 2), **only)
    chain("op_matmul_transposed", lambda _, x, y: tf.matmul(x, y, transpose_b=True), (3, 5), (7, 5), **only)
    chain("op_einsum", lambda _, x, y: tf.einsum("bij,bkj->bik", x, y), (3, 5), (7, 5), **only)
    chain("op_where", lambda _, x, y: tf.where(x > y, x, y), (3, 5), (3, 5), **only)
    chain("op_attention", attention, (3, 5), **only)
    chain("op_preprocess", lambda K, x: K.layers.Conv2D(3, 2)((x / 127.5) - 1.0), (5, 4, 3), **only)
    chain("op_space", lambda _, x: tf.nn.space_to_depth(x, 2), (4, 6, 3), **only)
    chain("op_resize", lambda _, x: tf.image.resize(x, (5, 7)), (3, 4, 2), **only)


def attention(library, x):
    query, key, value = (library.layers.Dense(5)(x) for _ in range(3))
    scores = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) / tf.sqrt(5.0), axis=-1)
    return tf.matmul(scores, value) + x
