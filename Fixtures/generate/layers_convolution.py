"""Makes the cases of convolutions in Fixtures/layers. See layer_cases.py.

The definition is the inner product of what each window sees, gathered here position by position with NumPy, in rational numbers
(`chain`). Keras and onnx's reference evaluator say the same within a tolerance: rounding of the sums' size.
"""

import itertools
import sys

from layer_cases import *
from layer_windows import *


def convolve(seen, kernel, biases, groups, product=chain):
    """The inner products with a kernel [kernel_size..., in / groups, filters]."""
    channels, filters = seen.shape[-1] // groups, kernel.shape[-1] // groups
    matrix = kernel.reshape(math.prod(kernel.shape[:-1]), kernel.shape[-1])
    parts = []
    for g in range(groups):
        rows = np.ascontiguousarray(seen[..., g * channels:(g + 1) * channels]).reshape(*seen.shape[:-2], len(matrix))
        columns = slice(g * filters, (g + 1) * filters)
        parts.append(product(rows, matrix[:, columns], None if biases is None else biases[columns]))
    return np.concatenate(parts, -1)


def bound(seen, kernel, groups):
    """Twice the rounding of a number as large as the greatest sum of terms could be."""
    product = lambda rows, matrix, biases: rows @ matrix
    size = convolve(np.abs(seen), np.abs(kernel), None, groups, product).max(initial=0)
    return {"absolute": 2 * float(np.finfo(seen.dtype).eps) * (float(size) + 1)}


def onnx_conv(x, kernel, biases, fields):
    """ONNX's Conv on channels-first values; the kernel is turned to [filters, in / groups, kernel_size...]."""
    w = np.ascontiguousarray(np.moveaxis(kernel, (-1, -2), (0, 1)))
    padding = fields.get("padding", "valid")
    attributes = {"group": fields.get("groups", 1), "kernel_shape": fields["kernel_size"]}
    if fields.get("strides"):
        attributes["strides"] = fields["strides"]
    if fields.get("dilation_rate"):
        attributes["dilations"] = fields["dilation_rate"]
    if padding == "explicit":
        attributes["pads"] = fields["pads"]
    else:
        attributes["auto_pad"] = {"valid": "VALID", "same": "SAME_UPPER", "same_lower": "SAME_LOWER"}[padding]
    return run_onnx("Conv", [x, w] + ([] if biases is None else [biases]), attributes, 22)


def keras_fields(fields):
    """The settings as Keras's layers take them; None where Keras has no such setting."""
    padding = fields.get("padding", "valid")
    if padding in ("explicit", "same_lower"):
        return None
    strides, dilation = fields.get("strides") or [1], fields.get("dilation_rate") or [1]
    # Keras takes only one of both above 1.
    if max(strides) > 1 and max(dilation) > 1:
        return None
    rank = len(fields["kernel_size"])
    # The depthwise layers take one stride and one dilation for all dimensions.
    return {
        "strides": tuple(strides * rank)[:rank], "dilation_rate": tuple(dilation * rank)[:rank], "padding": padding,
        "data_format": fields.get("data_format", "channels_last"), "use_bias": fields.get("use_bias", True),
    }  # fmt: skip


