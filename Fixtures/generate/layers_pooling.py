"""Makes the cases of pooling layers in Fixtures/layers. See layer_cases.py.

NumPy computes them window by window from the definition, element after element, so that its bits count. Keras and onnx's
reference evaluator say the same within a tolerance.
"""

import functools
import sys

from layer_cases import *
from layer_windows import *


def seen_positions(extent, size, stride, dilation, padding, pads, ceil_mode):
    """For each window its positions within the input, and how many it has within the padded input."""
    count, before, after = windows(extent, size, stride, dilation, padding, pads, ceil_mode)
    result = []
    for o in range(count):
        places = [o * stride + k * dilation - before for k in range(size)]
        result.append(([p for p in places if 0 <= p < extent], sum(-before <= p < extent + after for p in places)))
    return result


def pool(x, axes, reduce):
    """`reduce` of the elements [positions, n, channels] of each window and of the number of positions that count."""
    out = np.zeros((len(x), *map(len, axes), x.shape[-1]), x.dtype)
    for place in itertools.product(*(range(len(a)) for a in axes)):
        spans = [axes[i][p] for i, p in enumerate(place)]
        elements = [x[(slice(None), *at)] for at in itertools.product(*(s[0] for s in spans))]
        out[(slice(None), *place)] = reduce(elements, math.prod(s[1] for s in spans), out[(slice(None), *place)])
    return out


def greatest(elements, count, like):
    return functools.reduce(lambda a, b: np.where((a > b) | np.isnan(a), a, b), elements, *([] if elements else [np.full_like(like, -np.inf)]))


def total(elements, like):
    return functools.reduce(np.add, elements) if elements else np.zeros_like(like)


def mean_of_seen(elements, count, like):
    return total(elements, like) / like.dtype.type(len(elements))


def mean_of_padded(elements, count, like):
    return total(elements, like) / like.dtype.type(count)


def norm(p):
    if p == 1:
        return lambda elements, count, like: total([np.abs(e) for e in elements], like)
    return lambda elements, count, like: np.sqrt(total([e * e for e in elements], like))


WINDOWS = [
    # name, [n, spatial..., c], fields
    ("plain-1d", (2, 7, 3), {"pool_size": [2]}),
    ("plain-2d", (2, 5, 7, 3), {"pool_size": [2, 3]}),
    ("plain-3d", (2, 3, 4, 5, 2), {"pool_size": [2, 2, 3]}),
    ("batch1-2d", (1, 5, 4, 3), {"pool_size": [3, 2]}),
    ("empty-2d", (0, 5, 4, 3), {"pool_size": [3, 2]}),
    ("no-channels-1d", (2, 5, 0), {"pool_size": [2]}),
    ("overlapping-2d", (2, 5, 6, 3), {"pool_size": [3, 2], "strides": [1, 1]}),
    ("strided-2d", (2, 7, 8, 2), {"pool_size": [2, 3], "strides": [3, 2]}),
    ("gaps-1d", (3, 11, 2), {"pool_size": [2], "strides": [5]}),
    ("same-2d", (2, 5, 7, 2), {"pool_size": [2, 4], "padding": "same"}),
    ("same-strided-2d", (2, 6, 7, 2), {"pool_size": [3, 4], "strides": [2, 3], "padding": "same"}),
    ("same-3d", (1, 3, 4, 5, 2), {"pool_size": [2, 3, 2], "strides": [1, 2, 3], "padding": "same"}),
    ("same-lower-2d", (2, 5, 7, 2), {"pool_size": [2, 4], "padding": "same_lower"}),
    ("same-lower-strided-1d", (2, 8, 3), {"pool_size": [4], "strides": [3], "padding": "same_lower"}),
    ("explicit-2d", (2, 5, 4, 2), {"pool_size": [3, 2], "strides": [2, 1], "padding": "explicit", "pads": [1, 0, 2, 1]}),
    ("explicit-far-1d", (2, 3, 2), {"pool_size": [2], "strides": [1], "padding": "explicit", "pads": [3, 2]}),
    ("ceil-1d", (2, 8, 3), {"pool_size": [3], "strides": [2], "ceil_mode": True}),
    ("ceil-2d", (2, 6, 9, 2), {"pool_size": [3, 2], "strides": [2, 3], "ceil_mode": True}),
    ("ceil-explicit-2d", (2, 5, 6, 2), {"pool_size": [2, 3], "strides": [3, 4], "padding": "explicit", "pads": [1, 1, 1, 1], "ceil_mode": True}),
    ("ceil-dropped-1d", (2, 5, 2), {"pool_size": [2], "strides": [3], "padding": "explicit", "pads": [1, 1], "ceil_mode": True}),
]
DILATED = [
    ("dilated-2d", (2, 7, 8, 2), {"pool_size": [2, 3], "strides": [1, 2], "dilation_rate": [3, 2]}),
    ("dilated-same-1d", (2, 7, 3), {"pool_size": [3], "strides": [2], "dilation_rate": [2], "padding": "same"}),
    ("dilated-explicit-1d", (2, 5, 2), {"pool_size": [2], "strides": [1], "dilation_rate": [5], "padding": "explicit", "pads": [2, 3], "ceil_mode": True}),
]


