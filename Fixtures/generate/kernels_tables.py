"""Writes Sources/CNNKernels/tables.c: every table of the kernels that is derived, in 300-bit arithmetic (needs mpmath).

The two tables that are not derived, NumPy's coefficients of tanh, lie in tanh_tables.c.
"""
import pathlib
import mpmath
from mpmath import mpf

mpmath.mp.prec = 300
target = pathlib.Path(__file__).parents[2] / "Sources/CNNKernels/tables.c"


def nearest(value):
    return float(value)


def rows(values, per_line=3):
    texts = [float(v).hex() for v in values]
    lines = [", ".join(texts[i : i + per_line]) for i in range(0, len(texts), per_line)]
    return ",\n    ".join(lines)


def table(comment, name, dimensions, values, per_line=3):
    return f"// {comment}\nconst double {name}{dimensions} = {{\n    {rows(values, per_line)},\n}};\n"


# exp and expm1: 2^(j/16) and its relative remainder.
powers = [mpf(2) ** (mpf(j) / 16) for j in range(16)]
heads = [nearest(p) for p in powers]
tails = [nearest(p / mpf(h) - 1) for p, h in zip(powers, heads)]

# log and log1p: interval i of the significand, counted from 0.6875 in steps of 2^-8 below 1 and 2^-7 from 1 on.
inverses, log_heads, log_tails = [], [], []
for i in range(128):
    if i < 80:
        low, width = mpf(0.6875) + mpf(i) / 256, mpf(1) / 256
    else:
        low, width = mpf(1) + mpf(i - 80) / 128, mpf(1) / 128
    inverse = mpf(1) if i in (79, 80) else mpmath.nint(512 / (low + width / 2)) / 512
    logarithm = -mpmath.log(inverse)
    head = mpmath.nint(logarithm * mpf(2) ** 42) / mpf(2) ** 42
    inverses.append(inverse)
    log_heads.append(head)
    log_tails.append(nearest(logarithm - head))
ln2 = mpmath.log(2)
ln2_head = mpmath.nint(ln2 * mpf(2) ** 42) / mpf(2) ** 42

# erf: Taylor's coefficients at 0 (of erf(x)/x - 1 in x*x) and at c = 1/2 + (i + 1/2)/16.
origin = [2 / mpmath.sqrt(mpmath.pi) * (-1) ** n / (mpmath.factorial(n) * (2 * n + 1)) for n in range(13)]
origin[0] -= 1
spans = []
for i in range(88):
    c = mpf(1) / 2 + (mpf(i) + mpf(1) / 2) / 16
    series = mpmath.taylor(mpmath.erf, c, 11)
    head = nearest(series[0])
    spans.append([head, nearest(series[0] - mpf(head))] + [nearest(s) for s in series[1:]])
columns = [[span[k] for span in spans] for k in range(13)]


# erf near f32: Chebyshev's fit of erf(x)/x in x*x/8 - 1, below 4.
def erf_quotient(t):
    root = mpmath.sqrt(8 * (1 + t))
    return mpmath.erf(root) / root if root > mpf(2) ** -60 else 2 / mpmath.sqrt(mpmath.pi)


near_f32 = reversed(mpmath.chebyfit(erf_quotient, [-1, 1], 23))

expm1 = [1 / mpmath.factorial(n) for n in range(2, 10)]


def head_and_tail(values):
    """The values rounded, and the rests rounded."""
    heads = [mpf(nearest(v)) for v in values]
    return [heads, [v - h for v, h in zip(values, heads)]]


# sin, cos, tan: 2^(16 q) * 2/pi modulo 2^54 in four parts, each a multiple of its unit: 2, 2^-52, 2^-105, 2^-158.
with mpmath.workprec(1400):
    parts = [[], [], [], []]
    for q in range(64):
        rest = mpf(2) ** (16 * q + 1) / mpmath.pi
        rest -= mpmath.floor(rest / mpf(2) ** 54) * mpf(2) ** 54
        for part, unit in zip(parts, (1, -52, -105, -158)):
            part.append(mpmath.floor(rest / mpf(2) ** unit) * mpf(2) ** unit)
            assert mpf(nearest(part[-1])) == part[-1]
            rest -= part[-1]
