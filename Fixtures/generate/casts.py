#!/usr/bin/env python3
"""Makes Fixtures/casts: values, and what NumPy and ml_dtypes cast them to.

    python3 casts.py OUT

`source.npy` holds f64 values: rounding cases around every kind of tie, subnormals, overflows, and random bits;
`f32.npy`, `f16.npy` and `bf16.npy` (as uint16) what they become. `integers.npy` (i64) and its `integers_f32.npy`,
`integers_f16.npy` and `integers_f64.npy` likewise. NumPy 2.4.6, ml_dtypes 0.5.
"""

import os
import sys

import ml_dtypes
import numpy as np

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
rng = np.random.default_rng(7)


def around(values):
    """Each value, its two neighbours in f64, and the negatives."""
    values = np.asarray(values, dtype=np.float64)
    near = np.concatenate([values, np.nextafter(values, np.inf), np.nextafter(values, -np.inf)])
    return np.concatenate([near, -near])


def ties(type_):
    """Numbers of a 16-bit type and the points half-way to the next one."""
    bits = np.concatenate([np.arange(0, 40), rng.integers(0, 0x7C00 if type_ == np.float16 else 0x7F80, 400)])
    low = bits.astype(np.uint16).view(type_).astype(np.float64)
    high = (bits + 1).astype(np.uint16).view(type_).astype(np.float64)
    middle = np.where(np.isfinite(high), low + (high - low) / 2, low)
    return np.concatenate([low, middle])


special = [0.0, np.inf, np.nan, 65504.0, 65519.999, 65520.0, 2.0**-24, 2.0**-25, 2.0**-26, 3.4e38, 3.5e38, 1e300, 5e-324]
random = rng.integers(0, 1 << 64, 2000, dtype=np.uint64).view(np.float64)
usual = rng.standard_normal(1000)
with np.errstate(all="ignore"):
    source = np.concatenate(
        [around(special), around(ties(np.float16)), around(ties(ml_dtypes.bfloat16)), random[~np.isnan(random)], usual]
    )
    np.save(f"{out}/source.npy", source)
    np.save(f"{out}/f32.npy", source.astype(np.float32))
    np.save(f"{out}/f16.npy", source.astype(np.float16))
    # NumPy and ml_dtypes go from f64 to bfloat16 by way of f32, which rounds twice: only values that f32 holds are compared.
    narrow = source.astype(np.float32).astype(np.float64)
    np.save(f"{out}/source_bf16.npy", narrow)
    np.save(f"{out}/bf16.npy", narrow.astype(np.float32).astype(ml_dtypes.bfloat16).view(np.uint16))
    integers = np.concatenate(
        [np.arange(-300, 300), rng.integers(-(1 << 63), (1 << 63) - 1, 500), [(1 << 53) + 1, (1 << 24) + 1, (1 << 63) - 1]]
    ).astype(np.int64)
    np.save(f"{out}/integers.npy", integers)
    np.save(f"{out}/integers_f64.npy", integers.astype(np.float64))
    np.save(f"{out}/integers_f32.npy", integers.astype(np.float32))
    np.save(f"{out}/integers_f16.npy", integers.astype(np.float16))
