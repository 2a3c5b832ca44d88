"""Cases of Fixtures/keras: functional models whose nodes are single operations, of keras.ops, and of TensorFlow in tf-keras."""

import numpy as np
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
    keras_functions()
    keras_orders()
    keras_windows()
    keras_scales()
    operators()
    tensorflow()
    tensorflow_more()


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


def keras_functions():
    positive = lambda x: ops.abs(x) + 0.1
    for name, make in {
        "log2": lambda x: ops.log2(positive(x)), "log10": lambda x: ops.log10(positive(x)), "exp2": ops.exp2, "cbrt": ops.cbrt,
        "deg2rad": ops.deg2rad, "rad2deg": ops.rad2deg, "trunc": lambda x: ops.trunc(3 * x), "threshold": lambda x: ops.threshold(x, 0.3, -2.0),
        "sparsemax": ops.sparsemax, "isnan": lambda x: ops.isnan(ops.log(x)), "isinf": lambda x: ops.isinf(1 / ops.relu(x)),
        "isfinite": lambda x: ops.isfinite(ops.log(ops.relu(x))), "nan_to_num": lambda x: ops.nan_to_num(ops.sqrt(x), nan=-1.5),
        "nan_to_num_bounds": lambda x: ops.nan_to_num(ops.sign(x) / ops.relu(ops.abs(x) - 0.7), posinf=3.0, neginf=-2.0),
        "floor_divide": lambda x: 4 * x // 1.5, "mod": lambda x: 4 * x % 1.5,
    }.items():  # fmt: skip
        chain(f"ops_{name}", lambda _, x: make(x), (3, 5))
    for name in ("logaddexp", "hypot"):
        chain(f"ops_{name}", lambda _, x, y: getattr(ops, name)(x, y), (3, 5), (3, 5))
    chain("ops_divide_no_nan", lambda _, x, y: ops.divide_no_nan(x, ops.relu(y)), (3, 5), (3, 5))


def keras_orders():
    chain("ops_sort", lambda _, x: ops.sort(x, axis=1), (5, 3))
    chain("ops_argsort", lambda _, x: ops.argsort(x, axis=-1), (3, 5))
    chain("ops_median", lambda _, x: ops.median(x, axis=1), (5, 3))
    chain("ops_median_even", lambda _, x: ops.median(x, axis=-1, keepdims=True), (3, 6))
    chain("ops_quantile", lambda _, x: ops.quantile(x, 0.3, axis=1), (5, 3))
    chain("ops_take_along_axis", lambda _, x, y: ops.take_along_axis(x, ops.argsort(y, axis=1), axis=1), (5, 3), (5, 3))
    chain("ops_diff", lambda _, x: ops.diff(x, axis=1), (5, 3))
    chain("ops_diff_twice", lambda _, x: ops.diff(x, n=2), (3, 5))
    chain("ops_cross", lambda _, x, y: ops.cross(x, y), (5, 3), (5, 3))
    chain("ops_tril", lambda _, x: ops.tril(x, k=1), (3, 5))
    chain("ops_triu", lambda _, x: ops.triu(x, k=-1), (5, 3))
    chain("ops_rot90", lambda _, x: ops.rot90(x, axes=(1, 2)), (3, 5))
    chain("ops_rot90_back", lambda _, x: ops.rot90(x, k=-1, axes=(2, 1)), (3, 5))
    chain("ops_rot180", lambda _, x: ops.rot90(x, k=2, axes=(1, 2)), (5, 5))
    chain("ops_hstack", lambda _, x, y: ops.hstack([x, y]), (3, 5), (2, 5))
    chain("ops_append", lambda _, x, y: ops.append(x, y, axis=-1), (3, 5), (3, 2))
    chain("ops_ravel", lambda _, x: ops.ravel(x), (3, 5))
    chain("ops_slice", lambda _, x: ops.slice(ops.reshape(x, (-1, 5)), (1, 2), (3, 2)), (3, 5))
    chain("ops_multi_hot", lambda _, x: ops.multi_hot(x, 7), (4,), kinds=["int32"])
    chain("ops_segment_sum", lambda _, x, s: ops.segment_sum(x, s, 7), (3,), (), kinds=[None, "int32"])


