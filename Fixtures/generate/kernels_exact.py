"""Writes the exact values that Tests/NNKernelsTests compares with: Fixtures/kernels/exact_*.bin and casts_f64.bin.

Values come from mpmath in 200 bits, as a head (the value rounded to f64) and a tail (the rest); casts from exact
rationals. Every file is little-endian without a header; Fixtures/kernels/README.md gives the layouts.
"""
import fractions
import math
import pathlib
import struct

import mpmath
import numpy as np

mpmath.mp.prec = 200
folder = pathlib.Path(__file__).parents[1] / "kernels"
rng = np.random.default_rng(7)


def save(name, *arrays):
    (folder / f"{name}.bin").write_bytes(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays))


def exact(name, function, x):
    head, tail = np.empty_like(x), np.empty_like(x)
    for i, v in enumerate(x):
        value = function(mpmath.mpf(float(v)))
        head[i] = mpmath.mpf(value)
        tail[i] = value - mpmath.mpf(head[i])
    save(f"exact_{name}", x, head, tail)


def powers(low, high, count):
    return 2.0 ** rng.uniform(low, high, count)


near_one = 1 + np.concatenate([rng.uniform(-0.01, 0.01, 300), rng.standard_normal(100) * 1e-8])
exact("log", mpmath.log, np.concatenate([near_one, powers(-1074, 1023, 300), rng.uniform(0.5, 2, 400), [0.6875, 1.375]]))
both = lambda x: np.concatenate([x, -x])
exact("log1p", mpmath.log1p, np.concatenate(
    [both(powers(-60, -1, 300)), powers(-1, 1020, 150), rng.uniform(-0.999999, 3, 400), -1 + powers(-52, -1, 60)]))
exact("expm1", mpmath.expm1, np.concatenate(
    [both(powers(-60, 0, 300)), rng.uniform(-40, 709, 200), rng.uniform(-3, 3, 400)]))
exact("erf", mpmath.erf, np.concatenate([both(powers(-60, 0, 200)), rng.uniform(-6.5, 6.5, 500), powers(-1060, -60, 40)]))
exact("exp", mpmath.exp, np.concatenate([rng.uniform(-745, 709.7, 500), rng.uniform(-745, -708, 300), both(powers(-60, 3, 150))]))
exact("tanh", mpmath.tanh, np.concatenate([both(powers(-60, 5, 200)), rng.uniform(-22, 22, 400)]))
exact("gelu", lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2, rng.uniform(-8, 8, 600))


def nearest(x, fraction_bits, bias):
    """The bits of the f64 x, rounded once to a type with that many fraction bits; by exact rationals."""
    sign = int(math.copysign(1, x) < 0) << (fraction_bits + (5 if bias == 15 else 8))
    infinity = (2 * bias + 1) << fraction_bits
    if math.isinf(x):
        return sign | infinity
    value = abs(fractions.Fraction(x))
    if value == 0:
        return sign
    exponent = max(math.frexp(abs(x))[1] - 1, 1 - bias)
    unit = fractions.Fraction(2) ** (exponent - fraction_bits)
    steps = round(value / unit)  # Python rounds a Fraction to nearest, ties to even.
    bits = steps + ((exponent + bias - 1) << fraction_bits)
    return sign | min(bits, infinity)


values = []
for fraction_bits, bias in ((23, 127), (10, 15), (7, 127)):
    for exponent in (*range(1 - bias - fraction_bits - 2, 1 - bias + 3), *range(-2, 3), *range(bias - 2, bias + 2)):
        unit = 2.0 ** (max(exponent, 1 - bias) - fraction_bits)
        base = 2.0**exponent + unit * rng.integers(0, 4, 6)
        for step in (0.0, 0.5, 0.25, 0.75):
            # Just beside the midpoint: what rounding twice would get wrong.
            for nudge in (0.0, 2.0**-26, -(2.0**-26), 2.0**-40):
                values += [*(base + unit * (step + nudge))]
