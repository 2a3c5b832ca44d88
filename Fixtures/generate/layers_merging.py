"""Makes the cases of the layers that combine values, compare them and change their type, in Fixtures/layers. See layer_cases.py."""

import ml_dtypes
from layer_cases import *
from onnx_node import onnx_node

import layer_cases

layer_cases.NAMES[np.dtype(ml_dtypes.bfloat16)] = "bf16"
TYPES = {name: dtype.type for dtype, name in layer_cases.NAMES.items()}
WHOLE = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"]

PAIRS = {
    "same": [(3, 5), (3, 5)], "primes": [(2, 3, 5, 7), (2, 3, 5, 7)], "row": [(2, 3, 5), (5,)], "row-first": [(5,), (2, 3, 5)], "outer": [(3, 1), (1, 5)],
    "middle": [(2, 3, 5), (2, 1, 5)], "column": [(2, 3, 5), (2, 3, 1)], "channel": [(2, 3, 5, 2), (3, 1, 1)], "mixed": [(3, 1, 7), (2, 1, 5, 1)], "scalar": [(2, 3), ()],
    "scalar-first": [(), (3, 2)], "scalars": [(), ()], "batch1": [(1, 7), (1, 7)], "empty": [(0, 5), (5,)], "hollow": [(2, 1), (2, 0)], "ones": [(1, 1), (1, 1, 1)],
}  # fmt: skip
MANY = {"three": [(2, 3, 5)] * 3, "growing": [(1,), (3,), (2, 3)], "four": [(3, 5), (5,), (3, 1), ()]}


def in_rows(shapes):
    return len({len(s) for s in shapes}) == 1 and len(shapes[0]) > 0 and len({s[0] for s in shapes}) == 1


def chosen(pick):
    def apply(*inputs):
        y = inputs[0]
        for x in inputs[1:]:
            y = np.where(pick(y, x) | np.isnan(y), y, x)
        return y

    return apply


def total(*inputs):
    y = inputs[0]
    for x in inputs[1:]:
        y = y + x
    return y


def product(*inputs):
    y = inputs[0]
    for x in inputs[1:]:
        y = y * x
    return y


def arithmetic():
    for kind, formula, layer, operator, is_pair in [
        ("subtract", lambda a, b: a - b, keras.layers.Subtract, "Sub", True), ("multiply", product, keras.layers.Multiply, "Mul", False), ("divide", lambda a, b: a / b, None, "Div", True),
        ("minimum", chosen(np.less), keras.layers.Minimum, "Min", False), ("maximum", chosen(np.greater), keras.layers.Maximum, "Max", False),
        ("average", lambda *x: total(*x) / x[0].dtype.type(len(x)), keras.layers.Average, "Mean", False),
    ]:  # fmt: skip
        for type_name, dtype in FLOATS.items():
            for name, shapes in (PAIRS if is_pair else PAIRS | MANY).items():
                inputs = [draw(s, dtype) for s in shapes]
                own = np.asarray(formula(*inputs))
                expectations = [expectation("numpy", own, {})]
                if layer and in_rows(shapes) and own.size:
                    theirs = layer(dtype=str(np.dtype(dtype)))([jax.numpy.asarray(x) for x in inputs])
                    expectations.append(expectation("keras", to_numpy(theirs), keras_tolerance(dtype, 2, 2) if kind == "average" else {}))
                # The evaluator adds the terms of Mean in place, and does not let the first one grow.
                if own.size and (len(inputs) == 2 or operator in ("Min", "Max")) and (operator != "Mean" or inputs[0].shape == own.shape):
                    theirs = onnx_node(operator, *inputs)
                    bound = keras_tolerance(dtype, 2, 2) if kind == "average" else {}
                    assert theirs.dtype == own.dtype and passes(own, theirs, bound).all(), (kind, name)
                    expectations.append(expectation("onnx", theirs, bound))
                case(kind, f"{name}-{type_name}", inputs, expectations, rows=in_rows(shapes))
            odd = special(dtype)
            for label, other in (("special", odd[::-1].copy()), ("special-shifted", np.roll(odd, 7))):
                case(kind, f"{label}-{type_name}", [odd, other], [expectation("numpy", formula(odd, other), {})])


