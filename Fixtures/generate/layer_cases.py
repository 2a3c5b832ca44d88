"""What the scripts layers*.py share: they make Fixtures/layers, for each kind of layer inputs and the outputs of others.

Run them from anywhere, on a CPU with AVX2 and FMA, after `pip install -r layers-requirements.txt`:

    python Fixtures/generate/layers.py

Each script begins with `start(__file__, seed)`, writes its cases, and ends with `finish()`, which removes the older cases of its
kinds. Six oracles speak; each says its name in `computed_by`:

- numpy: the formula of the layer's documentation, written with NumPy's functions, in the element type. Its bits count where
  `tolerance` is empty: they are the same on every CPU with AVX2 (f32's exp, tanh, sums). Where they are not, f64's exp and
  np.dot, it has a tolerance, and the definition has none.
- definition: what spec/numerics.md writes, step by step in rational numbers, each step rounded once: f64's exp with NumPy around
  it, and inner products. On a CPU with AVX-512 the script demands that NumPy's exp has the same bits.
- exact: the formula in 60 digits (mpmath), rounded once. Where `tolerance` is "declared" the layer's own precision counts.
- keras: Keras on JAX on the CPU, which rounds in its own ways: `tolerance` is ours for it.
- onnx: the reference evaluator of the onnx package; onnxruntime, where that errs.

Before anything is written, NumPy's and the exact results are compared with Keras's under Keras's tolerance.
"""

import json
import math
import os
import platform
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
FLOATS = {"f32": np.float32, "f64": np.float64}
NAMES = {
    np.dtype(t): n for n, t in {
        **FLOATS, "f16": np.float16, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64, "u8": np.uint8,
        "u16": np.uint16, "u32": np.uint32, "u64": np.uint64, "bool": np.bool_,
    }.items()
}  # fmt: skip
VERSIONS = {m.__name__: m.__version__ for m in (np, keras, jax, mpmath, onnx)}

mpmath.mp.dps = 60
np.seterr(all="ignore")
rng = np.random.default_rng(0)
script, seed = "", 0
written = []


def start(path, new_seed):
    """Begins a script: its cases draw from a stream of their own."""
    global rng, script, seed
    assert cpu_features["X86_V3"], "NumPy must run its AVX2 paths"
    rng = np.random.default_rng(new_seed)
    script, seed = Path(path).name, new_seed


def finish():
    """Removes older cases of the kinds that the script wrote, and writes down what made these."""
    for folder in {path.parent for path in written}:
        for path in set(folder.iterdir()) - set(written):
            path.unlink()
    facts = {
        "script": f"Fixtures/generate/{script}", "seed": seed, "cases": len(written),
        "kinds": sorted({path.parent.name for path in written}), "python": platform.python_version(), "versions": VERSIONS,
        "machine": platform.machine(), "numpy_cpu_features": sorted(k for k, v in cpu_features.items() if v),
    }  # fmt: skip
    (ROOT / "made-by").mkdir(exist_ok=True)
    (ROOT / "made-by" / script.replace(".py", ".json")).write_text(json.dumps(facts, indent=2) + "\n")
    print(len(written), "cases")


# Files


def number(value):
    """A value as JSON says it: the shortest digits that give the same bits, and strings where JSON has no number."""
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.bool_):
        return bool(value)
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


def case(kind, name, inputs, expectations, fields=None, parameters=None, rows=True, seed=None, position=0):
    """Writes a case; `rows` says that each row of the outputs depends on the same row of each input alone.

    A run with a `seed` draws random numbers, for a layer at that `position` of its graph."""
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
    document = {"kind": kind, "fields": fields or {}, "rows": rows}
    if seed is not None:
        document |= {"seed": seed, "position": position}
    document["inputs"] = [tensor(i) for i in inputs]
    document["parameters"] = {role: tensor(value) for role, value in (parameters or {}).items()}
    document["expectations"] = [{**e, "outputs": [tensor(o) for o in e["outputs"]]} for e in expectations]
    folder = ROOT / kind
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    assert path not in written, f"two cases of {kind} are called {name}"
    path.write_text(layout(document) + "\n")
    written.append(path)


def layout(document):
    """JSON with one line for each tensor."""
    lines = []
    for key, value in document.items():
        if isinstance(value, list):
            items = ",\n    ".join(item(v) for v in value)
            lines.append(f'  "{key}": [\n    {items}\n  ]' if value else f'  "{key}": []')
        else:
            lines.append(f'  "{key}": {compact(value)}')
    return "{\n" + ",\n".join(lines) + "\n}"


def item(value):
    if "outputs" not in value:
        return compact(value)
    outputs = ",\n      ".join(compact(o) for o in value["outputs"])
    head = {k: v for k, v in value.items() if k != "outputs"}
    return compact(head)[:-1] + ', "outputs": [\n      ' + outputs + "\n    ]}"


def compact(value):
    """JSON without spaces behind commas: there are many numbers."""
    return json.dumps(value, allow_nan=False, separators=(",", ": "))


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


# Inner products


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


# Expectations


NUMPY, WITH_EXP, EXACT = "numpy", "definition", "exact"


def own_expectations(source, formula, x):
    if source == EXACT:
        return [expectation("exact", formula(x), "declared")]
    if source == NUMPY or x.dtype == np.float32:
        return [expectation("numpy", formula(x), {})]
    live = formula(x, np.exp)
    return [expectation("definition", formula(x), {}), expectation("numpy", live, {"ulps": 4})]
