"""More cases of Fixtures/keras whose nodes are single operations: of whole numbers, of what is no number, pieces, patches and patterns."""

import numpy as np
import tensorflow as tf
from keras import ops

from keras_cases import chain, keras, network


def generate():
    whole_numbers()
    pairs()
    numbers_only()
    pieces()
    patches()
    patterns()


def whole_numbers():
    """Results in f64, of which the converted model makes whole numbers again."""
    ints = {"kinds": ["int32"], "high": 9, "double": False}
    for name, make in {
        "add": lambda x: x + 3, "subtract": lambda x: 5 - x, "multiply": lambda x: x * x, "maximum": lambda x: ops.maximum(x, 4),
        "power": lambda x: ops.power(x, 3), "floor_divide": lambda x: (x - 5) // 3, "mod": lambda x: (x - 5) % 3,
        "divide": lambda x: x / 4, "times_half": lambda x: x * 0.5, "absolute": lambda x: ops.abs(x - 4),
        "negative": lambda x: -x, "sign": lambda x: ops.sign(x - 4), "square": ops.square, "clip": lambda x: ops.clip(x, 2, 5),
        "sum": lambda x: ops.sum(x, axis=1), "prod": lambda x: ops.prod(x, axis=-1), "max": lambda x: ops.max(x, axis=1),
        "min": lambda x: ops.min(x, axis=-1, keepdims=True), "cumsum": lambda x: ops.cumsum(x, axis=1),
        "mean": lambda x: ops.mean(x, axis=1), "bytes": lambda x: ops.sum(ops.cast(x, "uint8"), axis=1),
        "mixed": lambda x: x + ops.cast(x, "int64"),
    }.items():  # fmt: skip
        chain(f"ops_whole_{name}", lambda _, x: make(x), (3, 5), **ints)
    truths = {"kinds": ["bool"], "double": False}
    for name, make in {
        "sum": lambda x: ops.sum(x, axis=1), "prod": lambda x: ops.prod(x, axis=-1), "max": lambda x: ops.max(x, axis=1),
        "min": lambda x: ops.min(x, axis=-1), "cumsum": lambda x: ops.cumsum(x, axis=1), "mean": lambda x: ops.mean(x, axis=1),
        "square": ops.square, "plus_one": lambda x: x + ops.cast(x, "int32"),
    }.items():  # fmt: skip
        chain(f"ops_truth_{name}", lambda _, x: make(x), (3, 5), **truths)
    chain("ops_whole_positions", lambda K, x: K.layers.Embedding(12, 3)(x + 2), (5,), kinds=["int32"])
    for name, make in {
        "add": lambda x: x + 3, "floordiv": lambda x: x // 2, "mod": lambda x: tf.math.floormod(x, 4),
        "sum": lambda x: tf.reduce_sum(x, axis=1),
    }.items():  # fmt: skip
        chain(f"op_whole_{name}", lambda _, x: make(x), (3, 5), only_tf=True, **ints)