def comparisons():
    for kind, formula, operator in [
        ("equal", np.equal, "Equal"), ("not_equal", np.not_equal, None), ("less", np.less, "Less"), ("less_equal", np.less_equal, "LessOrEqual"),
        ("greater", np.greater, "Greater"), ("greater_equal", np.greater_equal, "GreaterOrEqual"),
    ]:  # fmt: skip
        for type_name in ["f32", "f64", "bool", *WHOLE]:
            settings = PAIRS if type_name in FLOATS else {k: PAIRS[k] for k in ("same", "column")}
            for name, shapes in settings.items():
                if type_name == "bool":
                    inputs = [draw(s, np.float64) > 0 for s in shapes]
                else:
                    inputs = [np.round(draw(s, np.float64)) for s in shapes]
                    inputs = [(np.abs(x) if type_name[0] == "u" else x).astype(TYPES[type_name]) for x in inputs]
                    if type_name in WHOLE and name == "same":
                        info = np.iinfo(TYPES[type_name])
                        inputs[0][0, :3], inputs[1][0, :3] = [info.max, info.min, info.max], [info.max - 1, info.max, info.max]
                own = np.asarray(formula(*inputs))
                expectations = [expectation("numpy", own, {})]
                if own.size:
                    theirs = to_numpy(getattr(keras.ops, kind)(*inputs))
                    assert np.array_equal(own, theirs) and theirs.dtype == np.bool_
                    expectations.append(expectation("keras", theirs, {}))
                if operator and own.size and type_name in FLOATS and name in ("same", "outer", "row"):
                    theirs = onnx_node(operator, *inputs)
                    assert np.array_equal(own, theirs)
                    expectations.append(expectation("onnx", theirs, {}))
                case(kind, f"{name}-{type_name}", inputs, expectations, rows=in_rows(shapes))
        for type_name, dtype in FLOATS.items():
            odd = special(dtype)
            for label, other in (("special", odd), ("special-opposite", -odd), ("special-shifted", np.roll(odd, 7))):
                case(kind, f"{label}-{type_name}", [odd, other], [expectation("numpy", formula(odd, other), {})])


def logic():
    for kind, formula, operator in [("and", np.logical_and, "And"), ("or", np.logical_or, "Or"), ("xor", np.logical_xor, "Xor")]:
        for name, shapes in PAIRS.items():
            inputs = [np.asarray(draw(s, np.float64) > 0) for s in shapes]
            own = np.asarray(formula(*inputs))
            expectations = [expectation("numpy", own, {})]
            if own.size:
                for framework, theirs in (("keras", to_numpy(getattr(keras.ops, f"logical_{kind}")(*inputs))), ("onnx", onnx_node(operator, *inputs))):
                    assert np.array_equal(own, theirs)
                    expectations.append(expectation(framework, theirs, {}))
            case(kind, name, inputs, expectations, rows=in_rows(shapes))
        table = [np.array([False, False, True, True]), np.array([False, True, False, True])]
        case(kind, "table", table, [expectation("numpy", formula(*table), {})])
    for name, shape in SHAPES.items():
        x = np.asarray(draw(shape, np.float64) > 0)
        case("not", name, x, [expectation("numpy", np.logical_not(x), {})] + ([expectation("onnx", onnx_node("Not", x), {})] if x.size else []), rows=x.ndim > 0)


def where():
    for type_name in TYPES:
        settings = {
            "same": [(3, 5)] * 3, "row": [(5,), (2, 3, 5), (2, 3, 5)], "outer": [(3, 1), (1, 5), ()], "column": [(2, 3, 1), (2, 3, 5), (3, 1)], "scalars": [()] * 3, "condition": [(), (3, 5), (5,)],
            "mixed": [(2, 1, 5), (3, 1), (2, 3, 5)], "empty": [(0, 5), (5,), ()], "batch1": [(1, 7)] * 3,
        }  # fmt: skip
        for name, shapes in settings.items() if type_name in ("f32", "f64", "i64") else [("column", settings["column"])]:
            condition = np.asarray(draw(shapes[0], np.float64) > 0)
            x, y = ((np.abs(v) if type_name[0] == "u" else v) for v in (draw(s, np.float64, 20) for s in shapes[1:]))
            x, y = (np.asarray(v > 0 if type_name == "bool" else v.astype(TYPES[type_name])) for v in (x, y))
            own = np.where(condition, x, y).astype(x.dtype)
            expectations = [expectation("numpy", own, {})]
            if own.size and type_name in ("f32", "f64", "i64"):
                for framework, theirs in (("keras", to_numpy(keras.ops.where(condition, x, y))), ("onnx", onnx_node("Where", condition, x, y))):
                    assert np.array_equal(own, theirs) and own.dtype == theirs.dtype
                    expectations.append(expectation(framework, theirs, {}))
            case("where", f"{name}-{type_name}", [condition, x, y], expectations, rows=in_rows(shapes))