def axes_of(shape, fields):
    size = fields["pool_size"]
    rank = len(size)
    strides, dilation = fields.get("strides", size), fields.get("dilation_rate", [1] * rank)
    pads, padding = fields.get("pads"), fields.get("padding", "valid")
    return [
        seen_positions(
            shape[1 + i], size[i], strides[i], dilation[i], padding, (pads[i], pads[i + rank]) if pads else None,
            fields.get("ceil_mode", False))
        for i in range(rank)
    ]  # fmt: skip


def onnx_pool(operator, x, fields, extra, runtime=False):
    size = fields["pool_size"]
    attributes = {"kernel_shape": size, "strides": fields.get("strides", size), **extra}
    padding = fields.get("padding", "valid")
    if padding == "explicit":
        attributes["pads"] = fields["pads"]
    elif padding != "valid":
        attributes["auto_pad"] = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER"}[padding]
    if fields.get("ceil_mode"):
        attributes["ceil_mode"] = 1
    if "dilation_rate" in fields:
        attributes["dilations"] = fields["dilation_rate"]
    return run_onnx(operator, [x], attributes, 18 if runtime else 22, runtime)


def onnx_expectation(operator, x, own, fields, onnx_fields, data_format):
    """What onnx's reference evaluator says; where it errs (windows beyond the padding, SAME_LOWER), what ONNX Runtime says."""
    for runtime in (False, True):
        try:
            theirs = onnx_pool(operator, to_first(x), fields, onnx_fields, runtime).astype(x.dtype)
        except Exception as error:
            print("fails:", operator, fields, runtime, str(error)[:70])
            continue
        theirs = theirs if data_format == "channels_first" else np.moveaxis(theirs, 1, -1)
        if theirs.shape == own.shape and passes(own, theirs, keras_tolerance(x.dtype)).all():
            return expectation("onnxruntime" if runtime else "onnx", theirs, keras_tolerance(x.dtype))
        print("differs:", operator, fields, runtime)
    return None


def pooling(kind, operator, keras_name, rules, cases):
    for (name, shape, fields), (rule_name, own_fields, onnx_fields, reduce) in itertools.product(cases, rules):
        for (type_name, dtype), data_format in itertools.product(FLOATS.items(), ("channels_last", "channels_first")):
            # Half of the pairs suffice where only the rule differs.
            if (rule_name != rules[0][0] or kind == "lp_pooling") and (type_name == "f64") == (data_format == "channels_last"):
                continue
            turn = to_first if data_format == "channels_first" else np.asarray
            settings = {**fields, **own_fields, "data_format": data_format}
            x = draw(shape, dtype)
            own = turn(pool(x, axes_of(shape, fields), reduce))
            expectations = [expectation("numpy", own, {})]
            padding = fields.get("padding", "valid")
            if keras_name and not own_fields and padding in ("valid", "same") and "dilation_rate" not in fields and not fields.get("ceil_mode") and x.size:
                rank = len(fields["pool_size"])
                layer = getattr(keras.layers, f"{keras_name}{rank}D")(
                    tuple(fields["pool_size"]), tuple(fields.get("strides", fields["pool_size"])), padding, data_format=data_format,
                    dtype=str(np.dtype(dtype)))
                tolerance = {} if kind == "max_pooling" else keras_tolerance(dtype)
                expectations.append(expectation("keras", to_numpy(layer(turn(x))), tolerance))
            if x.size:
                expectations.append(onnx_expectation(operator, x, own, fields, onnx_fields, data_format))
            suffix = "first" if data_format == "channels_first" else "last"
            case(kind, "-".join(p for p in (name, rule_name, suffix, type_name) if p), turn(x), one_peer(expectations, data_format), trimmed(settings))


def special_pools(kind, reduce, extra=None):
    """NaN, infinities and zeros of both signs."""
    for type_name, dtype in FLOATS.items():
        for data_format in ("channels_last", "channels_first"):
            turn = to_first if data_format == "channels_first" else np.asarray
            x = np.array([
                [1, np.nan], [np.nan, 2], [3, -np.inf], [-np.inf, -np.inf], [-np.inf, np.inf], [0.0, -np.inf], [-0.0, 0.0],
                [0.0, -0.0], [-0.0, -0.0]], dtype)[None]  # fmt: skip
            fields = {"pool_size": [2], "strides": [1]}
            own = turn(pool(x, axes_of(x.shape, fields), reduce))
            suffix = "first" if data_format == "channels_first" else "last"
            settings = trimmed({**fields, **(extra or {}), "data_format": data_format})
            case(kind, f"special-{suffix}-{type_name}", turn(x), [expectation("numpy", own, {})], settings)


