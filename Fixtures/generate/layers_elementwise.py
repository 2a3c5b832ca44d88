"""Makes the cases of the functions of one number, of further activations and of prelu in Fixtures/layers. See layer_cases.py."""

from layer_cases import *

K = keras.activations
O = keras.ops


def onnx_run(operator, x, *more, opset=22, **attributes):
    """The reference evaluator's result for one operator."""
    names = ["x"] + [f"more{i}" for i in range(len(more))]
    node = onnx.helper.make_node(operator, names, ["y"], **attributes)
    value = lambda n, a: onnx.helper.make_tensor_value_info(n, onnx.helper.np_dtype_to_tensor_dtype(a.dtype), None)
    feeds = dict(zip(names, [x, *more]))
    graph = onnx.helper.make_graph([node], "g", [value(n, a) for n, a in feeds.items()], [value("y", x)])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)])
    return np.asarray(onnx.reference.ReferenceEvaluator(model).run(None, feeds)[0], x.dtype)


def operator(name, **attributes):
    return lambda x: onnx_run(name, x, **attributes)


def with_domain(function, low, high, bounds=(-np.inf, np.inf)):
    """`with_limits`, with NaN outside of the bounds and what overflows any type as infinity."""
    inside = lambda x: (x >= bounds[0]) & (x <= bounds[1])

    def apply(x):
        with np.errstate(all="ignore"):
            y = with_limits(function, low, high)(np.where(inside(x), x, x.dtype.type(bounds[1] if np.isfinite(bounds[1]) else 1)))
        return np.where(inside(x), y, x.dtype.type(np.nan))

    return apply


def growing(function, odd):
    """sinh and cosh, for which mpmath knows no overflow."""
    return lambda v: function(v) if abs(v) < 1000 else mpmath.mpf(10) ** 400 * (-1 if odd and v < 0 else 1)


def edges(function, at):
    """A function with an infinity at 1 and -1, or at 0."""
    return lambda v: mpmath.mpf(10) ** 400 * at[v] if v in at else function(v)


def log_exact(v):
    return -mpmath.mpf(10) ** 400 if v == 0 else mpmath.log(v)


def log_formula(x):
    return with_domain(log_exact, np.nan, np.inf, (0, np.inf))(x)


# The sources of f32's and f64's bits differ: NumPy's own log in f32.
LOG = "log"


def ours(source, formula, x):
    if source == LOG:
        if x.dtype == np.float32:
            return [expectation("numpy", np.log(x), {}), expectation("exact", log_formula(x), "declared")]
        return [expectation("exact", log_formula(x), "declared")]
    return own_expectations(source, formula, x)


def quarter_turns(dtype):
    """Angles near the multiples of pi/2, and the number of f64 that is nearest to one."""
    turns = np.arange(1, 9) * (np.pi / 2)
    far = [1e5, 1e10, 355.0, 103993.0, 6381956970095103.0 * 2.0**797 if dtype == np.float64 else 16367173.0 * 2.0**72]
    return np.concatenate([turns, -turns, np.pi / 2 * np.array([1e3 + 1, 1e6 + 3, 1e9 + 5]), far]).astype(dtype)


def small(dtype):
    return np.concatenate([s * np.array([2.0**-60, 2.0**-30, 1e-4, 0.03, 0.0624, 0.0626, 0.124, 0.126, 0.3]) for s in (1, -1)]).astype(dtype)


def share(dtype):
    return np.array([1 - 2.0**-20, 0.99, 0.9, 0.7071, 0.5, 0.25, 0.0625, 1e-3, -1e-3, -0.3, -0.5, -0.8, -0.999, 1, -1]).astype(dtype)


