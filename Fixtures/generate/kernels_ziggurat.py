"""Writes Sources/CNNKernels/ziggurat_tables.c: NumPy's tables of the normal distribution, found in the installed NumPy (2.4.6).

They are data of numpy/random/src/distributions/ziggurat_constants.h. The f64 ones were computed in doubles, so that no formula
gives their bits; the script checks that they are within 1e-12 of the exact ones (needs mpmath and binutils' ar and nm).
"""
import pathlib
import struct
import subprocess
import tempfile

import mpmath
import numpy.random
from mpmath import mpf

mpmath.mp.prec = 200
target = pathlib.Path(__file__).parents[2] / "Sources/CNNKernels/ziggurat_tables.c"
library = pathlib.Path(numpy.random.__file__).parent / "lib/libnpyrandom.a"
member = "src_distributions_distributions.c.o"


def tables():
    """The bytes of each table, by name."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["ar", "x", library, member], cwd=folder, check=True)
        symbols = subprocess.run(["nm", member], cwd=folder, check=True, capture_output=True, text=True).stdout
        image = pathlib.Path(folder, member).read_bytes()
    offsets = {name: int(offset, 16) for offset, kind, name in (l.split() for l in symbols.splitlines() if l[0] == "0") if kind == "r"}
    # The section follows from one table that must be in it: 256 floats that begin with 1.
    first = struct.pack("<2f", 1.0, 0.977101701)
    start = image.index(first) - offsets["fi_float"]
    forms = {"ki_double": "Q", "wi_double": "d", "fi_double": "d", "ki_float": "I", "wi_float": "f", "fi_float": "f"}
    return {name: struct.unpack_from(f"<256{form}", image, start + offsets[name]) for name, form in forms.items()}


def exact():
    """The same from the definition: 256 strips of equal area, the outermost from r on."""
    r = mpf("3.6541528853610087963519472518")
    density = lambda x: mpmath.exp(-x * x / 2)
    area = r * density(r) + mpmath.sqrt(mpmath.pi / 2) * mpmath.erfc(r / mpmath.sqrt(2))
    x = [mpf(0)] * 255 + [r]
    for i in range(254, 0, -1):
        x[i] = mpmath.sqrt(-2 * mpmath.log(density(x[i + 1]) + area / x[i + 1]))
    width = [area / density(r)] + x[1:]
    ratio = [r * density(r) / area, mpf(0)] + [x[i - 1] / x[i] for i in range(2, 256)]
    return ratio, width, [density(v) for v in x]


found = tables()
for suffix, bits, near in (("double", 52, 1e-12), ("float", 23, 2e-7)):
    for table, wanted, unit in zip(("ki", "wi", "fi"), exact(), (2**bits, mpf(2) ** -bits, 1)):
        for got, value in zip(found[f"{table}_{suffix}"], wanted, strict=True):
            assert abs(got - value * unit) <= near * value * unit + (1 if table == "ki" else 0), (table, suffix, got, value * unit)


def lines(name, kind, text, per_line):
    values = [text(v) for v in found[name]]
    rows = [", ".join(values[i : i + per_line]) for i in range(0, 256, per_line)]
    return f"static const {kind} {name}[256] = {{\n    " + ",\n    ".join(rows) + ",\n};\n"


def parts():
    yield ("// Written by Fixtures/generate/kernels_ziggurat.py: NumPy's tables of the normal distribution (BSD-3-Clause, NumPy\n"
           "// authors): where a strip's inner part ends, its width and the density, each in units of the draw's bits.\n"
           '#include "CNNKernels.h"\n')  # fmt: skip
    yield lines("ki_double", "uint64_t", lambda v: f"0x{v:016x}", 4)
    yield lines("wi_double", "double", float.hex, 4)
    yield lines("fi_double", "double", float.hex, 4)
    yield lines("ki_float", "uint32_t", lambda v: f"0x{v:08x}", 8)
    yield lines("wi_float", "float", lambda v: v.hex() + "f", 4)
    yield lines("fi_float", "float", lambda v: v.hex() + "f", 4)
    yield ("static const nnk_ziggurat tables = {ki_double, wi_double, fi_double, ki_float, wi_float, fi_float};\n\n"
           "const nnk_ziggurat *nnk_ziggurat_tables(void) { return &tables; }\n")  # fmt: skip


target.write_text("\n".join(parts()))
