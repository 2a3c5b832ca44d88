"""Makes the cases of the first kinds of layers in Fixtures/layers: activations, dense, shapes and merging. See layer_cases.py."""

from layer_cases import *
from onnx_node import onnx_node

def sigmoid(x, exp=exp):
    return 1 / (1 + exp(-x))


def gelu_tanh(x):
    t = x.dtype.type
    inner = t(np.sqrt(2 / np.pi)) * (x + t(0.044715) * (x * x * x))
    return x * (t(0.5) * (1 + np.tanh(inner)))


def clip01(x):
    return np.minimum(np.maximum(x, x.dtype.type(0)), x.dtype.type(1))


def by_type(figure, dtype):
    return mpmath.mpf(float(dtype.type(figure)))


SELU_ALPHA = mpmath.mpf("1.6732632423543772848170429916717")
SELU_SCALE = mpmath.mpf("1.0507009873554804934193349852946")


def exact_expm1(v):
    return mpmath.expm1(v) if v > -800 else mpmath.mpf(-1)


def exact_elu(alpha):
    def apply(x):
        a = by_type(alpha, x.dtype)
        return with_limits(lambda v: v if v >= 0 else a * exact_expm1(v), -alpha, np.inf)(x)

    return apply


def exact_softplus(v):
    return v if v > 800 else mpmath.log1p(mpmath.exp(v)) if v > -800 else mpmath.mpf(0)


def exact_gelu(v):
    return v if v > 60 else v / 2 * mpmath.erfc(-v / mpmath.sqrt(2)) if v > -60 else mpmath.mpf(0)


def activation(name):
    return lambda x: keras.layers.Activation(name, dtype=str(x.dtype))(x)


def hard_sigmoid_onnx(x):
    node = onnx.helper.make_node("HardSigmoid", ["x"], ["y"])
    kind = onnx.helper.np_dtype_to_tensor_dtype(x.dtype)
    value = lambda n: onnx.helper.make_tensor_value_info(n, kind, None)
    graph = onnx.helper.make_graph([node], "g", [value("x")], [value("y")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)])
    return onnx.reference.ReferenceEvaluator(model).run(None, {"x": x})[0]


def leaky(slope):
    return lambda x: np.where(x >= 0, x, x.dtype.type(slope) * x)


# kind, name of the setting, fields, formula in NumPy (bits) or in 60 digits, Keras.
ELEMENTWISE = [
    ("linear", "", {}, NUMPY, lambda x: x.copy(), activation("linear")),
    # Two that are elsewhere now: their draws are left in the stream, so that the cases behind them stay what they are.
    ("dropout", "half", None, NUMPY, None, None),
    ("dropout", "none", None, NUMPY, None, None),
    ("relu", "", {}, NUMPY, lambda x: np.maximum(x, 0), activation("relu")),
    ("relu6", "", {}, NUMPY, lambda x: np.minimum(np.maximum(x, 0), 6), activation("relu6")),
    ("exponential", "", {}, WITH_EXP, lambda x, exp=exp: exp(x), activation("exponential")),
    ("sigmoid", "", {}, WITH_EXP, sigmoid, activation("sigmoid")),
    ("tanh", "", {}, NUMPY, np.tanh, activation("tanh")),
    ("silu", "", {}, WITH_EXP, lambda x, exp=exp: x * sigmoid(x, exp), activation("silu")),
    ("softsign", "", {}, NUMPY, lambda x: x / (1 + np.abs(x)), activation("softsign")),
    ("hard_swish", "", {}, NUMPY, lambda x: x * clip01(x / 6 + x.dtype.type(0.5)), activation("hard_silu")),
    ("hard_sigmoid", "keras3", {"definition": "keras3"}, NUMPY, lambda x: clip01(x / 6 + x.dtype.type(0.5)), activation("hard_sigmoid")),
    ("hard_sigmoid", "keras2", {"definition": "keras2"}, NUMPY, lambda x: clip01(x.dtype.type(0.2) * x + x.dtype.type(0.5)), None),
    ("gelu", "tanh", {"approximate": "tanh"}, NUMPY, gelu_tanh, lambda x: keras.activations.gelu(x, approximate=True)),
    ("gelu", "none", {"approximate": "none"}, EXACT, with_limits(exact_gelu, np.nan, np.inf), lambda x: keras.activations.gelu(x, approximate=False)),
    ("selu", "", {}, EXACT, with_limits(lambda v: SELU_SCALE * (v if v >= 0 else SELU_ALPHA * exact_expm1(v)), -float(SELU_SCALE * SELU_ALPHA), np.inf), activation("selu")),
    ("softplus", "", {}, EXACT, with_limits(exact_softplus, 0, np.inf), activation("softplus")),
    ("mish", "", {}, EXACT, with_limits(lambda v: v * mpmath.tanh(exact_softplus(v)), np.nan, np.inf), activation("mish")),
]
for slope in (0.3, 0.0, 0.01, 1.5):
    layer = lambda x, s=slope: keras.layers.LeakyReLU(negative_slope=s, dtype=str(x.dtype))(x)
    fields = {} if slope == 0.3 else {"negative_slope": slope}
    ELEMENTWISE.append(("leaky_relu", f"slope-{slope}", fields, NUMPY, leaky(slope), layer))