def keras_windows():
    generator = np.random.default_rng(7)
    kernel = lambda *shape: generator.integers(-8, 8, shape).astype(np.float32) / 8
    image, row = (5, 7, 4), (7, 4)
    for name, make, shape in [
        ("conv", lambda x: ops.conv(x, kernel(2, 3, 4, 3), (1, 2), "same"), image),
        ("conv_dilated", lambda x: ops.conv(x, kernel(2, 4, 3), dilation_rate=2), row),
        ("depthwise_conv", lambda x: ops.depthwise_conv(x, kernel(2, 3, 4, 2), padding="same"), image),
        ("separable_conv", lambda x: ops.separable_conv(x, kernel(2, 3, 4, 2), kernel(1, 1, 8, 3)), image),
        ("adaptive_average_pool", lambda x: ops.adaptive_average_pool(x, (2, 3)), image),
        ("adaptive_max_pool", lambda x: ops.adaptive_max_pool(x, (2, 3)), image),
        ("image_resize", lambda x: ops.image.resize(x, (3, 9)), image), ("image_nearest", lambda x: ops.image.resize(x, (3, 9), "nearest"), image),
        ("image_pad", lambda x: ops.image.pad_images(x, 1, 2, target_height=9, target_width=11), image),
        ("image_crop", lambda x: ops.image.crop_images(x, bottom_cropping=1, left_cropping=2, target_height=3, target_width=4), image),
    ]:  # fmt: skip
        # Kernels are made once: the model is built in both precisions.
        state = generator.bit_generator.state

        def build(_, x):
            generator.bit_generator.state = state
            return make(x)

        chain(f"ops_{name}", build, shape, form=".keras")
    chain("ops_image_gray", lambda _, x: ops.image.rgb_to_grayscale(x), (3, 5, 3))


def keras_scales():
    factors = lambda *shape: (np.arange(np.prod(shape)).reshape(shape) % 7 / 4 - 0.6).astype(np.float32)
    chain("ops_moments", lambda _, x: ops.moments(x, axes=[1]), (3, 5))
    chain("ops_moments_keepdims", lambda _, x: ops.moments(x, axes=[1, 2], keepdims=True), (3, 5))
    chain("ops_batch_normalization", lambda _, x, y: ops.batch_normalization(x, *ops.moments(y, axes=[0, 1]), -1), (3, 5), (3, 5), count=1)
    chain("ops_layer_normalization", lambda _, x: ops.layer_normalization(x, factors(5), factors(5) + 1), (3, 5), form=".keras")
    chain("ops_layer_normalization_axis", lambda _, x: ops.layer_normalization(x, axis=1, gamma=factors(3)), (3, 5), form=".keras")
    chain("ops_rms_normalization", lambda _, x: ops.rms_normalization(x, factors(5)), (3, 5), form=".keras")
    chain("ops_rms_normalization_plain", lambda _, x: ops.rms_normalization(x), (3, 5))
    chain("ops_norm", lambda _, x: ops.norm(x, axis=-1), (3, 5))
    chain("ops_norm_1", lambda _, x: ops.norm(x, ord=1, axis=1, keepdims=True), (3, 5))
    chain("ops_average", lambda _, x, y: ops.average(x, axis=1, weights=ops.abs(y) + 0.5), (3, 5), (3, 5))
    chain("ops_count_nonzero", lambda _, x: ops.count_nonzero(ops.relu(x), axis=1), (3, 5))
    chain("ops_dot_product_attention", lambda _, q, k, v: ops.dot_product_attention(q, k, v), (3, 2, 5), (7, 2, 5), (7, 2, 3))
    chain("ops_dot_product_causal", lambda _, q, k: ops.dot_product_attention(q, k, k, is_causal=True), (5, 2, 3), (5, 2, 3))
    chain("ops_dot_product_mask", lambda _, q, m: ops.dot_product_attention(q, q, q, mask=m, scale=0.3), (5, 2, 3), (1, 5, 5),
          kinds=[None, "bool"], prepare=lambda x, _: [x[0], x[1] | np.eye(5, dtype=bool)])  # fmt: skip
    chain("ops_einsum_dots", lambda _, x: ops.einsum("...i,ij->...j", x, factors(5, 3)), (3, 5), form=".keras")
    chain("ops_einsum_one", lambda _, x: ops.einsum("bij->jb", x), (3, 5))
    chain("ops_einsum_three", lambda _, x, y, z: ops.einsum("bi,bij,bj->b", x, y, z), (3,), (3, 5), (5,))
    chain("ops_einsum_outer", lambda _, x, y: ops.einsum("bi,bj->bij", x, y), (3,), (5,))
    chain("ops_einsum_two", lambda _, x, y: ops.einsum("bijk,bjkl->bli", x, y), (2, 3, 5), (3, 5, 2))
    chain("ops_tensordot", lambda _, x: ops.tensordot(x, factors(3, 5, 2), axes=2), (3, 5), form=".keras")
    chain("ops_tensordot_axes", lambda _, x: ops.tensordot(x, factors(2, 3), axes=[[1], [1]]), (3, 5), form=".keras")
    chain("ops_dot_constant", lambda _, x: ops.dot(x, factors(5, 2)), (3, 5), form=".keras")
    chain("ops_inner", lambda _, x: ops.inner(x, factors(2, 5)), (3, 5), form=".keras")


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
    chain("op_einsum", lambda _, x, y: tf.einsum("bij,bkj->bik", x, y), (3, 5), (7, 5),
          refused="the file does not say what goes in", **only)  # fmt: skip
    chain("op_where", lambda _, x, y: tf.where(x > y, x, y), (3, 5), (3, 5), **only)
    chain("op_attention", attention, (3, 5), **only)
    chain("op_preprocess", lambda K, x: K.layers.Conv2D(3, 2)((x / 127.5) - 1.0), (5, 4, 3), **only)
    chain("op_space", lambda _, x: tf.nn.space_to_depth(x, 2), (4, 6, 3), **only)
    chain("op_resize", lambda _, x: tf.image.resize(x, (5, 7)), (3, 4, 2), **only)