def pairs():
    for name, make in {
        "arctan2": ops.arctan2, "fmod": lambda x, y: ops.fmod(4 * x, y), "heaviside": lambda x, y: ops.heaviside(ops.round(x), y),
        "fmax": lambda x, y: ops.fmax(ops.sqrt(x), y), "fmin": lambda x, y: ops.fmin(x, ops.log(y)), "logaddexp2": ops.logaddexp2,
        "isclose": lambda x, y: ops.isclose(x, x + ops.round(y) * 1e-3, rtol=1e-3, atol=1e-3), "cdist": ops.cdist,
        "allclose": lambda x, y: ops.cast(ops.allclose(x, y), "float32") + x, "vdot": lambda x, y: ops.vdot(x, y) + x,
    }.items():  # fmt: skip
        chain(f"ops_{name}", lambda _, x, y: make(x, y), (3, 5), (3, 5), double=name != "allclose")
    chain("ops_arctan2_axes", lambda _, x, y: ops.arctan2(ops.round(x), ops.round(y)), (3, 5), (3, 5))
    chain("op_atan2", lambda _, x, y: tf.math.atan2(x, y), (3, 5), (3, 5), only_tf=True)
    row = np.array([-1.0, -0.25, 0.25, 1.5], np.float32)
    chain("ops_digitize", lambda _, x: ops.digitize(ops.round(4 * x) / 4, row), (3, 5), form=".keras")
    for side in ("left", "right"):
        chain(f"ops_searchsorted_{side}", lambda _, x: ops.searchsorted(row, ops.ravel(ops.round(4 * x) / 4), side=side), (3, 5), form=".keras")
    for invert in (False, True):
        chain(f"ops_isin{'_not' if invert else ''}", lambda _, x: ops.isin(ops.round(x), row.round(), invert=invert), (3, 5), form=".keras")
    for name, make in {
        "erfc": ops.erfc, "sinc": lambda x: ops.sinc(ops.relu(x)), "isposinf": lambda x: ops.isposinf(-1 / ops.relu(-x) * ops.sign(x)),
        "isneginf": lambda x: ops.isneginf(ops.log(ops.relu(x))), "saturate_cast": lambda x: ops.saturate_cast(300 * x, "uint8"),
    }.items():  # fmt: skip
        chain(f"ops_{name}", lambda _, x: make(x), (3, 5), double=name != "saturate_cast")


def numbers_only():
    """Of logarithms, which are no numbers where x is negative, and of whole rows that are none."""
    holed = lambda x: ops.log(x) + 0 * ops.log(x[:, :1] + 1)
    for name in ("nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd"):
        operation = getattr(ops, name)
        # Keras gives NaN where there is no number, which the examples cannot hold.
        finite = lambda y: ops.nan_to_num(y, nan=-7.5, posinf=8.5, neginf=-8.5)
        chain(f"ops_{name}", lambda _, x: finite(operation(holed(x), axis=1)), (3, 5))
        chain(f"ops_{name}_keepdims", lambda _, x: finite(operation(holed(x), axis=(-1, 1), keepdims=True)), (3, 5))
    for name in ("nanargmax", "nanargmin"):
        chain(f"ops_{name}", lambda _, x: getattr(ops, name)(holed(x), axis=-1), (3, 5))
    chain("ops_nancumsum", lambda _, x: ops.nancumsum(ops.log(x), axis=1), (5, 3))


def pieces():
    for name, make, shape in [
        ("hsplit", lambda x: ops.hsplit(x, 3), (6, 2)), ("dsplit", lambda x: ops.dsplit(x, [1, 4]), (3, 5)),
        ("array_split", lambda x: ops.array_split(x, 3, axis=-1), (3, 7)), ("diagonal", lambda x: ops.diagonal(x, 1, 1, 2), (3, 5)),
        ("diagonal_below", lambda x: ops.diagonal(x, -2, -1, 1), (4, 3, 5)), ("trace", lambda x: ops.trace(x, 0, 1, 2), (5, 4, 3)),
        ("trapezoid", lambda x: ops.trapezoid(x, dx=0.25, axis=1), (5, 3)), ("cumprod", lambda x: ops.cumprod(x, axis=1), (5, 3)),
        ("select", lambda x: ops.select([x > 1, x > 0], [2 * x, x - 1], -0.5), (3, 5)),
    ]:  # fmt: skip
        chain(f"ops_{name}", lambda _, x: make(x), shape)
    chain("ops_dstack", lambda _, x, y: ops.dstack([x, y]), (3, 5), (3, 2))
    chain("ops_select_values", lambda _, x, y: ops.select([x > y, y > 0], [x, y], 1.5), (3, 5), (3, 5))
    chain("ops_slice_update", lambda _, x, y: ops.slice_update(x, [0, 1, 2], y), (5, 7), (3, 4))
    chain("ops_segment_min", lambda _, x, s: ops.segment_min(x, s, 3), (3,), (), kinds=[None, "int32"], prepare=full_segments)