# Casts


def cast_element(value, source, target):
    """One element, by the rules of the documentation, in rational numbers."""
    if target == "bool":
        return bool(value != 0)
    if target in WHOLE:
        info = np.iinfo(TYPES[target])
        if source in WHOLE or source == "bool":
            span = int(info.max) - int(info.min) + 1
            return TYPES[target]((int(value) - int(info.min)) % span + int(info.min))
        number = float(value)
        if math.isnan(number):
            return TYPES[target](0)
        return TYPES[target](info.max if number >= float(info.max) + 1 else info.min if number < float(info.min) else max(min(int(number), int(info.max)), int(info.min)))
    if source not in WHOLE and source != "bool":
        number = float(value)
        if not math.isfinite(number) or number == 0:
            return TYPES[target](number)
        exact = Fraction(number)
    else:
        exact = Fraction(int(value))
    bits, least, greatest = {"f16": (11, -14, 15), "bf16": (8, -126, 127), "f32": (24, -126, 127), "f64": (53, -1022, 1023)}[target]
    if exact == 0:
        return TYPES[target](0)
    exponent = math.floor(math.log2(abs(exact.numerator)) - math.log2(exact.denominator))
    exponent = max(next(e for e in (exponent + 1, exponent, exponent - 1) if Fraction(2) ** e <= abs(exact)), least)
    unit = Fraction(2) ** (exponent - bits + 1)
    rounded_value = round(exact / unit) * unit
    if abs(rounded_value) >= Fraction(2) ** (greatest + 1):
        return TYPES[target](math.copysign(math.inf, exact))
    return TYPES[target](math.copysign(float(rounded_value), exact))


def to_probe(source):
    if source == "bool":
        return np.array([False, True, True])
    if source in WHOLE:
        info = np.iinfo(TYPES[source])
        numbers = [0, 1, 2, 100, 127, 128, 200, 255, 256, 257, 300, 2049, 2051, 4097, 65504, 65519, 65520, 65535, 65536, 2**24 + 1, 2**24 + 3, 2**31 - 1, 2**31, 2**53 + 1, 2**53 + 3, 2**60 + 2**36, 2**60 + 2**52 + 1, 2**63 - 1, 2**63, 2**64 - 1]
        numbers += [257 * 2**30 + 1, 0x8080_0000_0000_0001 >> 1, 0x7F80_0000_0000_0001 >> 3, *[-n for n in numbers], info.max, info.min, info.max - 1]
        return np.array(sorted({n for n in numbers if info.min <= n <= info.max}), TYPES[source])
    numbers = [0.0, -0.0, 0.3, 0.5, 0.99, 1.0, 1.5, 2.5, 126.9, 127.0, 127.5, 128.0, 255.0, 255.9, 256.0, 32767.5, 65504.0, 65519.0, 65520.0, 65535.9, 1e5, 2.0**31, 2.0**31 - 1, 2.0**32, 2.0**53 + 2, 2.0**63, 2.0**64, 1e20, 3.5e38, 1e300, 6e-8, 2e-8, 1e-40, 1e-310, 1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-8, 1 + 2.0**-11 + 2.0**-40, 1 + 2.0**-24 + 2.0**-50]
    numbers += [-n for n in numbers] + [math.inf, -math.inf, math.nan]
    return np.array(numbers, np.float64).astype(TYPES[source])


