"""Writes Fixtures/kernels/random.bin: numbers of NumPy's Philox, which Tests/NNKernelsTests compares bit for bit.

For each (seed, stream): both as u64; 16 words; 16 uniform doubles and 17 uniform floats, each from the start of the stream; then a
million standard normals of which those beyond the ziggurat's last strip and every 4999th are kept: how many, their places (u32)
and values, for f64 and then for f32. Needs NumPy 2.4.6; the C library takes part in the few beyond the last strip,
whose bits the test therefore allows to be the next ones.
"""
import pathlib

import numpy as np

target = pathlib.Path(__file__).parents[1] / "kernels/random.bin"
LAST_STRIP = 3.6541528853610088
COUNT = 1_000_000
STREAMS = [(0, 0), (42, 0), (42, 1), (2**64 - 1, 2**40 + 3), (20261124, 7)]


def generator(seed, stream):
    return np.random.Generator(np.random.Philox(key=seed).jumped(stream))


def kept(normals):
    places = np.flatnonzero((np.abs(normals) >= LAST_STRIP) | (np.arange(COUNT) % 4999 == 0))
    return [np.array([len(places)], np.uint32), places.astype(np.uint32), normals[places]]


parts = []
for seed, stream in STREAMS:
    parts.append(np.array([seed, stream], np.uint64))
    parts.append(np.random.Philox(key=seed).jumped(stream).random_raw(16))
    parts.append(generator(seed, stream).random(16))
    parts.append(generator(seed, stream).random(17, dtype=np.float32))
    parts += kept(generator(seed, stream).standard_normal(COUNT))
    parts += kept(generator(seed, stream).standard_normal(COUNT, dtype=np.float32))
target.write_bytes(b"".join(p.tobytes() for p in parts))
print(target.stat().st_size, "bytes")
