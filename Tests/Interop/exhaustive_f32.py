"""Checks every f32 input of exp, log and tanh against live NumPy, and of erf, log1p and expm1 against the C library.

    exhaustive_f32.py [--functions exp,log] [--variants plain,avx2] [--part 3/8]

Prints how many results differ for each function and variant, and the first of them; exits 1 if any do. NaN agrees with
NaN. exp, log and tanh must equal NumPy's bits (its AVX2 and AVX-512 paths agree; elsewhere NumPy calls the C library).
erf, log1p and expm1 must be the correctly rounded result: the C library's double function, rounded, or where that is within
4 units in the last place of a midpoint its long double function; inputs too close even for that are counted as undecided.
"""
import argparse
import ctypes
import pathlib
import subprocess
import sys
import tempfile

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
LOOP(erf) LOOP(log1p) LOOP(expm1)
"""


def long_double_reference():
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "reference.c").write_text(REFERENCE)
    subprocess.check_call(
        ["cc", "-O2", "-shared", "-fPIC", str(folder / "reference.c"), "-o", str(folder / "reference.so"), "-lm"])
    return ctypes.CDLL(str(folder / "reference.so"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--functions", default="exp,log,tanh,erf,log1p,expm1")
    parser.add_argument("--variants", default="")
    parser.add_argument("--part", default="1/1", help="the i-th of n parts of the inputs")
    options = parser.parse_args()
    variants = kernels_library.variants(options.variants.split(",") if options.variants else None)
    reference = long_double_reference()
    part, parts = map(int, options.part.split("/"))
    chunk = 1 << 22
    chunks = range(part - 1, 1 << 10, parts)
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
            for name, variant in variants.items():
                same = kernels_library.same_bits(variant.function(function, x), expected)
                if not same.all():
                    differing[name] += int((~same).sum())
                    for i in np.flatnonzero(~same)[: 20 - len(first.setdefault(name, []))]:
                        mark = " (undecided)" if unsure is not None and unsure[i] else ""
                        first[name].append(f"{float(x[i]).hex()} expected {float(expected[i]).hex()}{mark}")
        for name in variants:
            print(f"{function} {name}: {differing[name]} of {len(chunks) * chunk} differ", flush=True)
            for line in first.get(name, []):
                print("   ", line)
            failed |= differing[name] > 0
        if undecided:
            print(f"{function}: {undecided} inputs lie too close to a midpoint for long double", flush=True)
    sys.exit(1 if failed else 0)


main()
