"""Products and chains of element-wise steps: every variant of the kernels against the plain one, bit for bit, and the plain
one against NumPy where only one order of operations is possible."""
import numpy as np

import kernels_library

SIZES = [1, 2, 3, 5, 7, 8, 9, 12, 13, 14, 15, 16, 17, 24, 31, 32, 33, 64, 70, 100, 160]
DEPTHS = [0, 1, 7, 8, 9, 255, 256, 257, 300, 513, 1024, 1300, 2048, 2100]


def apart(rng, shape, dtype, draw):
    """A matrix whose rows lie apart and which starts anywhere."""
    rows, columns = shape
    stride, offset = columns + int(rng.integers(0, 4)), int(rng.integers(0, 4))
    room = draw(rows * stride + offset).astype(dtype)
    return np.lib.stride_tricks.as_strided(
        room[offset:], shape, (stride * room.itemsize, room.itemsize)) if rows * columns else np.empty(shape, dtype)


def random_steps(rng, shape, dtype):
    steps = []
    for _ in range(int(rng.integers(0, 4))):
        if rng.integers(2):
            function = str(rng.choice(["relu", "relu", "sigmoid", "tanh", "gelu", "clip", "leaky_relu", "silu"]))
            steps.append(("apply", function, -0.4, 0.6))
            continue
        operand = apart(rng, shape, dtype, rng.standard_normal)
        kind = int(rng.integers(4))
        if kind == 1:
            operand = np.broadcast_to(operand[:1], shape)
        elif kind == 2:
            operand = np.broadcast_to(operand[:, :1], shape)
        elif kind == 3:
            operand = np.broadcast_to(operand[:1, :1], shape)
        steps.append((str(rng.choice(["add", "multiply", "subtract"])), operand))
    return steps


def numpy_steps(x, steps, plain):
    for operation, *rest in steps:
        if operation == "apply":
            x = plain.function(rest[0], x, *rest[1:])
        else:
            x = {"add": np.add, "multiply": np.multiply, "subtract": np.subtract}[operation](x, rest[0])
    return x


def narrow(rng, kind, dtype):
    """What draws elements of B, and their dtype."""
    if kind == "f16":
        return lambda n: rng.integers(0, 65536, n).astype(np.uint16).view(np.float16), np.float16
    if kind == "bf16":
        return lambda n: (rng.standard_normal(n).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16), np.uint16
    if kind == "i8":
        return lambda n: rng.integers(-128, 128, n), np.int8
    return rng.standard_normal, dtype


def widened(b, kind):
    return (b.astype(np.uint32) << 16).view(np.float32) if kind == "bf16" else b.astype(np.float32)


def with_margin(shape, dtype):
    """Room for a result in the midst of other memory, and that memory."""
    room = np.full((shape[0] + 2, shape[1] + 5), 42, dtype)
    return room[1:-1, 2:-3] if shape[1] else np.empty(shape, dtype), room


def check_products(rng, variants, check, trials):
    plain = variants["plain"]
    for trial in range(trials):
        dtype = (np.float32, np.float64)[trial % 2]
        rows, columns = (int(rng.choice(SIZES)) for _ in range(2))
        depth = int(rng.choice(DEPTHS if trial % 3 == 0 else SIZES))
        if trial % 9 == 0:
            columns, rows = int(rng.choice([129, 257, 600, 1030, 2100, 4100])), int(rng.choice([1, 2, 3, 4, 5, 8, 9, 20]))
        if trial % 41 == 0:
            rows, columns, depth = (400, 180, 260) if trial % 82 else (0, 5, 5)
        if trial % 43 == 0:
            columns = int(rng.choice([0, 1]))
        if trial % 8 == 0:
            # Where the runs of one row are chains side by side.
            rows, columns, depth = (int(rng.choice(c)) for c in ([1, 1, 3], [1, 2, 10, 17, 33], [512, 1100, 2100, 4400]))
        kind = str(rng.choice(["same", "f16", "bf16", "i8"])) if dtype == np.float32 else "same"
        transposed = bool(rng.integers(2))
        draw, b_dtype = narrow(rng, kind, dtype)
        a = apart(rng, (rows, depth), dtype, rng.standard_normal)
        b = apart(rng, (columns, depth) if transposed else (depth, columns), b_dtype, draw)
        bias = rng.standard_normal(columns + 1).astype(dtype)[1:] if rng.integers(2) else None
        scales = rng.standard_normal(columns + 1).astype(dtype)[1:] if kind == "i8" or rng.integers(5) == 0 else None
        steps = random_steps(rng, (rows, columns), dtype)
        what = f"product {dtype.__name__} {rows}x{depth}x{columns} {kind} transposed {transposed}"
        expected = plain.product(a, b, bias, kind, transposed, False, scales, steps)

        # The parts one after another: B widened and turned by NumPy, then each step by itself.
        dense = np.ascontiguousarray((b if kind == "same" else widened(b, kind)).T if transposed else
                                     b if kind == "same" else widened(b, kind))
        whole = plain.product(a, dense)
        whole = whole if scales is None else whole * scales
        whole = whole if bias is None else whole + bias
        check(f"{what} in parts", expected, numpy_steps(whole, steps, plain))
        for name, variant in variants.items():
            for packed in (False, True):
                out, room = with_margin((rows, columns), dtype)
                got = variant.product(a, b, bias, kind, transposed, packed, scales, steps, out)
                check(f"{what} {name} packed {packed} steps {[s[0] for s in steps]}", np.ascontiguousarray(got), expected)
                out[...] = 42
                check(f"{what} {name} packed {packed} beside the result", room, np.full_like(room, 42))


def check_epilogues(rng, variants, check, trials):
    plain = variants["plain"]
    for trial in range(trials):
        dtype = (np.float32, np.float64)[trial % 2]
        shape = tuple(int(rng.choice([0, 1, 2, 3, 7, 16, 17, 33, 100])) for _ in range(2))
        if trial % 7 == 0:
            shape = (int(rng.choice([1, 3])), int(rng.choice([2047, 2048, 2100, 5000])))
        x = apart(rng, shape, dtype, rng.standard_normal)
        steps = random_steps(rng, shape, dtype)
        expected = numpy_steps(np.ascontiguousarray(x), steps, plain)
        for name, variant in variants.items():
            what = f"steps {[s[0] for s in steps]} {dtype.__name__} {shape} {name}"
            check(what, variant.epilogue(x, steps), expected)
            out, room = with_margin(shape, dtype)
            check(f"{what} apart", np.ascontiguousarray(variant.epilogue(x, steps, out)), expected)
            out[...] = x
            check(f"{what} in place", np.ascontiguousarray(variant.epilogue(out, steps, out)), expected)
            out[...] = 42
            check(f"{what} beside the result", room, np.full_like(room, 42))
