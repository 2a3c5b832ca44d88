"""The commands, as whole processes: conversion of 150 MB beside h5py, and a look at small and large files."""

import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
from cases import WIDE
from measure import TOOLS
from table import Row

CONVERSION = "150 MB .npz to .h5, whole processes"
SMALL, LARGE = "nninfo of a small file, whole process", "nninfo of a file of 1 GB, whole process"

# What a NumPy programmer writes; its own time, without the imports, is printed.
H5PY = """
import sys, time, h5py, numpy as np
start = time.perf_counter()
with np.load(sys.argv[1]) as arrays, h5py.File(sys.argv[2], "w") as file:
    for name in arrays.files:
        file[name] = arrays[name]
print(time.perf_counter() - start)
"""


def run(wanted, turns, report):
    with tempfile.TemporaryDirectory() as folder:
        if wanted(CONVERSION):
            conversion(folder, turns, report)
        if wanted(SMALL):
            look(folder, SMALL, 16, 0.02, turns, report)
        if wanted(LARGE):
            look(folder, LARGE, 16384, 0.05, turns, report)


def wall(command):
    """Seconds from start to end of a process, and what it printed."""
    start = time.perf_counter()
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return time.perf_counter() - start, text


def from_npy(source, target):
    options = ["--activation", "relu", "--weights-layout", "in-out", "--force"]
    return [f"{TOOLS}/nnconvert", "from-npy", source, *options, "-o", target]


def remove(*paths):
    """Removes files, and waits until all that was written is on the disk: it must not be counted in the next turn."""
    for path in paths:
        if os.path.exists(path):
            os.remove(path)
    os.sync()


def conversion(folder, turns, report):
    source, ours, theirs = f"{folder}/big.npz", f"{folder}/ours.h5", f"{folder}/theirs.h5"
    random, sizes, arrays = np.random.default_rng(1), [int(size) for size in WIDE.split()[1].split("-")], {}
    for layer, (inputs, units) in enumerate(zip(sizes, sizes[1:]), 1):
        arrays[f"W{layer}"] = random.standard_normal((inputs, units), np.float32)
        arrays[f"b{layer}"] = random.standard_normal(units, np.float32)
    np.savez(source, **arrays)
    row = Row("tool", CONVERSION, "s", 1, 1.0, note="NumPy's is np.load and h5py")
    for turn in range(turns + 1):
        remove(ours, theirs)
        ours_time, _ = wall(from_npy(source, ours))
        remove(ours, theirs)
        theirs_time, text = wall([sys.executable, "-c", H5PY, source, theirs])
        if turn:
            row.add("ours", dict(median=ours_time))
            row.add("numpy", dict(median=theirs_time, without_imports=float(text)))
    report(row)
    remove(source, ours, theirs)


def look(folder, name, size, limit, turns, report):
    """nninfo of a model of size x size weights; `limit` are the seconds it may take."""
    source, model = f"{folder}/weights.npz", f"{folder}/model.nnm"
    np.savez(source, W1=np.zeros((size, size), np.float32))
    wall(from_npy(source, model))
    remove(source)
    row = Row("tool", name, "s", 1)
    for _ in range(turns):
        elapsed, text = wall([f"{TOOLS}/nninfo", model, "--json"])
        json.loads(text)
        row.add("ours", dict(median=elapsed))
    row.note = f"at most {limit * 1e3:g} ms: {'met' if row.median('ours') <= limit else 'NOT MET'}"
    report(row)
    remove(model)