half_pi = [row[0] for row in head_and_tail([mpmath.pi / 2])]
sines = head_and_tail([mpmath.sin(mpf(i) / 16) for i in range(-13, 14)])
cosines = head_and_tail([mpmath.cos(mpf(i) / 16) for i in range(-13, 14)])
arctangents = head_and_tail([mpmath.atan(mpf(i) / 16) for i in range(17)])

# Taylor's coefficients of x^3, x^5, ...
sinh = [1 / mpmath.factorial(2 * n + 1) for n in range(1, 7)]
asinh = [mpf(-1) ** n * mpmath.binomial(2 * n, n) / (mpf(4) ** n * (2 * n + 1)) for n in range(1, 9)]
atanh = [1 / mpf(2 * n + 1) for n in range(1, 9)]

text = '// Written by Fixtures/generate/kernels_tables.py; spec/numerics.md gives each derivation.\n#include "tables.h"\n\n'
text += table("2^(j/16), rounded to nearest.", "nnk_exp2_head", "[16]", heads) + "\n"
text += table("2^(j/16) / head - 1.", "nnk_exp2_tail", "[16]", tails) + "\n"
text += table("1/k!, k = 2...9.", "nnk_inverse_factorial", "[8]", expm1) + "\n"
text += table("About 1/c for each interval of the significand, a multiple of 2^-9.", "nnk_log_inverse", "[128]", inverses, 6) + "\n"
text += table("-log(inverse) rounded to a multiple of 2^-42.", "nnk_log_head", "[128]", log_heads) + "\n"
text += table("-log(inverse) - head.", "nnk_log_tail", "[128]", log_tails) + "\n"
text += table("log 2 rounded to a multiple of 2^-42, and the rest.", "nnk_ln2", "[2]", [ln2_head, nearest(ln2 - ln2_head)]) + "\n"
text += table("Taylor's coefficients of erf(x)/x - 1 in x*x.", "nnk_erf_origin", "[13]", [nearest(c) for c in origin]) + "\n"
text += "// erf around c = 1/2 + (i + 1/2)/16: head and tail of erf(c), then Taylor's coefficients 1 to 11.\n"
text += "const double nnk_erf_span[13][88] = {\n"
text += "".join("    {" + rows(column) + "},\n" for column in columns) + "};\n"


def table_of_rows(comment, name, values):
    body = "".join("    {" + rows(row) + "},\n" for row in values)
    return f"\n// {comment}\nconst double {name}[{len(values)}][{len(values[0])}] = {{\n{body}}};\n"


text += "\n" + table("erf near f32: erf(x)/x in x*x/8 - 1.", "nnk_erf_near_f32", "[23]", [nearest(c) for c in near_f32])
text += table_of_rows("2^(16 q) * 2/pi modulo 2^54, in four parts.", "nnk_two_over_pi", parts)
text += "\n" + table("pi/2, head and tail.", "nnk_half_pi", "[2]", half_pi)
text += table_of_rows("sin((i - 13)/16), head and tail.", "nnk_sine", sines)
text += table_of_rows("cos((i - 13)/16), head and tail.", "nnk_cosine", cosines)
text += table_of_rows("atan(i/16), head and tail.", "nnk_arctangent", arctangents)
for name, series in (("sinh", sinh), ("asinh", asinh), ("atanh", atanh)):
    text += "\n" + table(f"Taylor's coefficients of x^3, x^5, ... of {name}.", f"nnk_{name}_series", f"[{len(series)}]", series)
target.write_text(text.rstrip("\n") + "\n")
