"""Measures the largest error of the f64 functions against mpmath, in units in the last place of the exact result.

    accuracy_f64.py [--points 1000000] [--functions sin,cos] [--seed 1]

Half of the points lie where results are most used, uniformly; half are spread evenly over the exponents of the domain. exp and tanh
are NumPy's and have its error. Prints the largest error and where it is; exits 1 if one is above the bound that spec/numerics.md
promises. The plain kernels speak for all: the variants are equal to them bit for bit.
"""
import argparse
import concurrent.futures
import sys

import mpmath
import numpy as np

import kernels_library

mpmath.mp.prec = 160
HUGE, EXP_END = 1e300, 709.0
# name: mpmath's function, the range of the uniform points, the largest magnitude of the others, whether negative ones are in the
# domain, the bound in ULP.
FUNCTIONS = {
    "exp": (mpmath.exp, (-30, 30), EXP_END, True, 1.0),
    "tanh": (mpmath.tanh, (-10, 10), 30, True, 1.2),
    "log": (mpmath.log, (0.01, 30), HUGE, False, 0.6),
    "log1p": (mpmath.log1p, (-0.99, 30), 0.999, True, 0.6),
    "expm1": (mpmath.expm1, (-30, 30), EXP_END, True, 0.55),
    "erf": (mpmath.erf, (-5, 5), 5.9, True, 0.7),
    "sin": (mpmath.sin, (-30, 30), HUGE, True, 0.55),
    "cos": (mpmath.cos, (-30, 30), HUGE, True, 0.55),
    "tan": (mpmath.tan, (-30, 30), HUGE, True, 0.55),
    "asin": (mpmath.asin, (-1, 1), 1, True, 0.55),
    "acos": (mpmath.acos, (-1, 1), 1, True, 0.55),
    "atan": (mpmath.atan, (-10, 10), HUGE, True, 0.55),
    "sinh": (mpmath.sinh, (-10, 10), EXP_END, True, 0.55),
    "cosh": (mpmath.cosh, (-10, 10), EXP_END, True, 0.55),
    "asinh": (mpmath.asinh, (-10, 10), HUGE, True, 0.55),
    "acosh": (mpmath.acosh, (1, 10), HUGE, False, 0.55),
    "atanh": (mpmath.atanh, (-1, 1), 1, True, 0.55),
}


def points(name, count, seed):
    _, (low, high), largest, negative, _ = FUNCTIONS[name]
    generator = np.random.default_rng([seed, list(FUNCTIONS).index(name)])
    uniform = generator.uniform(low, high, count // 2)
    smallest = 1.0 if name == "acosh" else 1e-300
    spread = np.exp(generator.uniform(np.log(smallest), np.log(largest), count - count // 2))
    if negative:
        spread *= generator.choice([-1.0, 1.0], len(spread))
    return np.concatenate([uniform, spread])


def worst(name, x, y):
    """The largest error of y, in ULP of the exact result, and the place; results below the normal numbers do not count."""
    function = FUNCTIONS[name][0]
    largest, place = 0.0, None
    for value, result in zip(x.tolist(), y.tolist()):
        exact = function(mpmath.mpf(value))
        if not (abs(exact) > 2.3e-308 and abs(exact) < 1.7e308):
            continue
        unit = mpmath.ldexp(1, mpmath.frexp(exact)[1] - 53)
        error = float(abs(mpmath.mpf(result) - exact) / unit)
        if not error <= largest:
            largest, place = error, value
    return largest, place


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--functions", default="")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    plain = kernels_library.variants(["plain"])["plain"]
    known = [name for name in FUNCTIONS if name in kernels_library.FUNCTIONS]
    failed = False
    with concurrent.futures.ProcessPoolExecutor() as pool:
        for name in options.functions.split(",") if options.functions else known:
            x = points(name, options.points, options.seed)
            y = plain.function(name, x)
            parts = [slice(start, start + 20_000) for start in range(0, len(x), 20_000)]
            found = pool.map(worst, [name] * len(parts), [x[p] for p in parts], [y[p] for p in parts])
            largest, place = max(found, key=lambda pair: pair[0])
            bound = FUNCTIONS[name][4]
            failed |= not largest <= bound
            print(f"{name}: at most {largest:.3f} ULP on {len(x)} points (promised {bound}), at {float(place).hex()}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
