"""What the scripts of layers with windows share, layers_convolution.py and layers_pooling.py."""

import itertools

import onnxruntime

from layer_cases import *

VERSIONS["onnxruntime"] = onnxruntime.__version__


def windows(extent, size, stride, dilation, padding, pads, ceil_mode=False):
    """How many windows there are, and the padding at the start and at the end."""
    span = (size - 1) * dilation + 1
    if padding in ("same", "same_lower"):
        count = -(-extent // stride)
        total = max((count - 1) * stride + span - extent, 0)
        small, large = total // 2, total - total // 2
        return (count, small, large) if padding == "same" else (count, large, small)
    before, after = {"valid": (0, 0), "causal": (span - 1, 0), "explicit": pads}[padding]
    room = extent + before + after - span
    count = room // stride + 1
    if ceil_mode:
        # PyTorch's rule: round up, but no window begins in the padding at the end.
        count = -(-room // stride) + 1
        count -= (count - 1) * stride >= extent + before
    return count, before, after


def geometry(spatial, size, strides, dilation, padding, pads):
    rank = len(size)
    strides, dilation = strides or [1] * rank, dilation or [1] * rank
    sides = [(pads[i], pads[i + rank]) if pads else (0, 0) for i in range(rank)]
    return [windows(*axis) for axis in zip(spatial, size, strides, dilation, [padding] * rank, sides)], strides, dilation


def patches(x, size, strides, dilation, padding, pads):
    """What each window of x [n, spatial..., channels] sees: [n, windows..., positions, channels]."""
    axes, strides, dilation = geometry(x.shape[1:-1], size, strides, dilation, padding, pads)
    # More at the end than the padding, for strides that leave a rest.
    padded = np.pad(x, [(0, 0)] + [(before, after) for _, before, after in axes] + [(0, 0)])
    counts = [count for count, _, _ in axes]
    out = np.zeros([len(x), *counts, math.prod(size), x.shape[-1]], x.dtype)
    for place in itertools.product(*map(range, counts)):
        for k, offset in enumerate(itertools.product(*map(range, size))):
            at = tuple(p * s + o * d for p, s, o, d in zip(place, strides, offset, dilation))
            out[(slice(None), *place, k)] = padded[(slice(None), *at)]
    return out


def to_first(x):
    return np.ascontiguousarray(np.moveaxis(x, -1, 1))


def run_onnx(operator, inputs, attributes, opset, runtime=False):
    """An operator by onnx's reference evaluator, or by ONNX Runtime."""
    names = [f"x{i}" for i in range(len(inputs))]
    kind = onnx.helper.np_dtype_to_tensor_dtype(inputs[0].dtype)
    value = lambda n: onnx.helper.make_tensor_value_info(n, kind, None)
    node = onnx.helper.make_node(operator, names, ["y"], **attributes)
    graph = onnx.helper.make_graph([node], "g", [value(n) for n in names], [value("y")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=10)
    if runtime:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(None, dict(zip(names, inputs)))[0]
    return onnx.reference.ReferenceEvaluator(model).run(None, dict(zip(names, inputs)))[0]


def keras_run(layer, x, weights):
    layer.build(x.shape)
    layer.set_weights(weights)
    return to_numpy(layer(x))


def one_peer(expectations, data_format):
    """Our own expectations and one of the others, so that files stay small: Keras's for channels last, ONNX's for channels first.

    All of them have been compared by then, or are now.
    """
    own, peers = expectations[0], [e for e in expectations[1:] if e]
    for peer in peers:
        for mine, theirs in zip(own["outputs"], peer["outputs"], strict=True):
            assert mine.shape == theirs.shape and passes(mine, theirs, peer["tolerance"]).all()
    peers.sort(key=lambda e: (e["computed_by"]["framework"] == "keras") == (data_format == "channels_first"))
    return [own] + peers[:1]


def trimmed(fields, **defaults):
    """The settings that differ from their defaults."""
    defaults = {"depth_multiplier": 1, "data_format": "channels_last", "use_bias": True, **defaults}
    return {name: value for name, value in fields.items() if defaults.get(name) != value}