# kind, fields, source, formula, Keras, ONNX, further values.
UNARY = [
    ("sqrt", NUMPY, np.sqrt, O.sqrt, operator("Sqrt"), None),
    ("rsqrt", NUMPY, lambda x: 1 / np.sqrt(x), O.rsqrt, None, None),
    ("reciprocal", NUMPY, lambda x: 1 / x, O.reciprocal, operator("Reciprocal"), None),
    ("square", NUMPY, lambda x: x * x, O.square, None, None),
    ("abs", NUMPY, np.abs, O.abs, operator("Abs"), None),
    ("neg", NUMPY, np.negative, O.negative, operator("Neg"), None),
    ("sign", NUMPY, np.sign, O.sign, operator("Sign"), None),
    ("floor", NUMPY, np.floor, O.floor, operator("Floor"), None),
    ("ceil", NUMPY, np.ceil, O.ceil, operator("Ceil"), None),
    ("round", NUMPY, np.rint, O.round, operator("Round"), lambda t: (np.arange(-9, 10) / 2).astype(t)),
    ("log", LOG, None, O.log, operator("Log"), None),
    ("erf", EXACT, with_domain(lambda v: mpmath.erf(v), -1, 1), O.erf, None, small),
    ("sin", EXACT, with_domain(mpmath.sin, np.nan, np.nan), O.sin, operator("Sin"), quarter_turns),
    ("cos", EXACT, with_domain(mpmath.cos, np.nan, np.nan), O.cos, operator("Cos"), quarter_turns),
    ("tan", EXACT, with_domain(mpmath.tan, np.nan, np.nan), O.tan, operator("Tan"), quarter_turns),
    ("asin", EXACT, with_domain(mpmath.asin, np.nan, np.nan, (-1, 1)), O.arcsin, operator("Asin"), share),
    ("acos", EXACT, with_domain(mpmath.acos, np.nan, np.nan, (-1, 1)), O.arccos, operator("Acos"), share),
    ("atan", EXACT, with_domain(mpmath.atan, -np.pi / 2, np.pi / 2), O.arctan, operator("Atan"), small),
    ("sinh", EXACT, with_domain(growing(mpmath.sinh, True), -np.inf, np.inf), O.sinh, operator("Sinh"), small),
    ("cosh", EXACT, with_domain(growing(mpmath.cosh, False), np.inf, np.inf), O.cosh, operator("Cosh"), small),
    ("asinh", EXACT, with_domain(mpmath.asinh, -np.inf, np.inf), O.arcsinh, operator("Asinh"), small),
    ("acosh", EXACT, with_domain(mpmath.acosh, np.nan, np.inf, (1, np.inf)), O.arccosh, operator("Acosh"), lambda t: 1 / np.abs(small(t))),
    ("atanh", EXACT, with_domain(edges(mpmath.atanh, {1: 1, -1: -1}), np.nan, np.nan, (-1, 1)), O.arctanh, operator("Atanh"), share),
]  # fmt: skip


def unary():
    for kind, source, formula, theirs, onnx_operator, more in UNARY:
        for type_name, dtype in FLOATS.items():
            values = {shape: draw(extents, dtype) for shape, extents in SHAPES.items()}
            values["special"] = special(dtype)
            if more:
                values["edges"] = more(dtype)
            for shape, x in values.items():
                expectations = ours(source, formula, x)
                if shape not in ("special", "edges", "scalar") and x.size:
                    if shape != "primes":
                        own = to_numpy(theirs(jax.numpy.asarray(x)))
                        # Keras 3.15's floor, ceil and round compute f64 in f32.
                        if own.dtype == x.dtype:
                            expectations.append(expectation("keras", own, keras_tolerance(dtype, 32, 32)))
                    elif onnx_operator:
                        tolerance = {} if source == NUMPY else keras_tolerance(dtype, 8, 4)
                        expectations.append(expectation("onnx", onnx_operator(x), tolerance))
                case(kind, f"{shape}-{type_name}", x, expectations, rows=x.ndim > 0)


def by_type(figure, dtype):
    return mpmath.mpf(float(dtype.type(figure)))


def exact_celu(alpha):
    def apply(x):
        a = by_type(alpha, x.dtype)
        inner = lambda v: v if v >= 0 else a * (mpmath.expm1(v / a) if v / a > -800 else mpmath.mpf(-1))
        return with_limits(inner, -alpha, np.inf)(x)

    return apply


def exact_log_sigmoid(v):
    return v if v < -800 else -mpmath.log1p(mpmath.exp(-v)) if v < 800 else mpmath.mpf(0)


def limits(low, high):
    return lambda x: np.minimum(np.maximum(x, x.dtype.type(low)), x.dtype.type(high))


def shrink(lambd, bias):
    def apply(x):
        l, b = x.dtype.type(lambd), x.dtype.type(bias)
        return np.where(x > l, x - b, np.where(x < -l, x + b, np.where(np.isnan(x), x, x.dtype.type(0))))

    return apply