CONVOLUTIONS = [
    # name, [n, spatial..., in], fields
    ("plain-1d", (2, 7, 3), {"filters": 5, "kernel_size": [3]}),
    ("plain-2d", (2, 5, 7, 3), {"filters": 4, "kernel_size": [3, 2]}),
    ("plain-3d", (2, 3, 5, 4, 2), {"filters": 3, "kernel_size": [2, 3, 2]}),
    ("batch1-2d", (1, 4, 5, 2), {"filters": 3, "kernel_size": [2, 3]}),
    ("empty-2d", (0, 4, 5, 2), {"filters": 3, "kernel_size": [2, 3]}),
    ("pointwise-2d", (3, 3, 5, 7), {"filters": 4, "kernel_size": [1, 1]}),
    ("pointwise-strided-2d", (2, 5, 7, 3), {"filters": 4, "kernel_size": [1, 1], "strides": [2, 3]}),
    ("pointwise-groups-1d", (2, 5, 6), {"filters": 4, "kernel_size": [1], "groups": 2}),
    ("pointwise-padded-1d", (2, 5, 3), {"filters": 4, "kernel_size": [1], "padding": "explicit", "pads": [1, 2]}),
    ("strided-1d", (2, 11, 3), {"filters": 2, "kernel_size": [3], "strides": [2]}),
    ("strided-2d", (2, 8, 9, 2), {"filters": 3, "kernel_size": [3, 2], "strides": [3, 2]}),
    ("strided-gaps-2d", (2, 8, 9, 2), {"filters": 3, "kernel_size": [2, 1], "strides": [3, 4]}),
    ("dilated-1d", (3, 11, 2), {"filters": 3, "kernel_size": [3], "dilation_rate": [4]}),
    ("dilated-2d", (2, 7, 8, 2), {"filters": 3, "kernel_size": [2, 3], "dilation_rate": [3, 2]}),
    ("dilated-strided-2d", (2, 9, 11, 2), {"filters": 3, "kernel_size": [2, 3], "dilation_rate": [3, 2], "strides": [2, 3]}),
    ("groups-2d", (2, 4, 5, 6), {"filters": 9, "kernel_size": [2, 3], "groups": 3}),
    ("groups-dilated-2d", (2, 7, 6, 4), {"filters": 6, "kernel_size": [2, 2], "groups": 2, "dilation_rate": [2, 3]}),
    ("groups-each-2d", (2, 4, 5, 3), {"filters": 6, "kernel_size": [2, 2], "groups": 3}),
    ("groups-same-3d", (1, 3, 4, 5, 4), {"filters": 2, "kernel_size": [2, 3, 2], "groups": 2, "padding": "same"}),
    ("same-1d", (2, 7, 3), {"filters": 2, "kernel_size": [4], "padding": "same"}),
    ("same-2d", (2, 5, 7, 2), {"filters": 3, "kernel_size": [3, 4], "padding": "same"}),
    ("same-strided-2d", (2, 6, 7, 2), {"filters": 3, "kernel_size": [3, 4], "padding": "same", "strides": [2, 3]}),
    ("same-dilated-2d", (2, 6, 7, 2), {"filters": 2, "kernel_size": [2, 3], "padding": "same", "dilation_rate": [3, 4]}),
    ("same-wide-2d", (2, 2, 3, 2), {"filters": 2, "kernel_size": [5, 4], "padding": "same"}),
    ("same-3d", (1, 3, 4, 5, 2), {"filters": 2, "kernel_size": [2, 3, 4], "padding": "same", "strides": [2, 1, 3]}),
    ("same-lower-1d", (2, 7, 3), {"filters": 2, "kernel_size": [4], "padding": "same_lower"}),
    ("same-lower-strided-2d", (2, 6, 7, 2), {"filters": 3, "kernel_size": [3, 4], "padding": "same_lower", "strides": [2, 3]}),
    ("causal-1d", (2, 7, 3), {"filters": 4, "kernel_size": [3], "padding": "causal"}),
    ("causal-dilated-1d", (2, 7, 3), {"filters": 4, "kernel_size": [3], "padding": "causal", "dilation_rate": [2]}),
    ("causal-strided-1d", (2, 8, 3), {"filters": 2, "kernel_size": [4], "padding": "causal", "strides": [3]}),
    ("explicit-2d", (2, 5, 4, 2), {"filters": 3, "kernel_size": [3, 2], "padding": "explicit", "pads": [1, 0, 2, 3]}),
    ("explicit-strided-2d", (2, 5, 6, 2), {"filters": 3, "kernel_size": [2, 3], "padding": "explicit", "pads": [2, 3, 1, 0], "strides": [2, 2], "dilation_rate": [2, 1]}),
    ("explicit-far-1d", (2, 3, 2), {"filters": 2, "kernel_size": [2], "padding": "explicit", "pads": [3, 4]}),
    ("two-runs-1d", (1, 4, 87), {"filters": 2, "kernel_size": [3]}),
    ("three-runs-2d", (1, 2, 3, 87), {"filters": 1, "kernel_size": [2, 3]}),
    ("no-channels-1d", (2, 4, 0), {"filters": 3, "kernel_size": [2]}),
]


