"""Writes Sources/CNNKernels/tanh_tables.c: the coefficients of NumPy's tanh, found in the installed NumPy (2.4.6).

They are data of numpy/_core/src/umath/loops_hyperbolic.dispatch.cpp.src, which has them from Intel's SVML.
"""
import pathlib
import struct
import numpy._core._multiarray_umath as umath

target = pathlib.Path(__file__).parents[2] / "Sources/CNNKernels/tanh_tables.c"
image = pathlib.Path(umath.__file__).read_bytes()


def find(form, columns, rows, starts):
    """The table whose row i begins with starts[i]; SVML's own table in the same file has rows in between."""
    parts = [struct.pack(f"<{len(start)}{form}", *start) for start in starts]
    width = columns * struct.calcsize(form)
    at = image.index(parts[0])
    while not all(image.startswith(part, at + i * width) for i, part in enumerate(parts)):
        at = image.index(parts[0], at + 1)
    return struct.unpack_from(f"<{columns * rows}{form}", image, at)


def number(bits, form, suffix):
    value = struct.unpack("<d" if form == "Q" else "<f", struct.pack("<" + form, bits))[0]
    return value.hex() + suffix


def table(name, kind, form, suffix, bits, columns):
    rows = [bits[i : i + columns] for i in range(0, len(bits), columns)]
    text = f"const {kind} {name}[{len(rows)}][{columns}] = {{\n"
    for row in rows:
        numbers = [number(b, form, suffix) for b in row]
        lines = [", ".join(numbers[i : i + 4]) for i in range(0, columns, 4)]
        text += "    {" + ",\n     ".join(lines) + "},\n"
    return text + "};\n"


f64 = find(
    "Q", 16, 18,
    [(0, 0x3FCC000000000000, 0x3FD4000000000000), (0, 0x3FCB8FD0416A7C92), (0x3FF0000000000000, 0x3FEE842CA3F08532)])
f32 = find("I", 32, 8, [(0, 0x3D700000, 0x3D900000), (0, 0x3D6FB9C9), (0x3F800000, 0x3F7F1F84)])


def by_interval(bits, intervals, width):
    """The numbers of `width` powers after each other, interval by interval; zeros fill the last ones up."""
    powers = len(bits) // intervals
    for start in range(0, powers, width):
        for interval in range(intervals):
            yield from (bits[k * intervals + interval] if k < powers else 0 for k in range(start, start + width))


target.write_text(
    "// Written by Fixtures/generate/kernels_tanh.py: NumPy's coefficients of tanh (BSD-3-Clause, NumPy authors).\n"
    "// Row 0 is each interval's centre, row k + 1 the coefficient of the k-th power.\n"
    '#include "tables.h"\n\n'
    + table("nnk_tanh_f64", "double", "Q", "", f64, 16) + "\n" + table("nnk_tanh_f32", "float", "I", "f", f32, 32)
    + "\n// The same numbers by intervals: rows of four powers of each interval, then of the next four; and rows of all eight.\n"
    + table("nnk_tanh_rows_f64", "double", "Q", "", list(by_interval(f64, 16, 4)), 4) + "\n"
    + table("nnk_tanh_rows_f32", "float", "I", "f", list(by_interval(f32, 32, 8)), 8))