def tensorflow_more():
    only = {"only_tf": True}
    kernel = np.arange(36, dtype=np.float32).reshape(2, 3, 2, 3) % 7 / 4 - 0.6
    for name, make, shape in [
        ("conv2d", lambda x: tf.nn.conv2d(x, kernel, (1, 2), "SAME"), (5, 7, 2)),
        ("depthwise_conv2d", lambda x: tf.nn.depthwise_conv2d(x, kernel, (1, 1, 1, 1), "VALID"), (5, 7, 2)),
        ("max_pool2d", lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"), (5, 7, 2)),
        ("avg_pool2d", lambda x: tf.nn.avg_pool2d(x, (1, 2, 3, 1), (1, 1, 2, 1), "VALID"), (5, 7, 2)),
        ("grayscale", tf.image.rgb_to_grayscale, (3, 5, 3)), ("reverse", lambda x: tf.reverse(x, axis=[1]), (3, 5)),
        ("moments", lambda x: tf.nn.moments(x, axes=[1]), (3, 5)), ("norm_euclidean", lambda x: tf.norm(x, axis=-1), (3, 5)),
        ("tensordot", lambda x: tf.tensordot(x, kernel[0, 0].T, axes=1), (5, 3)), ("floormod", lambda x: tf.math.floormod(4 * x, 1.5), (3, 5)),
        ("divide_no_nan", lambda x: tf.math.divide_no_nan(x, tf.nn.relu(x)), (3, 5)), ("is_nan", lambda x: tf.math.is_nan(tf.sqrt(x)), (3, 5)),
        ("sort", lambda x: tf.sort(x, axis=1, direction="DESCENDING"), (5, 3)), ("nearest", lambda x: tf.image.resize(x, (5, 7), method="nearest"), (3, 4, 2)),
    ]:  # fmt: skip
        chain(f"op_{name}", lambda _, x: make(x), shape, **only)


def attention(library, x):
    query, key, value = (library.layers.Dense(5)(x) for _ in range(3))
    scores = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) / tf.sqrt(5.0), axis=-1)
    return tf.matmul(scores, value) + x