def casts():
    for source in TYPES:
        for target in TYPES:
            x = to_probe(source)
            own = np.array([cast_element(v, source, target) for v in x], TYPES[target])
            expectations = [expectation("definition", own, {})]
            fields = {"dtype": target} if target != "f32" else {"dtype": "f32"}
            case("cast", f"{source}-{target}", x, expectations, fields)
            # NumPy agrees wherever its own result is defined: not beyond the range of an integer, and not rounded twice.
            if source not in ("f16", "bf16") and target not in ("f16", "bf16"):
                inside = np.ones(len(x), bool)
                if target in WHOLE and source in FLOATS:
                    info = np.iinfo(TYPES[target])
                    inside = (x > float(info.min) - 1) & (x < float(info.max) + 1) & (np.abs(x) < 2**63)
                assert np.array_equal(x[inside].astype(TYPES[target]), own[inside], equal_nan=target[0] == "f"), (source, target)
    for name, shape in SHAPES.items():
        for source, target in (("f32", "i32"), ("f64", "f32"), ("i64", "f64"), ("f32", "bool")):
            x = draw(shape, TYPES[source], 9)
            own = np.asarray(x.astype(TYPES[target]))
            expectations = [expectation("numpy", own, {})]
            if own.size:
                kind = onnx.helper.np_dtype_to_tensor_dtype(own.dtype)
                for framework, theirs in (("onnx", onnx_node("Cast", x, to=kind)), ("keras", to_numpy(keras.ops.cast(x, {"i32": "int32", "f32": "float32", "f64": "float64", "bool": "bool"}[target])))):
                    assert np.array_equal(own, theirs) and own.dtype == theirs.dtype
                    expectations.append(expectation(framework, theirs, {}))
            case("cast", f"{name}-{source}-{target}", x, expectations, {"dtype": target}, rows=x.ndim > 0)


# Products


