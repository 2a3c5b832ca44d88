"""Makes Fixtures/networks/dense.json: what small networks of dense layers give.

    python networks.py > ../networks/dense.json

Weights, biases and inputs are not stored: both sides draw them from one splitmix64 stream, in the order weights and biases of
each layer, then the input. A draw is (next >> 11) * 2**-52 - 1, times a scale that is a power of two, rounded to the type.

Inner products and the f64 exp follow spec/numerics.md, here in exact fractions, each step rounded once, so that the result
does not depend on the machine. Everything else is NumPy's own arithmetic: elementary functions that are the same on AVX2 and
AVX-512, sums, quotients. On a machine where NumPy has its AVX-512 paths the script insists that its matrix product and np.exp
have the same bits where spec/numerics.md says so; the file says whether that was checked.
"""
import json
import math
import sys
from fractions import Fraction

import mpmath
import numpy as np
from numpy._core._multiarray_umath import __cpu_features__ as features


class Stream:
    def __init__(self, seed):
        self.state = seed

    def draw(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & (2**64 - 1)
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
        return ((z ^ (z >> 31)) >> 11) * 2.0**-52 - 1

    def array(self, shape, dtype, scale=1.0):
        values = [self.draw() * scale for _ in range(int(np.prod(shape)))]
        return np.array(values, dtype=np.float64).reshape(shape).astype(dtype)


def round_to(value, dtype):
    """A fraction, rounded to the nearest number of the type, ties to even."""
    if dtype == np.float64:
        return float(value)
    near = np.float32(float(value))
    # The double may have been rounded onto a tie: compare the neighbours exactly.
    candidates = [near, np.nextafter(near, np.float32(np.inf)), np.nextafter(near, np.float32(-np.inf))]
    candidates = [c for c in candidates if np.isfinite(c)]
    return min(candidates, key=lambda c: (abs(Fraction(float(c)) - value), int(c.view(np.uint32)) & 1))


def inner(a, b, dtype):
    total = None
    for start in range(0, len(a), 256):
        acc = dtype(0)
        for x, y in zip(a[start : start + 256], b[start : start + 256]):
            if x == 0 or y == 0:
                acc = dtype(acc + dtype(x * y))
                continue
            exact = Fraction(float(x)) * Fraction(float(y)) + Fraction(float(acc))
            acc = dtype(round_to(exact, dtype)) if exact != 0 else dtype(0)
        total = acc if total is None else dtype(total + acc)
    return total


def product(x, w):
    return np.array([[inner(row, column, x.dtype.type) for column in w.T] for row in x], dtype=x.dtype)


mpmath.mp.prec = 200
TH = [float(mpmath.mpf(2) ** (mpmath.mpf(j) / 16)) for j in range(16)]
TL = [float(mpmath.mpf(2) ** (mpmath.mpf(j) / 16) / TH[j] - 1) for j in range(16)]
LOG2E, LN2_HI, LN2_LO, C6, C5, C4, C3, C2, C1 = map(
    float.fromhex,
    "0x1.71547652b82fep+0 0x1.62e42fefa39efp-1 0x1.abc9e3b39803fp-56 0x1.7411836940c04p-10 0x1.1101cbbc265c0p-7 "
    "0x1.55557242d68fep-5 0x1.5555553939732p-3 0x1.000000000d008p-1 0x1.fffffffffff70p-1".split(),
)


def fma(a, b, c):
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    return float(exact) if exact != 0 else a * b + c


def exp_of_double(x):
    """exp as spec/numerics.md defines it for f64."""
    if math.isnan(x):
        return x
    if x > 710 or x < -746:
        return math.inf if x > 0 else 0.0
    shift = 1.5 * 2.0**48
    n = fma(x, LOG2E, shift) - shift
    if fma(x, LOG2E, -n) < 0:
        n -= 1 / 16
    m = math.floor(n)
    j = int(16 * (n - m))
    r = fma(-n, LN2_LO, fma(-n, LN2_HI, x))
    p = fma(r * r, fma(r, C6, C5), fma(r, C4, C3))
    p = fma(r * r, p, fma(r, C2, C1))
    p = fma(p, r, TL[j])
    y = fma(TH[j], p, TH[j])
    try:
        return math.ldexp(y, m)
    except OverflowError:
        return math.inf


def exp(x):
    theirs = np.exp(x)
    if x.dtype == np.float32:
        return theirs
    ours = np.array([exp_of_double(float(v)) for v in x.ravel()]).reshape(x.shape)
    if features["X86_V4"]:
        # NumPy takes another path where the result is subnormal.
        normal = (theirs >= np.finfo(np.float64).tiny) | (theirs == 0)
        assert np.array_equal(ours[normal], theirs[normal]), x
    assert np.all((ours == theirs) | (np.abs(ours - theirs) <= 2 * np.spacing(np.minimum(ours, theirs)))), x
    return ours


def same_as_numpy(x, w):
    """Where spec/numerics.md finds np.dot in f64 equal to the definition: on AVX-512, for these shapes."""
    (rows, depth), columns = x.shape, w.shape[1]
    if x.dtype != np.float64 or not features["X86_V4"]:
        return False
    if rows == 1:
        return depth <= 3 and columns <= 3 or columns == 1 and depth <= 8
    return columns >= 2 and depth <= 8


def softmax(x):
    e = exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


ACTIVATIONS = {
    "linear": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "softmax": softmax,
}


def dense(x, w, b):
    result = product(x, w)
    if same_as_numpy(x, w):
        assert np.array_equal(result, np.dot(x, w)), (x.shape, w.shape)
    return result + b


def bits(array):
    return np.ascontiguousarray(array).tobytes().hex()


cases = []


def chain(sizes, activations, batches, dtype, scale=1.0, input_scale=1.0):
    for batch in batches:
        seed = 1000 + len(cases)
        stream = Stream(seed)
        layers = [
            (stream.array((k, n), dtype, scale), stream.array((n,), dtype)) for k, n in zip(sizes, sizes[1:])
        ]
        x = stream.array((batch, sizes[0]), dtype, input_scale)
        with np.errstate(over="ignore"):
            for (w, b), activation in zip(layers, activations):
                x = ACTIVATIONS[activation](dense(x, w, b))
        cases.append(
            {
                "sizes": sizes, "activations": activations, "batch": batch, "dtype": "f64" if dtype is np.float64 else "f32",
                "seed": seed, "scale": scale, "input_scale": input_scale, "output": bits(x),
            }
        )


for dtype in (np.float64, np.float32):
    for activation in ACTIVATIONS:
        chain([2, 2, 1], [activation, activation], [1, 2, 7], dtype)
        chain([3, 5, 2], [activation, activation], [1, 2, 7], dtype)
        chain([2, 2, 1], [activation, activation], [2], dtype, scale=4.0, input_scale=1024.0)
    chain([3, 5, 2], ["sigmoid", "softmax"], [7], dtype, input_scale=1024.0)
    chain([784, 128, 10], ["relu", "softmax"], [1, 2], dtype, scale=0.0625)
    chain([600, 3], ["tanh"], [1, 7], dtype, scale=0.125)

json.dump(
    {
        "numpy": np.__version__,
        "checked_against_avx512_numpy": bool(features["X86_V4"]),
        "cases": cases,
    },
    sys.stdout, indent=1,
)
print()
