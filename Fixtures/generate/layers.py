"""Makes Fixtures/layers: for each kind of layer, inputs and the outputs that other implementations give.

Run it from anywhere, on a CPU with AVX2 and FMA, after `pip install -r layers-requirements.txt`:

    python Fixtures/generate/layers.py

Five oracles speak; each says its name in `computed_by`:

- numpy: the formula of the layer's documentation, written with NumPy's functions, in the element type. Its bits count where
  `tolerance` is empty: they are the same on every CPU with AVX2 (f32's exp, tanh, sums). Where they are not, f64's exp and
  np.dot, it has a tolerance, and the definition has none.
- definition: what spec/numerics.md writes, step by step in rational numbers, each step rounded once: f64's exp with NumPy around
  it, and inner products. On a CPU with AVX-512 the script demands that NumPy's exp has the same bits.
- exact: the formula in 60 digits (mpmath), rounded once. Where `tolerance` is "declared" the layer's own precision counts.
- keras: Keras on JAX on the CPU, which rounds in its own ways: `tolerance` is ours for it.
- onnx: the reference evaluator of the onnx package.

Before anything is written, NumPy's and the exact results are compared with Keras's under Keras's tolerance.
"""

import json
import math
import os
import platform
import shutil
from fractions import Fraction
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax

jax.config.update("jax_enable_x64", True)

import keras
import mpmath
import numpy as np
import onnx
import onnx.helper
import onnx.reference
from numpy._core._multiarray_umath import __cpu_features__ as cpu_features

ROOT = Path(__file__).resolve().parent.parent / "layers"
SEED = 20240611
FLOATS = {"f32": np.float32, "f64": np.float64}
NAMES = {np.dtype(t): n for n, t in {**FLOATS, "i32": np.int32, "i64": np.int64}.items()}
VERSIONS = {m.__name__: m.__version__ for m in (np, keras, jax, mpmath, onnx)}

mpmath.mp.dps = 60
np.seterr(all="ignore")
rng = np.random.default_rng(SEED)
written = 0


# Files


def number(value):
    """A value as JSON says it: the shortest digits that give the same bits, and strings where JSON has no number."""
    if isinstance(value, np.integer):
        return int(value)
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    shortest = float(str(value))
    assert type(value)(shortest).tobytes() == value.tobytes()
    return shortest


def tensor(array):
    array = np.asarray(array)
    return {"dtype": NAMES[array.dtype], "shape": list(array.shape), "values": [number(v) for v in array.ravel()]}


def expectation(framework, outputs, tolerance):
    outputs = [np.asarray(o) for o in (outputs if isinstance(outputs, list) else [outputs])]
    computed_by = {"framework": framework}
    if framework in VERSIONS:
        computed_by["version"] = VERSIONS[framework]
    return {"computed_by": computed_by, "tolerance": tolerance, "outputs": outputs}


def passes(found, expected, tolerance):
    """Whether each element is near enough: the rule of the format's `Tolerance`, less its bits."""
    found, expected = found.astype(np.float64), expected.astype(np.float64)
    near = (found == expected) | (np.isnan(found) & np.isnan(expected))
    near |= np.abs(found - expected) <= tolerance.get("absolute", 0)
    return near | (np.abs(found - expected) <= tolerance.get("relative", 0) * np.abs(expected))


def case(kind, name, inputs, expectations, fields=None, parameters=None, rows=True):
    """Writes a case; `rows` says that each row of the outputs depends on the same row of each input alone."""
    global written
    inputs = [np.asarray(i) for i in (inputs if isinstance(inputs, list) else [inputs])]
    ours = [e for e in expectations if e["computed_by"]["framework"] in ("numpy", "definition", "exact")]
    for theirs in expectations:
        if theirs["computed_by"]["framework"] != "keras":
            continue
        for own in ours:
            for mine, other in zip(own["outputs"], theirs["outputs"], strict=True):
                assert mine.dtype == other.dtype and mine.shape == other.shape, (kind, name, mine.shape, other.shape)
                near = passes(mine, other, theirs["tolerance"])
                assert near.all(), (kind, name, mine[~near], other[~near], [i[~near] for i in inputs if i.shape == near.shape])
    document = {"kind": kind, "fields": fields or {}, "rows": rows, "inputs": [tensor(i) for i in inputs]}
    document["parameters"] = {role: tensor(value) for role, value in (parameters or {}).items()}
    document["expectations"] = [{**e, "outputs": [tensor(o) for o in e["outputs"]]} for e in expectations]
    folder = ROOT / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(layout(document) + "\n")
    written += 1