for alpha in (1.0, 0.7, 2.5):
    layer = lambda x, a=alpha: keras.layers.ELU(alpha=a, dtype=str(x.dtype))(x)
    fields = {} if alpha == 1.0 else {"alpha": alpha}
    ELEMENTWISE.append(("elu", f"alpha-{alpha}", fields, EXACT, exact_elu(alpha), layer))


def elementwise():
    seen = set()
    for kind, setting, fields, source, formula, layer in ELEMENTWISE:
        shapes = {"batch3": SHAPES["batch3"]} if kind in seen else SHAPES
        seen.add(kind)
        for type_name, dtype in FLOATS.items():
            values = {shape: draw(extents, dtype) for shape, extents in shapes.items()}
            values["special"] = special(dtype)
            if fields is None:
                continue
            for shape, x in values.items():
                expectations = own_expectations(source, formula, x)
                # Keras 3.15's tanh computes f64 in f32.
                if layer and shape != "scalar" and (kind, type_name) != ("tanh", "f64"):
                    expectations.append(expectation("keras", to_numpy(layer(x)), keras_tolerance(dtype)))
                if setting == "keras2":
                    # ONNX keeps the factor 0.2 in f32, whatever the input is.
                    expectations.append(expectation("onnx", hard_sigmoid_onnx(x), {"relative": 1e-6, "absolute": 2e-8}))
                name = "-".join(p for p in (setting, shape, type_name) if p)
                case(kind, name, x, expectations, fields, rows=x.ndim > 0)


# Layers along an axis


def softmax(x, axis, exp=exp):
    e = exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def exact_log_softmax(x, axis):
    def line(row):
        if not np.isfinite(row).all():
            greatest = row.max()
            if np.isnan(greatest) or np.isinf(greatest):
                return np.full_like(row, np.nan)
        terms = [mpmath.mpf(float(v)) if np.isfinite(v) else None for v in row]
        total = mpmath.log(mpmath.fsum(mpmath.exp(t) for t in terms if t is not None))
        return np.array([nearest(t - total, x.dtype) if t is not None else -np.inf for t in terms], x.dtype)

    return np.apply_along_axis(line, axis, x) if x.size else x.copy()


def axes():
    shapes = {**SHAPES, "long": (3, 131), "longer": (2, 257)}
    del shapes["scalar"]
    for type_name, dtype in FLOATS.items():
        odd = np.array([[0, 1, -np.inf], [1, np.inf, 2], [np.nan, 0, 1], [-np.inf] * 3, [1000, 1001, -1000], [-0.0, 0.0, -0.0]], dtype)
        values = [(shape, draw(extents, dtype)) for shape, extents in shapes.items()] + [("special", odd)]
        for shape, x in values:
            for axis in sorted({-1, *range(x.ndim)} if shape in ("primes", "batch3") else {-1}):
                fields = {} if axis == -1 else {"axis": axis}
                name = f"axis{axis}-{shape}-{type_name}".replace("axis-1", "last")
                rows = axis not in (0, -x.ndim)
                for kind, source, formula, theirs in (
                    ("softmax", WITH_EXP, lambda x, exp=exp: softmax(x, axis, exp), keras.ops.softmax),
                    ("log_softmax", EXACT, lambda x: exact_log_softmax(x, axis), keras.ops.log_softmax),
                ):
                    own = own_expectations(source, formula, x)
                    result = to_numpy(theirs(x, axis=axis))
                    case(kind, name, x, own + [expectation("keras", result, keras_tolerance(dtype, 16, 16))], fields, rows=rows)