def convolutions():
    for (name, shape, fields), (type_name, dtype) in itertools.product(CONVOLUTIONS, FLOATS.items()):
        for data_format in ("channels_last", "channels_first"):
            use_bias = not (data_format == "channels_first" and name.startswith(("strided", "same", "groups")))
            settings = dict(fields)
            if data_format == "channels_first":
                settings["data_format"] = data_format
            if not use_bias:
                settings["use_bias"] = False
            groups, filters = fields.get("groups", 1), fields["filters"]
            x = draw(shape, dtype, 1.5)
            kernel = draw((*fields["kernel_size"], shape[-1] // groups, filters), dtype, 0.7)
            biases = draw((filters,), dtype) if use_bias else None
            seen = patches(
                x, fields["kernel_size"], fields.get("strides"), fields.get("dilation_rate"), fields.get("padding", "valid"),
                fields.get("pads"))
            own = convolve(seen, kernel, biases, groups)
            tolerance = bound(seen, kernel, groups)
            weights = [kernel] if biases is None else [kernel, biases]
            given, own = (to_first(x), to_first(own)) if data_format == "channels_first" else (x, own)
            expectations = [expectation("definition", own, {})]
            options = keras_fields(settings)
            rank = len(fields["kernel_size"])
            if options and x.size:
                layer = getattr(keras.layers, f"Conv{rank}D")(
                    filters, tuple(fields["kernel_size"]), groups=groups, dtype=str(np.dtype(dtype)), **options)
                expectations.append(expectation("keras", keras_run(layer, given, weights), tolerance))
            if fields.get("padding") != "causal" and x.size:
                theirs = onnx_conv(to_first(x), kernel, biases, fields)
                theirs = theirs if data_format == "channels_first" else np.moveaxis(theirs, 1, -1)
                assert theirs.shape == own.shape, (name, theirs.shape, own.shape)
                expectations.append(expectation("onnx", theirs.astype(dtype), tolerance))
            parameters = {"kernel": kernel} if biases is None else {"kernel": kernel, "biases": biases}
            suffix = "first" if data_format == "channels_first" else "last"
            case("convolution", f"{name}-{suffix}-{type_name}", given, one_peer(expectations, data_format), settings, parameters)
    specials()


def specials():
    """Zeros of the padding are multiplied: an infinite weight makes them NaN. A NaN spoils what sees it, and nothing else."""
    for type_name, dtype in FLOATS.items():
        for data_format in ("channels_last", "channels_first"):
            x = draw((1, 5, 2), dtype)
            x[0, 2, 1] = np.nan
            x[0, 4, 0] = np.inf
            kernel = draw((3, 2, 3), dtype)
            kernel[0, 1, 2] = np.inf
            biases = np.array([0.5, -0.25, 1.0], dtype)
            seen = patches(x, [3], None, None, "same", None)
            # Products and sums of such elements are exact or special: NumPy's order does not matter for them.
            rows, matrix = seen.reshape(1, 5, 6), kernel.reshape(6, 3)
            with np.errstate(all="ignore"):
                loose = sum(rows[..., k, None] * matrix[k] for k in range(6)) + biases
            fields = {"filters": 3, "kernel_size": [3], "padding": "same"}
            given = x
            if data_format == "channels_first":
                given, loose, fields = to_first(x), to_first(loose), {**fields, "data_format": data_format}
            tolerance = {"absolute": 50 * float(np.finfo(dtype).eps)}
            suffix = "first" if data_format == "channels_first" else "last"
            case(
                "convolution", f"special-{suffix}-{type_name}", given, [expectation("numpy", loose, tolerance)], fields,
                {"kernel": kernel, "biases": biases})


def alternates(cases, name, type_name, data_format):
    """Whether to leave a case out: each has one element type with channels last and the other with channels first, in turn."""
    index = [case[0] for case in cases].index(name)
    return ((type_name == "f32") == (data_format == "channels_first")) == (index % 2 == 0)


DEPTHWISE = [
    # name, [n, spatial..., in], depth_multiplier, fields
    ("plain-1d", (2, 7, 3), 1, {"kernel_size": [3]}),
    ("plain-2d", (2, 5, 4, 3), 1, {"kernel_size": [3, 2]}),
    ("plain-3d", (1, 3, 4, 3, 2), 2, {"kernel_size": [2, 3, 2]}),
    ("many-2d", (1, 2, 3, 67), 1, {"kernel_size": [2, 2]}),
    ("batch1-2d", (1, 4, 5, 2), 3, {"kernel_size": [2, 3]}),
    ("empty-2d", (0, 4, 5, 2), 3, {"kernel_size": [2, 3]}),
    ("one-channel-2d", (3, 4, 3, 1), 3, {"kernel_size": [2, 3]}),
    ("strided-2d", (2, 7, 7, 3), 2, {"kernel_size": [3, 2], "strides": [2, 2]}),
    ("strided-unequal-2d", (1, 7, 8, 3), 1, {"kernel_size": [2, 3], "strides": [2, 3]}),
    ("dilated-2d", (1, 7, 8, 3), 2, {"kernel_size": [3, 2], "dilation_rate": [2, 2]}),
    ("same-2d", (2, 5, 7, 3), 2, {"kernel_size": [4, 3], "padding": "same", "strides": [2, 2]}),
    ("same-lower-2d", (2, 5, 7, 3), 1, {"kernel_size": [4, 2], "padding": "same_lower"}),
    ("causal-1d", (2, 7, 3), 2, {"kernel_size": [3], "padding": "causal", "dilation_rate": [2]}),
    ("explicit-2d", (2, 4, 3, 3), 1, {"kernel_size": [3, 2], "padding": "explicit", "pads": [1, 0, 2, 3]}),
    ("two-runs-1d", (1, 259, 1), 2, {"kernel_size": [258]}),
    ("no-channels-1d", (2, 4, 0), 3, {"kernel_size": [2]}),
]


def depthwise():
    for (name, shape, multiplier, fields), (type_name, dtype) in itertools.product(DEPTHWISE, FLOATS.items()):
        for data_format in ("channels_last", "channels_first"):
            if alternates(DEPTHWISE, name, type_name, data_format):
                continue
            channels, rank = shape[-1], len(fields["kernel_size"])
            use_bias = data_format == "channels_last" or multiplier == 1
            settings = {**fields, "depth_multiplier": multiplier, "data_format": data_format, "use_bias": use_bias}
            x = draw(shape, dtype, 1.5)
            kernel = draw((*fields["kernel_size"], channels, multiplier), dtype, 0.7)
            biases = draw((channels * multiplier,), dtype) if use_bias else None
            seen = patches(
                x, fields["kernel_size"], fields.get("strides"), fields.get("dilation_rate"), fields.get("padding", "valid"),
                fields.get("pads"))
            turn = to_first if data_format == "channels_first" else np.asarray
            if channels == 0:
                own, tolerance = np.zeros((*seen.shape[:-2], 0), dtype), {}
            else:
                flat = kernel.reshape(*fields["kernel_size"], 1, channels * multiplier)
                own, tolerance = convolve(seen, flat, biases, channels), bound(seen, flat, channels)
            expectations = [expectation("definition", turn(own), {})]
            options = keras_fields(settings)
            if options and options["padding"] != "causal" and x.size and rank < 3 and len(set(options["strides"])) == 1:
                options["strides"], options["dilation_rate"] = options["strides"][0], options["dilation_rate"][0]
                layer = getattr(keras.layers, f"DepthwiseConv{rank}D")(
                    tuple(fields["kernel_size"]), depth_multiplier=multiplier, dtype=str(np.dtype(dtype)), **options)
                weights = [kernel] if biases is None else [kernel, biases]
                expectations.append(expectation("keras", keras_run(layer, turn(x), weights), tolerance))
            if fields.get("padding") != "causal" and x.size:
                theirs = onnx_conv(to_first(x), flat, biases, {**fields, "groups": channels})
                theirs = theirs if data_format == "channels_first" else np.moveaxis(theirs, 1, -1)
                assert passes(turn(own), theirs, tolerance).all(), name
                expectations.append(expectation("onnx", theirs.astype(dtype), tolerance))
            parameters = {"kernel": kernel} if biases is None else {"kernel": kernel, "biases": biases}
            suffix = "first" if data_format == "channels_first" else "last"
            case("depthwise_convolution", f"{name}-{suffix}-{type_name}", turn(x), one_peer(expectations, data_format), trimmed(settings), parameters)


TRANSPOSED = [
    # name, [n, spatial..., in], fields
    ("plain-1d", (2, 5, 3), {"filters": 2, "kernel_size": [3]}),
    ("plain-2d", (2, 3, 4, 2), {"filters": 3, "kernel_size": [2, 3]}),
    ("plain-3d", (1, 2, 3, 2, 2), {"filters": 2, "kernel_size": [2, 1, 3], "strides": [2, 1, 2]}),
    ("empty-2d", (0, 3, 4, 2), {"filters": 3, "kernel_size": [2, 3]}),
    ("batch1-2d", (1, 3, 4, 2), {"filters": 2, "kernel_size": [3, 2], "strides": [2, 3]}),
    ("strided-1d", (3, 4, 2), {"filters": 3, "kernel_size": [5], "strides": [2]}),
    ("strided-2d", (2, 3, 4, 2), {"filters": 3, "kernel_size": [3, 4], "strides": [2, 3]}),
    ("gaps-1d", (2, 3, 2), {"filters": 3, "kernel_size": [2], "strides": [4]}),
    ("pointwise-2d", (2, 3, 2, 3), {"filters": 4, "kernel_size": [1, 1], "strides": [2, 1]}),
    ("dilated-1d", (2, 4, 2), {"filters": 3, "kernel_size": [3], "dilation_rate": [2]}),
    ("dilated-strided-2d", (2, 3, 4, 2), {"filters": 2, "kernel_size": [3, 2], "dilation_rate": [2, 3], "strides": [3, 2]}),
    ("dilated-multiple-1d", (2, 3, 2), {"filters": 2, "kernel_size": [3], "dilation_rate": [4], "strides": [2]}),
    ("groups-2d", (2, 3, 2, 4), {"filters": 6, "kernel_size": [2, 3], "groups": 2, "strides": [1, 2]}),
    ("same-1d", (2, 5, 2), {"filters": 2, "kernel_size": [4], "padding": "same"}),
    ("same-strided-2d", (2, 3, 4, 2), {"filters": 2, "kernel_size": [4, 3], "padding": "same", "strides": [1, 2]}),
    ("same-gaps-1d", (2, 3, 2), {"filters": 2, "kernel_size": [2], "padding": "same", "strides": [3]}),
    ("same-lower-2d", (2, 3, 4, 2), {"filters": 2, "kernel_size": [4, 3], "padding": "same_lower", "strides": [1, 2]}),
    ("explicit-2d", (2, 3, 4, 2), {"filters": 2, "kernel_size": [3, 3], "padding": "explicit", "pads": [1, 0, 0, 2], "strides": [2, 2]}),
    ("output-padding-1d", (2, 4, 2), {"filters": 2, "kernel_size": [3], "strides": [3], "output_padding": [2]}),
    ("output-padding-2d", (2, 3, 3, 2), {"filters": 2, "kernel_size": [3, 3], "padding": "explicit", "pads": [1, 1, 1, 1], "strides": [2, 2], "output_padding": [1, 0]}),
    ("two-runs-1d", (1, 2, 130), {"filters": 1, "kernel_size": [2]}),
    ("two-runs-2d", (1, 2, 1, 65), {"filters": 2, "kernel_size": [3, 4], "strides": [2, 1]}),
    ("no-channels-1d", (2, 4, 0), {"filters": 2, "kernel_size": [2], "strides": [2]}),
]  # fmt: skip


def reached(extent, size, stride, dilation, padding, pads, more):
    """How many outputs there are, and how many are cut off at the start."""
    span = (size - 1) * dilation + 1
    if padding in ("same", "same_lower"):
        cut = max(span - stride, 0)
        return extent * stride, cut // 2 if padding == "same" else cut - cut // 2
    return (extent - 1) * stride + span + more - sum(pads), pads[0]


def transpose(x, kernel, biases, fields):
    """Each output's inner product, over the positions of the window from which an input could reach it."""
    size, groups = fields["kernel_size"], fields.get("groups", 1)
    rank = len(size)
    strides, dilation = fields.get("strides", [1] * rank), fields.get("dilation_rate", [1] * rank)
    pads, more = fields.get("pads", [0] * 2 * rank), fields.get("output_padding", [0] * rank)
    spatial = x.shape[1:-1]
    axes = [
        reached(spatial[i], size[i], strides[i], dilation[i], fields.get("padding", "valid"), (pads[i], pads[i + rank]), more[i])
        for i in range(rank)
    ]
    out = np.zeros((len(x), *(count for count, _ in axes), kernel.shape[-1]), x.dtype)
    for place in itertools.product(*(range(count) for count, _ in axes)):
        terms, weights = [], []
        for k in itertools.product(*map(range, size)):
            steps = [o + before - i * d for o, (_, before), i, d in zip(place, axes, k, dilation)]
            if any(step % s for step, s in zip(steps, strides)):
                continue
            source = tuple(step // s for step, s in zip(steps, strides))
            inside = all(0 <= i < extent for i, extent in zip(source, spatial))
            terms.append(x[(slice(None), *source)] if inside else np.zeros((len(x), x.shape[-1]), x.dtype))
            weights.append(kernel[k])
        seen = np.stack(terms, 1) if terms else np.zeros((len(x), 0, x.shape[-1]), x.dtype)
        part = np.stack(weights) if weights else np.zeros((0, *kernel.shape[-2:]), x.dtype)
        out[(slice(None), *place)] = convolve(seen, part, biases, groups)
    return out


def keras_transpose(x, kernel, biases, fields, data_format):
    """Keras's layer, where it has these settings: it has no groups and other paddings."""
    size, rank = fields["kernel_size"], len(fields["kernel_size"])
    padding, strides = fields.get("padding", "valid"), fields.get("strides", [1] * rank)
    dilation = fields.get("dilation_rate", [1] * rank)
    more = fields.get("output_padding")
    wide = any((k - 1) * d + 1 < s for k, d, s in zip(size, dilation, strides))
    if padding not in ("valid", "same") or "groups" in fields or (max(strides) > 1 and max(dilation) > 1):
        return None
    if padding == "valid" and wide and not more:
        more = [0] * rank
    layer = getattr(keras.layers, f"Conv{rank}DTranspose")(
        kernel.shape[-1], tuple(size), tuple(strides), padding, **({"output_padding": tuple(more)} if more else {}),
        dilation_rate=tuple(dilation), data_format=data_format, use_bias=biases is not None, dtype=str(x.dtype))
    weights = [np.ascontiguousarray(np.moveaxis(kernel, -1, -2))]
    return keras_run(layer, x, weights if biases is None else [*weights, biases])


def onnx_transpose(x, kernel, biases, fields, runtime):
    """ONNX's ConvTranspose on channels-first values, with what it cuts off written out."""
    rank = len(fields["kernel_size"])
    groups = fields.get("groups", 1)
    # [kernel_size..., in / groups, filters] to [in, filters / groups, kernel_size...]
    parts = np.split(np.moveaxis(kernel, (-2, -1), (0, 1)), groups, axis=1)
    w = np.ascontiguousarray(np.concatenate(parts, 0))
    strides, dilation = fields.get("strides", [1] * rank), fields.get("dilation_rate", [1] * rank)
    pads, more = fields.get("pads", [0] * 2 * rank), fields.get("output_padding", [0] * rank)
    if fields.get("padding", "valid").startswith("same"):
        spans = [(k - 1) * d + 1 for k, d in zip(fields["kernel_size"], dilation)]
        starts = [
            reached(1, k, s, d, fields["padding"], None, 0)[1] for k, s, d in zip(fields["kernel_size"], strides, dilation)
        ]
        pads = starts + [max(span - s, 0) - start for span, s, start in zip(spans, strides, starts)]
        more = [max(s - span, 0) for span, s in zip(spans, strides)]
    attributes = {
        "kernel_shape": fields["kernel_size"], "strides": strides, "dilations": dilation, "pads": pads,
        "output_padding": more, "group": groups,
    }  # fmt: skip
    return run_onnx("ConvTranspose", [x, w] + ([] if biases is None else [biases]), attributes, 11, runtime)


def transposed():
    for (name, shape, fields), (type_name, dtype) in itertools.product(TRANSPOSED, FLOATS.items()):
        for data_format in ("channels_last", "channels_first"):
            if alternates(TRANSPOSED, name, type_name, data_format):
                continue
            use_bias = not (data_format == "channels_first" and name.startswith(("strided", "same")))
            settings = trimmed({**fields, "data_format": data_format, "use_bias": use_bias})
            turn = to_first if data_format == "channels_first" else np.asarray
            x = draw(shape, dtype, 1.5)
            kernel = draw((*fields["kernel_size"], shape[-1] // fields.get("groups", 1), fields["filters"]), dtype, 0.7)
            biases = draw((fields["filters"],), dtype) if use_bias else None
            own = transpose(x, kernel, biases, fields)
            size = float(np.abs(kernel).sum(axis=tuple(range(kernel.ndim - 1))).max() * np.abs(x).max(initial=0))
            tolerance = {"absolute": 2 * float(np.finfo(dtype).eps) * (size + 1)}
            expectations = [expectation("definition", turn(own), {})]
            if x.size:
                theirs = keras_transpose(turn(x), kernel, biases, fields, data_format)
                if theirs is not None:
                    expectations.append(expectation("keras", theirs, tolerance))
                for runtime in (False, True):
                    # ONNX Runtime has no ConvTranspose of f64; the reference evaluator errs on some of groups and dilations.
                    if runtime and dtype == np.float64:
                        continue
                    try:
                        theirs = onnx_transpose(to_first(x), kernel, biases, fields, runtime).astype(dtype)
                    except ValueError as error:
                        print("fails:", name, type_name, error)
                        continue
                    theirs = theirs if data_format == "channels_first" else np.moveaxis(theirs, 1, -1)
                    if theirs.shape == turn(own).shape and passes(turn(own), theirs, tolerance).all():
                        expectations.append(expectation("onnxruntime" if runtime else "onnx", theirs, tolerance))
                        break
                    print("differs:", name, type_name, "onnxruntime" if runtime else "onnx", theirs.shape, turn(own).shape)
            parameters = {"kernel": kernel} if biases is None else {"kernel": kernel, "biases": biases}
            suffix = "first" if data_format == "channels_first" else "last"
            case(
                "convolution_transpose", f"{name}-{suffix}-{type_name}", turn(x), one_peer(expectations, data_format), settings,
                parameters)


SEPARABLE = [
    # name, [n, spatial..., in], depth_multiplier, fields
    ("plain-1d", (2, 7, 3), 1, {"filters": 4, "kernel_size": [3]}),
    ("plain-2d", (2, 4, 5, 3), 2, {"filters": 5, "kernel_size": [3, 2]}),
    ("plain-3d", (1, 3, 2, 4, 2), 1, {"filters": 3, "kernel_size": [2, 1, 3]}),
    ("batch1-2d", (1, 4, 4, 2), 1, {"filters": 3, "kernel_size": [2, 3], "padding": "same"}),
    ("empty-1d", (0, 5, 2), 1, {"filters": 3, "kernel_size": [2]}),
    ("one-channel-1d", (3, 5, 1), 3, {"filters": 2, "kernel_size": [2]}),
    ("strided-2d", (2, 5, 6, 2), 2, {"filters": 3, "kernel_size": [3, 2], "strides": [2, 2], "padding": "same"}),
    ("dilated-1d", (2, 7, 3), 1, {"filters": 2, "kernel_size": [3], "dilation_rate": [2]}),
    ("same-lower-1d", (2, 6, 3), 1, {"filters": 2, "kernel_size": [4], "padding": "same_lower"}),
    ("causal-1d", (2, 6, 3), 1, {"filters": 2, "kernel_size": [3], "padding": "causal"}),
    ("explicit-1d", (2, 4, 3), 2, {"filters": 2, "kernel_size": [3], "padding": "explicit", "pads": [2, 1], "strides": [2]}),
]  # fmt: skip


def separable():
    for (name, shape, multiplier, fields), (type_name, dtype) in itertools.product(SEPARABLE, FLOATS.items()):
        for data_format in ("channels_last", "channels_first"):
            channels, rank, filters = shape[-1], len(fields["kernel_size"]), fields["filters"]
            use_bias = data_format == "channels_last" or multiplier == 1
            settings = {**fields, "depth_multiplier": multiplier, "data_format": data_format, "use_bias": use_bias}
            turn = to_first if data_format == "channels_first" else np.asarray
            x = draw(shape, dtype, 1.5)
            kernel = draw((*fields["kernel_size"], channels, multiplier), dtype, 0.7)
            mixture = draw((channels * multiplier, filters), dtype, 0.7)
            biases = draw((filters,), dtype) if use_bias else None
            seen = patches(
                x, fields["kernel_size"], fields.get("strides"), fields.get("dilation_rate"), fields.get("padding", "valid"),
                fields.get("pads"))
            flat = kernel.reshape(*fields["kernel_size"], 1, channels * multiplier)
            between = convolve(seen, flat, None, channels)
            expectations = [expectation("definition", turn(chain(between, mixture, biases)), {})]
            options = keras_fields(settings)
            if options and options["padding"] != "causal" and x.size and rank < 3:
                layer = getattr(keras.layers, f"SeparableConv{rank}D")(
                    filters, tuple(fields["kernel_size"]), depth_multiplier=multiplier, dtype=str(np.dtype(dtype)), **options)
                weights = [kernel, mixture.reshape(*[1] * rank, *mixture.shape)] + ([] if biases is None else [biases])
                size = convolve(np.abs(seen), np.abs(flat), None, channels, lambda r, m, b: r @ m) @ np.abs(mixture)
                tolerance = {"absolute": 2 * float(np.finfo(dtype).eps) * (float(size.max()) + 1)}
                expectations.append(expectation("keras", keras_run(layer, turn(x), weights), tolerance))
            parameters = {"depthwise_kernel": kernel, "pointwise_kernel": mixture}
            if biases is not None:
                parameters["biases"] = biases
            suffix = "first" if data_format == "channels_first" else "last"
            case(
                "separable_convolution", f"{name}-{suffix}-{type_name}", turn(x), one_peer(expectations, data_format),
                trimmed(settings), parameters)


LOCAL = [
    # name, [n, spatial..., in], fields
    ("plain-1d", (2, 6, 3), {"filters": 2, "kernel_size": [3]}),
    ("plain-2d", (3, 3, 4, 2), {"filters": 3, "kernel_size": [2, 3]}),
    ("plain-3d", (2, 2, 3, 2, 2), {"filters": 2, "kernel_size": [2, 2, 1]}),
    ("batch1-2d", (1, 4, 3, 2), {"filters": 2, "kernel_size": [2, 2], "strides": [2, 1]}),
    ("empty-1d", (0, 4, 2), {"filters": 3, "kernel_size": [2]}),
    ("strided-1d", (2, 7, 2), {"filters": 3, "kernel_size": [2], "strides": [3]}),
    ("wide-1d", (5, 2, 3), {"filters": 17, "kernel_size": [2]}),
    ("same", (2, 5, 2), {"filters": 3, "kernel_size": [2], "strides": [2], "padding": "same"}),
    ("same-even", (1, 4, 5, 2), {"filters": 2, "kernel_size": [2, 3], "strides": [1, 2], "padding": "same"}),
    ("same-lower", (1, 3, 4, 1), {"filters": 2, "kernel_size": [2, 2], "padding": "same_lower"}),
    ("causal", (2, 5, 2), {"filters": 2, "kernel_size": [2], "dilation_rate": [2], "padding": "causal"}),
    ("explicit", (1, 3, 2, 2), {"filters": 2, "kernel_size": [2, 2], "padding": "explicit", "pads": [1, 0, 0, 2]}),
    ("dilated", (2, 7, 2), {"filters": 2, "kernel_size": [2], "strides": [2], "dilation_rate": [3]}),
    ("same-empty", (0, 5, 2), {"filters": 3, "kernel_size": [2], "padding": "same"}),
]


def locally_connected():
    for (name, shape, fields), (type_name, dtype) in itertools.product(LOCAL, FLOATS.items()):
        for data_format in ("channels_last", "channels_first"):
            use_bias = data_format == "channels_last" or name.startswith("plain")
            settings = {**fields, "data_format": data_format, "use_bias": use_bias}
            turn = to_first if data_format == "channels_first" else np.asarray
            x = draw(shape, dtype, 1.5)
            seen = patches(x, fields["kernel_size"], fields.get("strides"), fields.get("dilation_rate"), fields.get("padding", "valid"), fields.get("pads"))
            places = seen.shape[1:-2]
            kernel = draw((*places, *fields["kernel_size"], shape[-1], fields["filters"]), dtype, 0.7)
            biases = draw((*places, fields["filters"]), dtype) if use_bias else None
            own = np.zeros((len(x), *places, fields["filters"]), dtype)
            for place in itertools.product(*map(range, places)):
                at = (slice(None), *place)
                own[at] = convolve(seen[at], kernel[place], None if biases is None else biases[place], 1)
            # Keras 2's formula for both of its layers, in another order of the sums.
            rows = seen.reshape(len(x), math.prod(places), math.prod(seen.shape[-2:]))
            matrices = kernel.reshape(rows.shape[1], rows.shape[2], fields["filters"])
            loose = np.einsum("npk,pkf->npf", rows, matrices).reshape(own.shape)
            loose = loose if biases is None else loose + biases
            size = float(np.einsum("npk,pkf->npf", np.abs(rows), np.abs(matrices)).max(initial=0))
            tolerance = {"absolute": 2 * float(np.finfo(dtype).eps) * (size + 1)}
            expectations = [expectation("definition", turn(own), {}), expectation("numpy", turn(loose), tolerance)]
            parameters = {"kernel": kernel} if biases is None else {"kernel": kernel, "biases": biases}
            suffix = "first" if data_format == "channels_first" else "last"
            case("locally_connected", f"{name}-{suffix}-{type_name}", turn(x), expectations, trimmed(settings), parameters)


FAMILIES = {
    "convolution": convolutions, "depthwise_convolution": depthwise, "convolution_transpose": transposed,
    "separable_convolution": separable, "locally_connected": locally_connected,
}  # fmt: skip

# Some kinds alone may be named, for trials; what made the files is written down for all of them.
start(__file__, 20261124)
for kind, family in FAMILIES.items():
    if kind in sys.argv[1:] or not sys.argv[1:]:
        family()
finish()