def layout(document):
    """JSON with one line for each tensor."""
    lines = []
    for key, value in document.items():
        if isinstance(value, list):
            items = ",\n    ".join(item(v) for v in value)
            lines.append(f'  "{key}": [\n    {items}\n  ]' if value else f'  "{key}": []')
        else:
            lines.append(f'  "{key}": {json.dumps(value, allow_nan=False)}')
    return "{\n" + ",\n".join(lines) + "\n}"


def item(value):
    if "outputs" not in value:
        return json.dumps(value, allow_nan=False)
    outputs = ",\n      ".join(json.dumps(o, allow_nan=False) for o in value["outputs"])
    head = {k: v for k, v in value.items() if k != "outputs"}
    return json.dumps(head, allow_nan=False)[:-1] + ', "outputs": [\n      ' + outputs + "\n    ]}"


# Values


def draw(shape, dtype, scale=2.5):
    """Values around 0.3, so that no sign and no order is like another."""
    return (rng.standard_normal(shape) * scale + 0.3).astype(dtype)


def special(dtype):
    info = np.finfo(dtype)
    # For f32, on both sides of exp's overflow at 88.72 and of its underflow at -103.97; for f64, 709.78 and -745.13.
    values = [0.0, 0.5, 1.0, 2.5, 3.0, 6.0, 6.5, 17.0, 38.0, 88.5, 89.0, 103.5, 105.0, 700.0, 709.5, 710.0, 744.0, 746.0]
    values += [1e-3, 1e-8, 1e-20, 1e18, 1e30, info.max, info.tiny, info.smallest_subnormal, np.inf]
    values = np.array(values).astype(dtype)
    return np.concatenate([values, -values, np.array([np.nan], dtype)])


SHAPES = {
    "rank1": (7,), "batch1": (1, 11), "batch3": (3, 19), "primes": (2, 3, 5, 7), "empty": (0, 5), "scalar": (),
}


def keras_tolerance(dtype, ulps=8, absolute=8):
    eps = float(np.finfo(dtype).eps)
    return {"relative": ulps * eps, "absolute": absolute * eps}


def to_numpy(value):
    return np.asarray(keras.ops.convert_to_numpy(value))


# Functions of one number


def rounded(function):
    """A function of mpmath, rounded once, on arrays; NaN and infinity as `limits` of the function say."""

    def apply(x):
        out = np.empty_like(x)
        for index, value in np.ndenumerate(x):
            out[index] = nearest(function(mpmath.mpf(float(value))), x.dtype) if np.isfinite(value) else np.nan
        return out

    return apply


def nearest(value, dtype):
    """An mpmath number rounded once to the type."""
    if value == 0:
        return dtype.type(0)
    info = np.finfo(dtype)
    bits = info.nmant + 1
    exponent = max(int(mpmath.floor(mpmath.log(abs(value), 2))), info.minexp)
    unit = mpmath.mpf(2) ** (exponent - bits + 1)
    steps = int(mpmath.nint(value / unit))
    scaled = mpmath.mpf(steps) * unit
    if abs(scaled) > mpmath.mpf(float(info.max)):
        return dtype.type(math.copysign(math.inf, scaled))
    return dtype.type(float(scaled))


def with_limits(function, low, high):
    """`function` of finite numbers, with values for -infinity and infinity and NaN for NaN; a zero keeps its sign."""

    def apply(x):
        out = rounded(function)(x)
        out = np.where(x == -np.inf, x.dtype.type(low), out)
        out = np.where(x == np.inf, x.dtype.type(high), out)
        return np.where((x == 0) & (out == 0), np.copysign(out, x), out).astype(x.dtype)

    return apply


def fma64(a, b, c):
    """a * b + c of doubles, rounded once."""
    return to_f64(Fraction(a) * Fraction(b) + Fraction(c))