# Dense


def keras_dense(x, weights, biases):
    layer = keras.layers.Dense(weights.shape[1], use_bias=biases is not None, dtype=str(x.dtype))
    layer.build(x.shape)
    layer.set_weights([weights] if biases is None else [weights, biases])
    return to_numpy(layer(x))


def dense():
    # Where the last is true, np.dot in f64 is the definition bit for bit on AVX-512 (spec/numerics.md).
    shapes = [
        ("example-hidden", (1, 2), 2, True), ("example-output", (1, 2), 1, True), ("square", (1, 3), 3, True),
        ("one-output", (1, 8), 1, True), ("batch3", (3, 7), 5, True), ("small-kernel", (2, 256), 8, True),
        ("primes", (2, 3, 5, 7), 11, False), ("rank1", (7,), 5, False), ("rank3", (2, 3, 5), 7, False),
        ("two-runs", (3, 257), 2, False), ("three-runs", (1, 599), 3, False), ("empty", (0, 5), 3, False),
        ("no-depth", (3, 0), 2, False),
    ]
    for type_name, dtype in FLOATS.items():
        for name, shape, units, numpy_agrees in shapes:
            for use_bias in (True, False):
                x = draw(shape, dtype, 1.5)
                weights, biases = draw((shape[-1], units), dtype, 0.7), draw((units,), dtype)
                parameters = {"weights": weights, "biases": biases} if use_bias else {"weights": weights}
                biases = biases if use_bias else None
                expectations = []
                expectations.append(expectation("definition", chain(x, weights, biases), {}))
                if numpy_agrees and dtype == np.float64:
                    dot = np.dot(x, weights)
                    own = expectations[0]["outputs"][0]
                    live = dot if biases is None else dot + biases
                    assert np.array_equal(live, own) or not cpu_features["X86_V4"]
                    if np.array_equal(live, own):
                        expectations.append(expectation("numpy", live, {}))
                    else:
                        print("np.dot has other bits than the definition:", name)
                if len(shape) > 1 and shape[-1] > 0:
                    size = float(np.abs(x).reshape(-1, shape[-1]).sum(axis=1).max(initial=1) * np.abs(weights).max(initial=1))
                    bound = {"absolute": float(np.finfo(dtype).eps) * size}
                    expectations.append(expectation("keras", keras_dense(x, weights, biases), bound))
                fields = {"units": units} if use_bias else {"units": units, "use_bias": False}
                case("dense", f"{name}{'' if use_bias else '-without-bias'}-{type_name}", x, expectations, fields, parameters, rows=len(shape) > 1)
        x = np.array([[np.inf, 1], [np.nan, 1], [-0.0, 0.0], [np.finfo(dtype).max, np.finfo(dtype).max]], dtype)
        weights, biases = np.array([[1.5, -0.5], [2.0, 0.0]], dtype), np.array([-0.0, 0.25], dtype)
        case(
            "dense", f"special-{type_name}", x, [expectation("numpy", np.dot(x, weights) + biases, {})], {"units": 2},
            {"weights": weights, "biases": biases})


# Shapes and merging