def full_segments(arrays, number):
    """Segments of which none is empty: TensorFlow gives these the greatest number."""
    x, _ = arrays
    return [np.concatenate([x, x, x]), np.arange(3 * len(x), dtype=np.int32) % 3]


def patches():
    image = (7, 6, 3)
    first = image[2:] + image[:2]
    for name, make, shape in [
        ("extract_patches", lambda x: ops.image.extract_patches(x, (3, 2)), image),
        ("extract_patches_same", lambda x: ops.image.extract_patches(x, 3, 2, padding="same"), image),
        ("extract_patches_dilated", lambda x: ops.image.extract_patches(x, 2, 1, dilation_rate=2), image),
        ("extract_patches_3d", lambda x: ops.image.extract_patches(x, (2, 3, 2)), (4, 6, 5, 2)),
        ("unfold", lambda x: ops.unfold(x, (3, 2), dilation=(1, 2), padding=1, stride=2), first),
        ("gaussian_blur", lambda x: ops.image.gaussian_blur(x, (3, 3), (0.8, 1.6)), image),
        ("sobel_edges", ops.image.sobel_edges, image),
        ("rgb_to_hsv", lambda x: ops.image.rgb_to_hsv(ops.sigmoid(ops.round(x))), image),
        ("hsv_to_rgb", lambda x: ops.image.hsv_to_rgb(ops.sigmoid(2 * x)), image),
        ("rgb_to_hsv_first", lambda x: ops.image.rgb_to_hsv(ops.sigmoid(x), data_format="channels_first"), first),
        ("sobel_edges_first", lambda x: ops.image.sobel_edges(x, data_format="channels_first"), first),
    ]:  # fmt: skip
        chain(f"ops_{name}", lambda _, x: make(x), shape)
    kernel = np.arange(48, dtype=np.float32).reshape(2, 4, 2, 3) % 7 / 4 - 0.6
    for name, settings in {
        "valid": {"strides": (1, 2)}, "same": {"strides": 2, "padding": "same"}, "output_padding": {"strides": 3, "output_padding": (1, 2)},
        "short": {"strides": 3},
    }.items():  # fmt: skip
        # Keras makes and saves such a model, and cannot call it: it gives one argument for another.
        twin = lambda K, x: K.layers.Lambda(lambda x: ops.conv_transpose(x, kernel, **settings))(x)
        chain(f"ops_conv_transpose_{name}", lambda _, x: ops.conv_transpose(x, kernel, **settings), (5, 4, 3), form=".keras", twin=twin,
              double=False)  # fmt: skip


def patterns():
    for name, pattern, sizes, shape in [
        ("order", "b h w c -> b c h w", {}, (3, 4, 2)), ("merge", "b h w c -> b (h w) c", {}, (3, 4, 2)),
        ("flat", "b h w c -> b (c h w)", {}, (3, 4, 2)), ("batch", "b h w -> (b h) w", {}, (3, 4)),
        ("patches", "b (h p) (w q) c -> b (h w) (p q c)", {"p": 2, "q": 3}, (4, 6, 2)),
        ("heads", "b n (h d) -> b h n d", {"h": 3}, (5, 6)), ("join", "b h n d -> b n (h d)", {}, (3, 5, 2)),
        ("move", "b (x y) c -> (b x) (c y)", {"y": 2}, (6, 3)),
    ]:  # fmt: skip
        build = lambda: rearranged(pattern, sizes, (3, *shape))
        network(f"ops_rearrange_{name}", build, form=".keras")


def rearranged(pattern, sizes, shape):
    """Keras reads patterns of known extents alone."""
    x = keras.Input(batch_shape=shape, name="x")
    return keras.Model(x, ops.rearrange(x, pattern, **sizes))