def to_f64(value):
    """A rational number rounded once to f64."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


EXP_L, EXP_S = float.fromhex("0x1.71547652b82fep+0"), 1.5 * 2.0**48
EXP_LN2 = [float.fromhex(h) for h in ("0x1.62e42fefa39efp-1", "0x1.abc9e3b39803fp-56")]
EXP_C = [float.fromhex(h) for h in (
    "0x1.fffffffffff70p-1", "0x1.000000000d008p-1", "0x1.5555553939732p-3", "0x1.55557242d68fep-5", "0x1.1101cbbc265c0p-7",
    "0x1.7411836940c04p-10")]
EXP_HEAD = [float(mpmath.mpf(2) ** (mpmath.mpf(j) / 16)) for j in range(16)]
EXP_TAIL = [float(mpmath.mpf(2) ** (mpmath.mpf(j) / 16) / EXP_HEAD[j] - 1) for j in range(16)]


def defined_exp(x):
    """exp of a double as spec/numerics.md defines it."""
    if math.isnan(x):
        return x
    if abs(x) > 800:
        return math.inf if x > 0 else 0.0
    n = fma64(x, EXP_L, EXP_S) - EXP_S
    if fma64(x, EXP_L, -n) < 0:
        n -= 1 / 16
    j, m = int(16 * n) % 16, math.floor(n)
    r = fma64(-n, EXP_LN2[1], fma64(-n, EXP_LN2[0], x))
    c1, c2, c3, c4, c5, c6 = EXP_C
    p56, p34, p12, r2 = fma64(r, c6, c5), fma64(r, c4, c3), fma64(r, c2, c1), r * r
    p = fma64(r2, fma64(r2, p56, p34), p12)
    p = fma64(p, r, EXP_TAIL[j])
    return to_f64(Fraction(fma64(EXP_HEAD[j], p, EXP_HEAD[j])) * Fraction(2) ** m)


def exp(x):
    """NumPy's exp in f32, and in f64 the definition, which is NumPy's on AVX-512 but for subnormal results."""
    if x.dtype == np.float32:
        return np.exp(x)
    y = np.array([defined_exp(float(v)) for v in x.ravel()]).reshape(x.shape)
    if cpu_features["X86_V4"]:
        normal = ~((x < -708.39) & (x > -745.14))
        assert np.array_equal(np.exp(x)[normal], y[normal], equal_nan=True)
    return y


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
NUMPY, WITH_EXP, EXACT = "numpy", "definition", "exact"
ELEMENTWISE = [
    ("linear", "", {}, NUMPY, lambda x: x.copy(), activation("linear")),
    ("dropout", "half", {"rate": 0.5}, NUMPY, lambda x: x.copy(), lambda x: keras.layers.Dropout(0.5, dtype=str(x.dtype))(x)),
    ("dropout", "none", {"rate": 0.0}, NUMPY, lambda x: x.copy(), lambda x: keras.layers.Dropout(0.0, dtype=str(x.dtype))(x)),
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


def own_expectations(source, formula, x):
    if source == EXACT:
        return [expectation("exact", formula(x), "declared")]
    if source == NUMPY or x.dtype == np.float32:
        return [expectation("numpy", formula(x), {})]
    live = formula(x, np.exp)
    return [expectation("definition", formula(x), {}), expectation("numpy", live, {"ulps": 4})]


def elementwise():
    seen = set()
    for kind, setting, fields, source, formula, layer in ELEMENTWISE:
        shapes = {"batch3": SHAPES["batch3"]} if kind in seen else SHAPES
        seen.add(kind)
        for type_name, dtype in FLOATS.items():
            values = {shape: draw(extents, dtype) for shape, extents in shapes.items()}
            values["special"] = special(dtype)
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


def to_f32(value):
    """A rational number rounded once to f32."""
    near = np.float32(float(value))
    candidates = [near, np.nextafter(near, np.float32(-np.inf)), np.nextafter(near, np.float32(np.inf))]
    return min(candidates, key=lambda c: (abs(value - Fraction(float(c))), int(c.view(np.int32)) & 1))


def fma(a, b, c, dtype):
    value = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    return to_f32(value) if dtype == np.float32 else np.float64(to_f64(value))


def chain(x, weights, biases):
    """The inner products as spec/numerics.md defines them: one chain in each run of 256, the runs added in order."""
    rows = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
    out = np.zeros((len(rows), weights.shape[1]), x.dtype)
    for r, row in enumerate(rows):
        for c in range(weights.shape[1]):
            total = x.dtype.type(0)
            for start in range(0, len(row), 256):
                acc = x.dtype.type(0)
                for k in range(start, min(start + 256, len(row))):
                    acc = fma(row[k], weights[k, c], acc, x.dtype)
                total = acc if start == 0 else total + acc
            out[r, c] = total if biases is None else total + biases[c]
    return out.reshape(x.shape[:-1] + (weights.shape[1],))


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


assert cpu_features["X86_V3"], "NumPy must run its AVX2 paths"
shutil.rmtree(ROOT, ignore_errors=True)
elementwise()
axes()
dense()
moves()
(ROOT / "made-by.json").write_text(
    json.dumps(
        {
            "script": "Fixtures/generate/layers.py", "seed": SEED, "cases": written, "python": platform.python_version(), "versions": VERSIONS,
            "machine": platform.machine(), "numpy_cpu_features": sorted(k for k, v in cpu_features.items() if v),
        },
        indent=2) + "\n")
print(written, "cases")