def threshold(limit, value):
    return lambda x: np.where(x <= x.dtype.type(limit), x.dtype.type(value), x)


def sparse_plus(x):
    quarter = x.dtype.type(0.25)
    return np.where(x <= -1, x.dtype.type(0), np.where(x < 1, quarter * ((x + 1) * (x + 1)), x))


def clip_onnx(low, high):
    def run(x):
        more = [np.array(v, x.dtype) for v in (low, high)]
        return onnx_run("Clip", x, *more, opset=13)

    return run


# kind, name of the setting, fields, source, formula, Keras, ONNX.
PARAMETRIC = [
    ("log_sigmoid", "", {}, EXACT, with_limits(exact_log_sigmoid, -np.inf, 0), K.log_sigmoid, None),
    ("hard_tanh", "", {}, NUMPY, limits(-1, 1), K.hard_tanh, None),
    ("tanh_shrink", "", {}, NUMPY, lambda x: x - np.tanh(x), K.tanh_shrink, None),
    ("sparse_plus", "", {}, NUMPY, sparse_plus, K.sparse_plus, None),
    ("sparse_sigmoid", "", {}, NUMPY, lambda x: limits(0, 1)(x.dtype.type(0.5) * (x + 1)), K.sparse_sigmoid, None),
]
for alpha in (1.0, 0.7, 2.5):
    fields = {} if alpha == 1.0 else {"alpha": alpha}
    PARAMETRIC.append(("celu", f"alpha-{alpha}", fields, EXACT, exact_celu(alpha), lambda x, a=alpha: K.celu(x, a), operator("Celu", alpha=alpha)))
for b in (4.0, 0.3, 0.0):
    fields = {} if b == 4.0 else {"b": b}
    formula = lambda x, b=b: x.dtype.type(0.5) * (x + np.sqrt(x * x + x.dtype.type(b)))
    PARAMETRIC.append(("squareplus", f"b-{b}", fields, NUMPY, formula, lambda x, b=b: K.squareplus(x, b), None))
for alpha in (1.0, 0.3, -0.7):
    fields = {} if alpha == 1.0 else {"alpha": alpha}
    # ONNX's attribute is f32.
    alpha = float(np.float32(alpha)) if alpha != 1.0 else alpha
    fields = {} if alpha == 1.0 else {"alpha": alpha}
    PARAMETRIC.append(("thresholded_relu", f"alpha-{alpha:.1f}", fields, NUMPY, threshold(alpha, 0), lambda x, a=alpha: K.threshold(x, a, 0), operator("ThresholdedRelu", alpha=alpha)))
for limit, value in ((0.3, 0.7), (-1.25, -20.0)):
    fields = {"threshold": limit, "value": value}
    PARAMETRIC.append(("threshold", f"{limit}-{value}", fields, NUMPY, threshold(limit, value), lambda x, l=limit, v=value: K.threshold(x, l, v), None))
for lambd, bias in ((0.5, 0.0), (1.5, 0.25), (0.25, 1.5)):
    fields = {**({} if lambd == 0.5 else {"lambd": lambd}), **({} if bias == 0.0 else {"bias": bias})}
    PARAMETRIC.append(("shrink", f"{lambd}-{bias}", fields, NUMPY, shrink(lambd, bias), None, operator("Shrink", lambd=lambd, bias=bias)))
for figure in (0.5, 0.75, 0.0):
    fields = {} if figure == 0.5 else {"threshold": figure}
    PARAMETRIC.append(("hard_shrink", f"{figure}", fields, NUMPY, shrink(figure, 0), lambda x, f=figure: K.hard_shrink(x, f), operator("Shrink", lambd=figure, bias=0.0)))
    PARAMETRIC.append(("soft_shrink", f"{figure}", fields, NUMPY, shrink(figure, figure), lambda x, f=figure: K.soft_shrink(x, f), operator("Shrink", lambd=figure, bias=figure)))
for name, low, high in (("both", -0.7, 1.3), ("low", -0.7, np.inf), ("high", -np.inf, 1.3), ("open", -np.inf, np.inf), ("crossed", 1.0, -1.0)):
    fields = {**({"min": low} if np.isfinite(low) else {}), **({"max": high} if np.isfinite(high) else {})}
    theirs = (lambda x, l=low, h=high: O.clip(x, l, h)) if name != "crossed" else None
    PARAMETRIC.append(("clip", name, fields, NUMPY, limits(low, high), theirs, clip_onnx(low, high)))