def max_pooling():
    pooling("max_pooling", "MaxPool", "MaxPooling", [("", {}, {}, greatest)], WINDOWS + DILATED)
    special_pools("max_pooling", greatest)


def average_pooling():
    rules = [
        ("", {}, {"count_include_pad": 0}, mean_of_seen),
        ("counting", {"count_include_padding": True}, {"count_include_pad": 1}, mean_of_padded),
    ]  # fmt: skip
    pooling("average_pooling", "AveragePool", "AveragePooling", rules, WINDOWS)
    special_pools("average_pooling", mean_of_seen)


def lp_pooling():
    rules = [("", {}, {"p": 2}, norm(2)), ("one", {"p": 1}, {"p": 1}, norm(1))]
    pooling("lp_pooling", "LpPool", None, rules, [w for w in WINDOWS if w[0] not in ("plain-3d", "batch1-2d")] + DILATED)
    special_pools("lp_pooling", norm(1), {"p": 1})


def global_pooling(kind):
    own = {
        "global_max_pooling": lambda x: functools.reduce(lambda a, b: np.where((a > b) | np.isnan(a), a, b), np.moveaxis(x, 1, 0)),
        "global_average_pooling": lambda x: x.mean(axis=1),
    }[kind]
    for name, shape in {
        "1d": (2, 7, 3), "2d": (3, 5, 7, 2), "3d": (2, 3, 4, 5, 3), "long": (2, 11, 13, 1), "one": (2, 1, 1, 3), "batch1": (1, 5, 3),
        "empty": (0, 5, 3), "no-channels": (2, 5, 0), "special": (1, 3, 5),
    }.items():
        for (type_name, dtype), data_format, keepdims in itertools.product(FLOATS.items(), ("channels_last", "channels_first"), (False, True)):
            x = draw(shape, dtype)
            if name == "special":
                x = np.array([[1, np.nan, -np.inf, 0.0, -0.0], [np.nan, 2, -np.inf, -0.0, 0.0], [3, 3, -np.inf, -0.0, -0.0]], dtype)[None]
            turn = to_first if data_format == "channels_first" else np.asarray
            given = turn(x)
            positions = math.prod(shape[1:-1])
            flat = given.reshape(len(x), positions, x.shape[-1]) if data_format == "channels_last" else None
            if not x.size:
                result = np.zeros((len(x), x.shape[-1]), dtype)
            elif data_format == "channels_last":
                result = own(flat)
            elif kind == "global_average_pooling":
                result = given.reshape(len(x), x.shape[-1], -1).mean(axis=-1)
            else:
                result = own(np.moveaxis(given.reshape(len(x), x.shape[-1], -1), 1, -1))
            if keepdims:
                ones = (1,) * (len(shape) - 2)
                channels = x.shape[-1]
                result = result.reshape((len(x), *ones, channels) if data_format == "channels_last" else (len(x), channels, *ones))
            expectations = [expectation("numpy", result, {})]
            # Keras 3.15 takes means of f64 in f32.
            if x.size and name != "special" and (kind == "global_max_pooling" or dtype == np.float32):
                keras_kind = "GlobalMaxPooling" if kind == "global_max_pooling" else "GlobalAveragePooling"
                layer = getattr(keras.layers, f"{keras_kind}{len(shape) - 2}D")(
                    data_format=data_format, keepdims=keepdims, dtype=str(np.dtype(dtype)))
                expectations.append(expectation("keras", to_numpy(layer(given)), keras_tolerance(dtype)))
            if x.size and keepdims and data_format == "channels_first" and name != "special" and dtype == np.float32:
                operator = "GlobalMaxPool" if kind == "global_max_pooling" else "GlobalAveragePool"
                # The reference evaluator errs on GlobalMaxPool of rank 3.
                theirs = run_onnx(operator, [given], {}, 18, runtime=True)
                expectations.append(expectation("onnxruntime", theirs, keras_tolerance(dtype)))
            suffix = ("first" if data_format == "channels_first" else "last") + ("-keepdims" if keepdims else "")
            case(kind, f"{name}-{suffix}-{type_name}", given, expectations, trimmed({"keepdims": keepdims, "data_format": data_format}, keepdims=False))


FAMILIES = {
    "max_pooling": max_pooling, "average_pooling": average_pooling, "lp_pooling": lp_pooling,
    "global_max_pooling": lambda: global_pooling("global_max_pooling"),
    "global_average_pooling": lambda: global_pooling("global_average_pooling"),
}  # fmt: skip

# Some kinds alone may be named, for trials; what made the files is written down for all of them.
start(__file__, 20261125)
for kind, family in FAMILIES.items():
    if kind in sys.argv[1:] or not sys.argv[1:]:
        family()
finish()
