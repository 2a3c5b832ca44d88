"""Checks every f32 input of exp, log and tanh against live NumPy, and of the other elementary functions against the exact result.

    exhaustive_f32.py [--functions exp,log] [--variants plain,avx2] [--part 3/8] [--positive]

Prints how many results differ for each function and variant, and the first of them; exits 1 if any do. NaN agrees with
NaN. exp, log and tanh must equal NumPy's bits (its AVX2 and AVX-512 paths agree; elsewhere NumPy calls the C library).
The others must be the correctly rounded result: the C library's double function, rounded, or where that is within 4 units in
the last place of a midpoint its long double function, or where that is too close as well mpmath (200 bits).
"""
import argparse
import ctypes
import pathlib
import subprocess
import sys
import tempfile

import mpmath
import numpy as np

import kernels_library

REFERENCE = r"""
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#define LOOP(name)                                                            \
  size_t name##_rounded(const float *x, float *y, uint8_t *undecided, size_t count) {   \
    size_t total = 0;                                                         \
    for (size_t i = 0; i < count; i++) {                                      \
      double near = name((double)x[i]);                                       \
      y[i] = (float)near;                                                     \
      undecided[i] = 0;                                                       \
      if (near != near || (float)(near * (1 + 0x1p-50)) == (float)(near * (1 - 0x1p-50))) continue; \
      long double value = name##l((long double)x[i]);                         \
      y[i] = (float)value;                                                    \
      undecided[i] = (float)(value * (1 + 0x1p-60L)) != (float)(value * (1 - 0x1p-60L)); \
      total += undecided[i];                                                  \
    }                                                                         \
    return total;                                                             \
  }
LOOP(erf) LOOP(log1p) LOOP(expm1) LOOP(sin) LOOP(cos) LOOP(tan) LOOP(asin) LOOP(acos) LOOP(atan)
LOOP(sinh) LOOP(cosh) LOOP(asinh) LOOP(acosh) LOOP(atanh)
"""
FUNCTIONS = "exp log tanh erf log1p expm1 sin cos tan asin acos atan sinh cosh asinh acosh atanh".split()


def long_double_reference():
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "reference.c").write_text(REFERENCE)
    subprocess.check_call(
        ["cc", "-O2", "-shared", "-fPIC", str(folder / "reference.c"), "-o", str(folder / "reference.so"), "-lm"])
    return ctypes.CDLL(str(folder / "reference.so"))


def settled(function, x):
    """The correctly rounded result for one input, in 200 bits."""
    with mpmath.workprec(200):
        exact = getattr(mpmath, function)(mpmath.mpf(float(x)))
        near = np.float32(float(exact))
        candidates = [near, np.nextafter(near, np.float32(-np.inf)), np.nextafter(near, np.float32(np.inf))]
        return min(candidates, key=lambda c: (abs(exact - mpmath.mpf(float(c))), int(c.view(np.int32)) & 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--functions", default=",".join(FUNCTIONS))
    parser.add_argument("--variants", default="")
    parser.add_argument("--part", default="1/1", help="the i-th of n parts of the inputs")
    parser.add_argument("--positive", action="store_true", help="only inputs without a sign")
    options = parser.parse_args()
    variants = kernels_library.variants(options.variants.split(",") if options.variants else None)
    reference = long_double_reference()
    part, parts = map(int, options.part.split("/"))
    chunk = 1 << 22
    chunks = range(part - 1, 1 << (9 if options.positive else 10), parts)
    failed = False
    np.seterr(all="ignore")
    for function in options.functions.split(","):
        differing = dict.fromkeys(variants, 0)
        first = {}
        undecided = 0
        for index in chunks:
            x = np.arange(index * chunk, (index + 1) * chunk, dtype=np.uint32).view(np.float32)
            if function in ("exp", "log", "tanh"):
                expected, unsure = getattr(np, function)(x), None
            else:
                expected, unsure = np.empty_like(x), np.zeros(x.size, np.uint8)
                call = getattr(reference, function + "_rounded")
                call.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_size_t]
                call.restype = ctypes.c_size_t
                undecided += call(x.ctypes.data, expected.ctypes.data, unsure.ctypes.data, x.size)
                for i in np.flatnonzero(unsure):
                    expected[i] = settled(function, x[i])
            for name, variant in variants.items():
                same = kernels_library.same_bits(variant.function(function, x), expected)
                if not same.all():
                    differing[name] += int((~same).sum())
                    for i in np.flatnonzero(~same)[: 20 - len(first.setdefault(name, []))]:
                        first[name].append(f"{float(x[i]).hex()} expected {float(expected[i]).hex()}")
        for name in variants:
            print(f"{function} {name}: {differing[name]} of {len(chunks) * chunk} differ", flush=True)
            for line in first.get(name, []):
                print("   ", line)
            failed |= differing[name] > 0
        if undecided:
            print(f"{function}: {undecided} inputs lay too close to a midpoint for long double", flush=True)
    sys.exit(1 if failed else 0)


main()