def batched_chain(a, b):
    """np.matmul by the definition of inner products."""
    left, right = (a[None] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left, right = np.broadcast_to(left, batch + left.shape[-2:]), np.broadcast_to(right, batch + right.shape[-2:])
    out = np.zeros(batch + (left.shape[-2], right.shape[-1]), a.dtype)
    for index in np.ndindex(*batch):
        out[index] = chain(left[index], right[index], None)
    if b.ndim == 1:
        out = out[..., 0]
    return out[..., 0, :] if a.ndim == 1 and b.ndim > 1 else out[..., 0] if a.ndim == 1 else out


def size_of(a, b, depth):
    return float(np.abs(a).max(initial=0) * np.abs(b).max(initial=0)) * max(depth, 1)


def products():
    for type_name, dtype in FLOATS.items():
        for name, left, right in [
            ("matrix", (3, 5), (5, 7)), ("batch", (2, 3, 5), (2, 5, 7)), ("shared-right", (2, 3, 5), (5, 7)), ("shared-left", (3, 5), (2, 5, 7)), ("broadcast", (2, 1, 3, 5), (3, 5, 2)), ("broadcast-both", (2, 1, 2, 3), (1, 3, 3, 2)),
            ("row", (5,), (5, 7)), ("row-batch", (5,), (2, 5, 3)), ("column", (3, 5), (5,)), ("column-batch", (2, 3, 5), (5,)), ("vectors", (7,), (7,)), ("deep", (2, 257), (257, 2)), ("batch-of-one", (1, 3, 5), (1, 5, 2)), ("batch-of-one-right", (3, 2, 5), (1, 5, 2)),
            ("batch3", (3, 2, 7), (3, 7, 2)), ("empty", (0, 3, 5), (0, 5, 2)), ("empty-shared", (0, 3, 5), (5, 2)), ("no-depth", (2, 0), (0, 3)), ("no-rows", (0, 5), (5, 3)), ("no-columns", (2, 5), (5, 0)),
        ]:  # fmt: skip
            a, b = draw(left, dtype), draw(right, dtype)
            own = np.asarray(batched_chain(a, b))
            expectations = [expectation("definition", own, {})]
            live = np.asarray(np.matmul(a, b))
            assert live.shape == own.shape, (name, live.shape, own.shape)
            if own.size and left[-1]:
                bound = {"absolute": float(np.finfo(dtype).eps) * size_of(a, b, left[-1])}
                for framework, theirs in (("numpy", live), ("keras", to_numpy(keras.ops.matmul(a, b))), ("onnx", onnx_node("MatMul", a, b))):
                    assert passes(own, np.asarray(theirs), bound).all()
                    expectations.append(expectation(framework, theirs, bound))
            rows = len(left) == len(right) > 2 and left[0] == right[0]
            case("matmul", f"{name}-{type_name}", [a, b], expectations, rows=rows)
        for name, left, right, axes in [
            ("vectors", (3, 5), (3, 5), [1, 1]), ("last", (2, 3, 5), (2, 7, 5), [2, 2]), ("negative", (2, 3, 5), (2, 7, 5), [-1, -1]), ("first", (2, 5, 3), (2, 5, 7), [1, 1]), ("mixed", (2, 3, 5), (2, 5, 7), [2, 1]),
            ("vector-matrix", (3, 5), (3, 5, 2), [1, 1]), ("matrix-vector", (3, 2, 5), (3, 5), [2, 1]), ("rank4", (2, 3, 5, 2), (2, 3, 5), [2, 2]), ("rank4-both", (1, 2, 3, 5), (1, 3, 3, 2), [2, 1]), ("batch1", (1, 7), (1, 7), [1, -1]), ("empty", (0, 5), (0, 5), [1, 1]), ("no-depth", (2, 3, 0), (2, 0, 2), [2, 1]),
        ]:  # fmt: skip
            a, b = draw(left, dtype), draw(right, dtype)
            for normalize in (False, True):
                left_axis, right_axis = axes[0] % len(left), axes[1] % len(right)
                x, y = np.moveaxis(a, left_axis, -1), np.moveaxis(b, right_axis, 1)
                x, y = x.reshape(len(x), math.prod(x.shape[1:-1]), x.shape[-1]).copy(), y.reshape(len(y), y.shape[1], math.prod(y.shape[2:])).copy()
                if normalize:
                    x, y = brought_to_one(x, 2), brought_to_one(y, 1)
                own = np.array([chain(m, n, None) for m, n in zip(x, y)], dtype) if len(x) else np.zeros((0, x.shape[1], y.shape[2]), dtype)
                rest = [n for i, n in enumerate(left) if i not in (0, left_axis)] + [n for i, n in enumerate(right) if i not in (0, right_axis)]
                own = own.reshape([len(a)] + (rest or [1]))
                expectations = [expectation("definition", own, {})]
                # Keras refuses tensors of rank 4 and more as first or second input in some orders of its axes.
                if own.size and left[left_axis]:
                    layer = keras.layers.Dot(axes, normalize=normalize, dtype=str(np.dtype(dtype)))
                    bound = {"absolute": 4 * float(np.finfo(dtype).eps) * (left[left_axis] if normalize else size_of(a, b, left[left_axis]))}
                    expectations.append(expectation("keras", to_numpy(layer([jax.numpy.asarray(a), jax.numpy.asarray(b)])).reshape(own.shape), bound))
                fields = {"axes": axes} | ({"normalize": True} if normalize else {})
                case("dot", f"{name}{'-normalized' if normalize else ''}-{type_name}", [a, b], expectations, fields)
        a, b = np.array([[0, 0, 0], [1e-9, 0, 0], [1, np.inf, 0], [np.nan, 1, 2]], dtype), draw((4, 3), dtype)
        x, y = brought_to_one(a[:, None], 2), brought_to_one(b[:, :, None], 1)
        own = np.array([[np.sum([x[i, 0, k] * y[i, k, 0] for k in range(3)])] for i in range(4)], dtype)
        case("dot", f"special-normalized-{type_name}", [a, b], [expectation("numpy", own, {"relative": 4 * float(np.finfo(dtype).eps)})], {"axes": [1, 1], "normalize": True})


def brought_to_one(x, axis):
    total = np.zeros(tuple(n for i, n in enumerate(x.shape) if i != axis), x.dtype)
    for index in range(x.shape[axis]):
        total = total + np.take(x, index, axis) * np.take(x, index, axis)
    inverse = 1 / np.sqrt(total)
    factor = np.where(inverse > 1e7, x.dtype.type(1e7), inverse).astype(x.dtype)
    return x * np.expand_dims(factor, axis)


if __name__ == "__main__":
    start(__file__, 20240614)
    arithmetic()
    comparisons()
    logic()
    where()
    casts()
    products()
    finish()