def parametric():
    seen = set()
    for kind, setting, fields, source, formula, theirs, onnx_operator in PARAMETRIC:
        shapes = {"batch3": SHAPES["batch3"]} if kind in seen else SHAPES
        seen.add(kind)
        for type_name, dtype in FLOATS.items():
            values = {shape: draw(extents, dtype) for shape, extents in shapes.items()}
            values["special"] = special(dtype)
            for shape, x in values.items():
                expectations = own_expectations(source, formula, x)
                # Keras drops a NaN in `threshold`, and its constants are f32.
                if theirs and shape not in ("special", "scalar") and x.size:
                    own = to_numpy(theirs(x))
                    # Keras 3.15 computes tanh in f32.
                    tolerance = keras_tolerance(np.float32 if kind == "tanh_shrink" else dtype)
                    if own.dtype == x.dtype:
                        expectations.append(expectation("keras", own, tolerance))
                if onnx_operator and shape in ("batch3", "primes"):
                    expectations.append(expectation("onnx", onnx_operator(x), {"absolute": 4 * float(np.finfo(np.float32).eps)}))
                name = "-".join(p for p in (setting, shape, type_name) if p)
                case(kind, name, x, expectations, fields, rows=x.ndim > 0)


def glu():
    for type_name, dtype in FLOATS.items():
        cases = [
            ("last", (3, 14), -1), ("middle", (2, 6, 5), 1), ("inner", (2, 3, 10), 2), ("first", (4, 3), 0), ("rank1", (6,), -1),
            ("empty", (0, 4), -1), ("hollow", (3, 0), -1), ("primes", (2, 3, 22, 7), -2),
        ]  # fmt: skip
        for name, shape, axis in cases:
            x = draw(shape, dtype)

            def formula(x, exp=exp):
                a, b = np.split(x, 2, axis)
                return a * (1 / (1 + exp(-b)))

            expectations = own_expectations(WITH_EXP, formula, x)
            if x.size:
                expectations.append(expectation("keras", to_numpy(K.glu(x, axis=axis)), keras_tolerance(dtype)))
            case("glu", f"{name}-{type_name}", x, expectations, {} if axis == -1 else {"axis": axis}, rows=axis not in (0, -len(shape)))


def prelu():
    for type_name, dtype in FLOATS.items():
        cases = [
            ("rank2", (3, 7), []), ("primes", (2, 3, 5, 7), []), ("channels-last", (2, 3, 5, 7), [1, 2]),
            ("channels-first", (2, 3, 5, 7), [2, 3]), ("one", (3, 5, 2), [1, 2]), ("middle", (3, 5, 4), [2]), ("outer", (3, 5, 4), [1]),
            ("batch1", (1, 11), []), ("empty", (0, 5), []), ("hollow", (2, 0, 3), [1]), ("rank1", (7,), []),
        ]  # fmt: skip
        for name, shape, shared in cases:
            x = draw(shape, dtype)
            extents = [1 if axis in shared else n for axis, n in enumerate(shape)][1:]
            alpha = draw(extents, dtype, 0.6)
            x.flat[:1] = -abs(x.flat[:1])
            own = np.where(x >= 0, x, alpha * x)
            expectations = [expectation("numpy", own, {})]
            if x.size and len(shape) > 1:
                layer = keras.layers.PReLU(shared_axes=shared or None, dtype=str(x.dtype))
                layer.build(x.shape)
                layer.set_weights([alpha])
                expectations.append(expectation("keras", to_numpy(layer(x)), keras_tolerance(dtype)))
                expectations.append(expectation("onnx", onnx_run("PRelu", x, alpha, opset=16), {}))
            fields = {"shared_axes": shared} if shared else {}
            case("prelu", f"{name}-{type_name}", x, expectations, fields, {"alpha": alpha})
        odd = special(dtype).reshape(5, 11)
        alpha = draw((11,), dtype, 0.6)
        alpha[:3] = [np.inf, 0, -0.0]
        case("prelu", f"special-{type_name}", odd, [expectation("numpy", np.where(odd >= 0, odd, alpha * odd), {})], {}, {"alpha": alpha})


start(__file__, 20261124)
unary()
parametric()
glu()
prelu()
finish()