values = np.array([0.0, -0.0, math.inf, -math.inf, 5e-324, 1e308, *values, *(-np.array(values[:200]))])
save("casts_f64", np.array([len(values)], np.int64), values,
     np.array([nearest(float(v), 23, 127) for v in values], np.uint32),
     np.array([nearest(float(v), 10, 15) for v in values], np.uint16),
     np.array([nearest(float(v), 7, 127) for v in values], np.uint16))


def exact_f32(name, function, x):
    """The function of f32 numbers, rounded once."""
    x = x.astype(np.float32)
    y = np.empty_like(x)
    for i, v in enumerate(x):
        value = function(mpmath.mpf(float(v)))
        near = np.float32(float(value))
        around = [near, np.nextafter(near, np.float32(-np.inf)), np.nextafter(near, np.float32(np.inf))]
        y[i] = min(around, key=lambda c: (abs(value - mpmath.mpf(float(c))), int(c.view(np.int32)) & 1))
    save(f"rounded_{name}", x, y)


quarter_turns = np.pi / 2 * np.array([1, 2, 3, 5, 100, 1001, 10**6, 10**9 + 7, 10**15 + 1])
# The last is the f64 number that is nearest to a multiple of pi/2.
angles = np.concatenate([both(powers(-60, 6, 250)), powers(6, 1023, 250), both(quarter_turns), [6381956970095103 * 2.0**797]])
shares = np.concatenate([both(powers(-60, 0, 250)), rng.uniform(-1, 1, 250), 1 - powers(-53, -1, 120), [1, 0.5, 0.0625]])
spans = np.concatenate([both(powers(-60, 9.4, 250)), rng.uniform(-3, 3, 300), [0.125, 0.0625]])
all_sizes = np.concatenate([both(powers(-60, 10, 250)), powers(-10, 1023, 150), rng.uniform(-3, 3, 200), [0.0625]])
for name, function, x in (
    ("sin", mpmath.sin, angles), ("cos", mpmath.cos, angles), ("tan", mpmath.tan, angles), ("asin", mpmath.asin, shares),
    ("acos", mpmath.acos, shares), ("atan", mpmath.atan, all_sizes), ("sinh", mpmath.sinh, spans), ("cosh", mpmath.cosh, spans),
    ("asinh", mpmath.asinh, all_sizes), ("acosh", mpmath.acosh, np.concatenate([1 + powers(-52, 3, 400), powers(0, 1023, 200)])),
    ("atanh", mpmath.atanh, shares[np.abs(shares) < 1]),
):
    mpmath.mp.prec = 200 if name not in ("sin", "cos", "tan") else 1300
    exact(name, function, x)
    mpmath.mp.prec = 200
bases = np.concatenate([powers(-20, 20, 500), powers(-1000, 1000, 300), 1 + rng.standard_normal(400) * 1e-4])
exponents = np.concatenate([rng.uniform(-30, 30, 500), rng.uniform(-1, 1, 300), rng.standard_normal(400) * 1e6])
exact_powers = [mpmath.power(mpmath.mpf(float(b)), mpmath.mpf(float(e))) for b, e in zip(bases, exponents)]
normal = [1e-300 < p < 1e300 for p in exact_powers]
exact_powers = [p for p, keep in zip(exact_powers, normal) if keep]
heads = np.array([float(p) for p in exact_powers])
tails = np.array([float(p - mpmath.mpf(h)) for p, h in zip(exact_powers, heads)])
save("exact_pow", bases[normal], exponents[normal], heads, tails)
# What rounding the nearest f64 again gets wrong.
hard = ["0x1.200036p-17", "0x1.fb035ap-2", "0x1.0f1fd6p+3", "0x1.b121a6p+76", "0x1.6351d8p+95", "-0x1.1fffcap-17", "-0x1.1d9188p-9"]
exact_f32("log1p", mpmath.log1p, np.array([float.fromhex(h) for h in hard]))
