"""Checks every variant of the kernels against the plain one, bit for bit, and both against live NumPy where they must agree.

Needs NumPy; exits 1 if anything differs. Where NumPy reports X86_V4, exp of f64 and what is built on it must agree too.
"""
import sys

import numpy as np
from numpy._core._multiarray_umath import __cpu_features__ as features

import kernels_library
import product_variants

np.seterr(all="ignore")
rng = np.random.default_rng(1)
variants = kernels_library.variants()
plain = variants["plain"]
failures = []
checks = 0


def check(what, got, expected):
    global checks
    checks += 1
    same = kernels_library.same_bits(got, expected)
    if not same.all():
        failures.append(f"{what}: {int((~same).sum())} of {same.size} differ")


special = [0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 1e-310, 5e-324, 1e308, -1e308, 709.7, 709.8, -745, -746, -708.5, 88.7,
           -104, 0.5, 6, 5.99, -6, 63.99, 0.6875, 1.375, 0.99999994]
for dtype in (np.float32, np.float64):
    spread = rng.standard_normal(20000) * 10.0 ** rng.integers(-300, 300, 20000)
    x = np.concatenate([special, rng.uniform(-20, 20, 40003), rng.uniform(-750, 750, 20000), spread]).astype(dtype)
    for function in kernels_library.FUNCTIONS:
        expected = plain.function(function, x, 0.3, 0.7)
        for name, variant in variants.items():
            check(f"{function} {dtype.__name__} {name}", variant.function(function, x, 0.3, 0.7), expected)
            for count in range(1, 40):
                part = variant.function(function, x[count:2 * count], 0.3, 0.7)
                check(f"{function} {dtype.__name__} {name}, {count} elements", part, expected[count:2 * count])
    bases = np.concatenate([np.abs(x), x])
    exponents = np.concatenate([np.resize(x[::-1], x.size) * 0.1, np.rint(x[::-1])]).astype(dtype)
    expected = plain.power(bases, exponents)
    for name, variant in variants.items():
        check(f"power {dtype.__name__} {name}", variant.power(bases, exponents), expected)
    if dtype == np.float32 or features.get("X86_V4"):
        # Between these NumPy calls a scalar routine for f64 (spec/numerics.md).
        normal = x[(abs(x) < 707.7) | ~(abs(x) < 745.14)]
        check(f"exp {dtype.__name__} NumPy", plain.function("exp", normal), np.exp(normal))
        check(f"sigmoid {dtype.__name__} NumPy", plain.function("sigmoid", -normal), 1 / (1 + np.exp(normal)))
    if dtype == np.float32:
        check("log NumPy", plain.function("log", x), np.log(x))
    check(f"tanh {dtype.__name__} NumPy", plain.function("tanh", x), np.tanh(x))

    for trial in range(200):
        outer, axis, inner = (int(rng.choice([1, 2, 3, 5, 8, 9, 17, 33])) for _ in range(3))
        if trial % 3 == 0:
            inner, axis = 1, int(rng.choice([1, 7, 8, 9, 127, 128, 129, 300, 1000, 4097, 20000]))
        x = (rng.standard_normal((outer, axis, inner)) * 10).astype(dtype)
        if trial % 11 == 0:
            x.flat[rng.integers(x.size)] = rng.choice([np.nan, np.inf, -np.inf])
        shape = f"{dtype.__name__} {outer}x{axis}x{inner}"
        for kind in ("sum", "mean", "var"):
            expected = plain.reduce(kind, x, 1)
            check(f"{kind} {shape} NumPy", expected, getattr(np, kind)(x, axis=1))
            for name, variant in variants.items():
                check(f"{kind} {shape} {name}", variant.reduce(kind, x, 1), expected)
        for logarithm in (False, True):
            expected = plain.softmax(x, 1, logarithm)
            for name, variant in variants.items():
                check(f"softmax {shape} {name}", variant.softmax(x, 1, logarithm), expected)

product_variants.check_products(rng, variants, check, 1500)
product_variants.check_epilogues(rng, variants, check, 500)
print(f"variants {', '.join(variants)}; NumPy with X86_V4: {bool(features.get('X86_V4'))}; {checks} checks")
print("\n".join(failures[:40]) or "every bit agrees")
sys.exit(1 if failures else 0)