def moves():
    for type_name, dtype in {**FLOATS, "i32": np.int32, "i64": np.int64}.items():
        values = lambda shape: draw(shape, dtype, 9.0)
        keras_type = str(np.dtype(dtype)) if np.dtype(dtype).kind == "f" else None

        def both(own, layer, *inputs, needs_batch=True):
            expectations = [expectation("numpy", own, {})]
            if keras_type and needs_batch:
                result = layer(inputs[0] if len(inputs) == 1 else list(inputs))
                expectations.append(expectation("keras", to_numpy(result), {}))
            return expectations

        for name, shape in {"rank1": (5,), "rank2": (3, 7), "primes": (2, 3, 5, 7), "empty": (0, 3, 5), "hollow": (2, 0, 5)}.items():
            x = values(shape)
            flat = x.reshape(len(x), math.prod(shape[1:]))
            layer = keras.layers.Flatten(dtype=keras_type or "float32")
            case("flatten", f"{name}-{type_name}", x, both(flat, layer, x, needs_batch=len(x) > 0 and len(shape) > 1))
        for name, shape, target in [
            ("swap", (2, 3, 5), [5, 3]), ("rest-last", (2, 3, 5, 7), [7, -1]), ("rest-first", (3, 14), [-1, 2]), ("join", (2, 3, 5), [-1]),
            ("split", (1, 30), [2, 3, 5]), ("nothing", (5, 1), []), ("from-rank1", (5,), [1, 1]), ("empty", (0, 6), [2, 3]), ("hollow", (2, 0), [3, 0]),
        ]:
            x = values(shape)
            own = x.reshape([len(x)] + [math.prod(shape[1:]) // -math.prod(target) if t == -1 else t for t in target])
            layer = keras.layers.Reshape(target, dtype=keras_type or "float32")
            ok = len(x) > 0 and len(shape) > 1 and name not in ("nothing", "hollow")
            case("reshape", f"{name}-{type_name}", x, both(own, layer, x, needs_batch=ok), {"target_shape": target})
        for name, shapes, axis in [
            ("last", [(2, 3, 5), (2, 3, 7)], -1), ("middle", [(2, 3, 5), (2, 1, 5), (2, 7, 5)], 1), ("first", [(2, 3), (5, 3)], 0),
            ("first-by-end", [(3, 7), (2, 7)], -2), ("rank1", [(2,), (3,)], 0), ("single", [(3, 5)], -1), ("empty", [(0, 3), (0, 2)], -1), ("hollow", [(2, 3), (2, 0)], -1),
        ]:
            inputs = [values(s) for s in shapes]
            layer = keras.layers.Concatenate(axis=axis, dtype=keras_type or "float32")
            ok = len(inputs) > 1 and inputs[0].ndim > 1 and inputs[0].size > 0 and axis not in (0, -2)
            rows = axis not in (0, -inputs[0].ndim)
            fields = {} if axis == -1 else {"axis": axis}
            case("concatenate", f"{name}-{type_name}", inputs, both(np.concatenate(inputs, axis), layer, *inputs, needs_batch=ok), fields, rows=rows)
    for type_name, dtype in FLOATS.items():
        for name, shapes in {
            "two": [(3, 5), (3, 5)], "three": [(2, 3, 5, 7)] * 3, "row": [(2, 3, 5), (5,)], "row-first": [(5,), (2, 3, 5)],
            "outer": [(3, 1), (1, 5)], "middle": [(2, 3, 5), (2, 1, 5)], "column": [(2, 3, 5), (2, 3, 1)], "mixed": [(3, 1, 7), (2, 1, 5, 1), (1, 3, 1, 1)],
            "scalar": [(2, 3), ()], "scalars": [(), ()], "rank1": [(7,), (7,)], "empty": [(0, 5), (5,)], "hollow": [(2, 1), (2, 0)], "growing": [(1,), (3,), (2, 3)],
        }.items():
            inputs = [draw(s, dtype) for s in shapes]
            own = inputs[0]
            for x in inputs[1:]:
                own = own + x
            ranks = {x.ndim for x in inputs}
            rows = len(ranks) == 1 and 0 not in ranks and len({len(x) for x in inputs}) == 1
            expectations = [expectation("numpy", own, {})]
            if rows and own.size:
                layer = keras.layers.Add(dtype=str(np.dtype(dtype)))
                expectations.append(expectation("keras", to_numpy(layer([jax.numpy.asarray(x) for x in inputs])), {}))
            case("add", f"{name}-{type_name}", inputs, expectations, rows=rows)
        odd = special(dtype)
        case("add", f"special-{type_name}", [odd, odd[::-1].copy()], [expectation("numpy", odd + odd[::-1], {})])
    for type_name, dtype in {**FLOATS, "i64": np.int64}.items():
        for name, shape, axis in [("before-all", (2, 3, 5), 0), ("middle", (2, 3, 5, 7), 2), ("behind-all", (2, 3, 5), 3), ("from-the-end", (2, 3, 5), -1), ("least", (2, 3), -2), ("empty", (0, 3, 5), 2)]:
            x = draw(shape, dtype, 9.0)
            own = x.reshape(math.prod(shape[:axis]), math.prod(shape[axis:]))
            expectations = [expectation("numpy", own, {})]
            if x.size:
                expectations.append(expectation("onnx", onnx_node("Flatten", x, axis=axis), {}))
                assert np.array_equal(own, expectations[1]["outputs"][0])
            case("flatten", f"axis-{name}-{type_name}", x, expectations, {"axis": axis}, rows=False)
        for name, shape, target, keeps, copies, wanted in [
            ("whole", (2, 3, 5), [5, 6], False, False, (5, 6)), ("whole-rest", (2, 3, 5), [-1, 3], False, False, (10, 3)), ("whole-scalar", (1, 1), [], False, False, ()), ("from-scalar", (), [1, 1], False, False, (1, 1)),
            ("whole-empty", (0, 6), [-1, 2, 3], False, False, (0, 2, 3)), ("copied", (2, 3, 5, 7), [0, -1, 5], False, True, (2, 21, 5)), ("copied-inner", (2, 3, 5, 7), [-1, 0, 3], True, True, (2, 7, 5, 3)),
            ("all-copied", (2, 3, 5), [0, 0, 0, 1], False, True, (2, 3, 5, 1)), ("copied-empty", (0, 3, 5), [0, -1], False, True, (0, 15)), ("copied-behind", (3, 2, 5), [0, 5, -1], True, True, (3, 2, 5, 1)),
            ("zeros", (2, 0), [0, 3], True, False, (2, 0, 3)), ("whole-zeros", (2, 0), [5, 0], False, False, (5, 0)),
        ]:
            x = draw(shape, dtype, 9.0)
            own = x.reshape(wanted)
            expectations = [expectation("numpy", own, {})]
            if not keeps and 0 not in shape:
                theirs = onnx_node("Reshape", x, np.array(target, np.int64), allowzero=0 if copies else 1)
                assert np.array_equal(own, theirs) and own.shape == theirs.shape
                expectations.append(expectation("onnx", theirs, {}))
            fields = {"target_shape": target} | ({} if keeps else {"keeps_batch": False}) | ({"zero_copies": True} if copies else {})
            case("reshape", f"{name}-{type_name}", x, expectations, fields, rows=keeps)


def rectifier(most, slope, threshold):
    """relu with its settings, as Keras 3 writes it, but that a NaN stays one."""

    def apply(x):
        m, a, t = (x.dtype.type(v) for v in (most, slope, threshold))
        if slope and threshold == 0 and np.isinf(most):
            return np.where(x >= 0, x, a * x)
        p = np.where(x <= t, x.dtype.type(0), x) if threshold else np.maximum(x, 0)
        p = np.minimum(np.maximum(p, 0), m)
        return p - a * np.maximum(t - x, 0) if slope else p

    return apply


def rectifiers():
    """Every setting of relu alone and with the others."""
    for most, slope, threshold in [
        (6.0, 0, 0), (1.7, 0, 0), (0.0, 0, 0), (np.inf, 0.3, 0), (np.inf, 0, 0.7), (2.1, 0.3, 0), (2.1, 0, 0.7),
        (np.inf, 0.3, 0.7), (2.1, 0.3, 0.7), (0.4, 1.5, 0.7),
    ]:
        fields = {"max_value": most} if np.isfinite(most) else {}
        fields |= ({"negative_slope": slope} if slope else {}) | ({"threshold": threshold} if threshold else {})
        for type_name, dtype in FLOATS.items():
            for shape, x in (("batch3", draw((3, 7), dtype)), ("special", special(dtype)), ("empty", draw((0, 5), dtype))):
                if shape == "empty" and slope * threshold != 0.3 * 0.7:
                    continue
                x = np.concatenate([x, np.array([threshold, most, -threshold], dtype)]) if shape == "special" else x
                own = rectifier(most, slope, threshold)(x)
                layer = keras.layers.ReLU(max_value=fields.get("max_value"), negative_slope=slope, threshold=threshold, dtype=str(x.dtype))
                expectations = [expectation("numpy", own, {})]
                # Keras has 0 for NaN where there is a threshold, and loses a product of infinity by 0 in another order.
                if shape != "special":
                    expectations.append(expectation("keras", to_numpy(layer(x)), keras_tolerance(dtype)))
                case("relu", f"max-{most}-slope-{slope}-threshold-{threshold}-{shape}-{type_name}", x, expectations, fields)


start(__file__, 20240611)
elementwise()
axes()
dense()
moves()
rectifiers()
finish()
