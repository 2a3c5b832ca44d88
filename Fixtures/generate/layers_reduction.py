"""Makes the cases of the layers that reduce axes, in Fixtures/layers. See layer_cases.py."""

from layer_cases import *
from onnx_node import onnx_node

import layer_cases

SETTINGS = {
    "last": ((2, 3, 5), [-1]), "middle": ((2, 3, 5), [1]), "first": ((2, 3, 5), [0]), "all": ((2, 3, 5, 7), []), "all-named": ((2, 3, 5), [0, 1, 2]), "trailing": ((2, 3, 5, 7), [2, 3]), "leading": ((3, 2, 5, 7), [0, 1]),
    "outer-and-inner": ((3, 2, 17), [0, 2]), "around": ((2, 3, 5, 2), [0, 2]), "three-groups": ((2, 3, 2, 3, 9), [0, 2, 4]), "spatial": ((3, 5, 7, 2), [1, 2]), "spatial-first": ((3, 2, 5, 7), [-1, -2]), "between-ones": ((3, 5, 1, 7), [1, 3]),
    "of-ones": ((3, 1, 5), [1]), "rank1": ((7,), [0]), "scalar": ((), []), "batch1": ((1, 11), [1]), "batch3": ((3, 19), [1]), "long": ((2, 131), [1]), "longer": ((2, 3, 67), [1, 2]), "empty": ((0, 5), [1]),
}  # fmt: skip


def axes_of(x, axes):
    return tuple(axes) if axes else tuple(range(x.ndim))


def fields_of(axes, keepdims):
    return ({"axes": axes} if axes else {}) | ({"keepdims": True} if keepdims else {})


def in_rows(shape, axes, keepdims):
    return len(shape) > 1 and bool(axes) and 0 not in [a % len(shape) for a in axes]


def exact_log_sum_exp(x, axes, keepdims):
    kept = [a for a in range(x.ndim) if a not in [b % x.ndim for b in axes]]
    moved = np.transpose(x, kept + [a for a in range(x.ndim) if a not in kept])
    lines = moved.reshape([x.shape[a] for a in kept] + [-1]) if x.size else moved.reshape([x.shape[a] for a in kept] + [math.prod(x.shape[a] for a in range(x.ndim) if a not in kept)])
    out = np.zeros(lines.shape[:-1], x.dtype)
    for index in np.ndindex(*out.shape):
        line = lines[index]
        if np.isnan(line).any():
            out[index] = np.nan
        elif (line == np.inf).any():
            out[index] = np.inf
        elif (line == -np.inf).all():
            out[index] = -np.inf
        else:
            out[index] = nearest(mpmath.log(mpmath.fsum(mpmath.exp(mpmath.mpf(float(v))) for v in line if np.isfinite(v))), x.dtype)
    return out.reshape([n if a in kept else 1 for a, n in enumerate(x.shape) if a in kept or keepdims])


KINDS = {
    "reduce_sum": (np.sum, "ReduceSum", keras.ops.sum), "reduce_mean": (np.mean, "ReduceMean", keras.ops.mean), "reduce_max": (np.max, "ReduceMax", keras.ops.max),
    "reduce_min": (np.min, "ReduceMin", keras.ops.min), "reduce_prod": (np.prod, "ReduceProd", keras.ops.prod),
    "reduce_l1": (lambda x, axis, keepdims: np.sum(np.abs(x), axis=axis, keepdims=keepdims), "ReduceL1", lambda x, axis, keepdims: keras.ops.sum(keras.ops.abs(x), axis=axis, keepdims=keepdims)),
    "reduce_l2": (lambda x, axis, keepdims: np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims)), "ReduceL2", lambda x, axis, keepdims: keras.ops.sqrt(keras.ops.sum(x * x, axis=axis, keepdims=keepdims))),
    "reduce_log_sum_exp": (None, "ReduceLogSumExp", keras.ops.logsumexp),
}  # fmt: skip


def reductions():
    for kind, (formula, operator, layer) in KINDS.items():
        for type_name, dtype in FLOATS.items():
            for name, (shape, axes) in SETTINGS.items():
                for keepdims in (False, True) if name in ("last", "all", "around", "scalar", "of-ones") else (False,):
                    x = draw(shape, dtype, 1.5 if kind == "reduce_prod" else 2.5)
                    wanted = axes_of(x, axes)
                    if formula:
                        own = np.asarray(formula(x, axis=wanted, keepdims=keepdims))
                        expectations = [expectation("numpy", own, {})]
                    else:
                        own = exact_log_sum_exp(x, wanted, keepdims)
                        expectations = [expectation("exact", own, "declared")]
                    if x.size and name != "scalar":
                        magnitude = float(np.max(np.sum(np.abs(x), axis=wanted))) if kind != "reduce_prod" else 0.0
                        bound = {"relative": 32 * float(np.finfo(dtype).eps), "absolute": 4 * float(np.finfo(dtype).eps) * (magnitude + 1)}
                        if kind in ("reduce_max", "reduce_min"):
                            bound = {}
                        theirs = to_numpy(layer(x, axis=wanted, keepdims=keepdims))
                        # Keras 3.15 takes the mean of f64 in f32.
                        single = {"relative": 1e-6, "absolute": 1e-6}
                        expectations.append(expectation("keras", theirs, single if (kind, type_name) == ("reduce_mean", "f64") else bound))
                        if name in ("last", "all", "around", "trailing"):
                            named = np.array(wanted, np.int64)
                            theirs = onnx_node(operator, x, named, keepdims=int(keepdims))
                            assert theirs.shape == own.shape and passes(own, theirs, bound).all(), (kind, name)
                            expectations.append(expectation("onnx", theirs.astype(dtype), bound))
                    case(kind, f"{name}{'-kept' if keepdims else ''}-{type_name}", x, expectations, fields_of(axes, keepdims), rows=in_rows(shape, axes, keepdims))
            # Nothing to reduce: what each begins with.
            for name, shape, axes in (("nothing", (3, 0), [1]), ("nothing-around", (0, 3, 2), [0, 2])):
                if kind in ("reduce_max", "reduce_min"):
                    fill = -np.inf if kind == "reduce_max" else np.inf
                    own = np.full([n for a, n in enumerate(shape) if a not in axes], fill, dtype)
                elif kind == "reduce_log_sum_exp":
                    own = np.full([n for a, n in enumerate(shape) if a not in axes], -np.inf, dtype)
                else:
                    own = formula(np.zeros(shape, dtype), axis=tuple(axes), keepdims=False)
                case(kind, f"{name}-{type_name}", np.zeros(shape, dtype), [expectation("numpy", own, {})], fields_of(axes, False), rows=False)
            odd = np.array([[0.0, -0.0, 0.0], [1, np.inf, 2], [np.nan, 0, 1], [np.inf, -np.inf, 0], [-np.inf] * 3, [np.finfo(dtype).max, np.finfo(dtype).max, 1], [1, np.nan, np.nan]], dtype)
            for axes in ([1], [0]):
                if kind == "reduce_log_sum_exp":
                    expectations = [expectation("exact", exact_log_sum_exp(odd, axes, False), "declared")]
                elif kind in ("reduce_max", "reduce_min"):
                    # NumPy leaves the sign of a zero open.
                    own = np.take(odd, 0, axes[0])
                    for index in range(1, odd.shape[axes[0]]):
                        new = np.take(odd, index, axes[0])
                        own = np.where((own > new if kind == "reduce_max" else own < new) | np.isnan(own), own, new)
                    assert np.array_equal(own, formula(odd, axis=tuple(axes)), equal_nan=True)
                    expectations = [expectation("numpy", own, {})]
                else:
                    expectations = [expectation("numpy", formula(odd, axis=tuple(axes), keepdims=False), {})]
                case(kind, f"special-{axes[0]}-{type_name}", odd, expectations, fields_of(axes, False), rows=axes == [1])


def searches():
    for kind, find, operator in (("argmax", np.argmax, "ArgMax"), ("argmin", np.argmin, "ArgMin")):
        for type_name, dtype in FLOATS.items():
            for name, (shape, axis) in {"last": ((2, 3, 5), -1), "middle": ((2, 7, 3), 1), "first": ((5, 3), 0), "rank1": ((11,), 0), "empty": ((0, 5), 1), "batch1": ((1, 7), -1), "batch3": ((3, 13), -1), "one": ((3, 1), 1), "no-inner": ((2, 3, 0), 1)}.items():
                for keepdims in (False, True) if name in ("last", "middle") else (False,):
                    for last in (False, True):
                        # Few values, so that several are equal; no -0, which Keras takes to be below +0.
                        x = (np.round(draw(shape, dtype, 1.0)) + 0.0).astype(dtype)
                        flipped = np.flip(x, axis)
                        own = x.shape[axis] - 1 - find(flipped, axis, keepdims=keepdims) if last else find(x, axis, keepdims=keepdims)
                        own = np.asarray(own, np.int64)
                        expectations = [expectation("numpy", own, {})]
                        if x.size:
                            theirs = onnx_node(operator, x, axis=axis % x.ndim, keepdims=int(keepdims), select_last_index=int(last))
                            assert np.array_equal(own, theirs)
                            expectations.append(expectation("onnx", theirs, {}))
                            if not last:
                                theirs = to_numpy(getattr(keras.ops, kind)(x, axis=axis, keepdims=keepdims)).astype(np.int64)
                                assert np.array_equal(own, theirs)
                        fields = ({"axis": axis} if axis != -1 else {}) | ({"keepdims": True} if keepdims else {}) | ({"select_last_index": True} if last else {})
                        case(kind, f"{name}{'-kept' if keepdims else ''}{'-last-index' if last else ''}-{type_name}", x, expectations, fields, rows=x.ndim > 1 and axis % x.ndim != 0)
            odd = np.array([[0.0, -0.0, 0.0], [1, np.inf, np.inf], [np.nan, 0, 1], [0, np.nan, np.nan], [-np.inf] * 3, [-np.inf, -np.inf, 5], [5, np.inf, np.nan]], dtype)
            for last in (False, True):
                own = odd.shape[1] - 1 - find(odd[:, ::-1], 1) if last else find(odd, 1)
                case(kind, f"special{'-last-index' if last else ''}-{type_name}", odd, [expectation("numpy", own.astype(np.int64), {})], {"select_last_index": True} if last else {})


def sums_on_the_way():
    for type_name, dtype in FLOATS.items():
        for name, (shape, axis) in {"last": ((2, 3, 5), -1), "middle": ((2, 7, 3), 1), "first": ((5, 3), 0), "rank1": ((11,), 0), "empty": ((0, 5), 1), "batch1": ((1, 131), -1), "batch3": ((3, 13), -1), "one": ((3, 1), 1), "hollow": ((2, 0), 1)}.items():
            for exclusive in (False, True):
                for reverse in (False, True):
                    x = draw(shape, dtype)
                    line = np.flip(x, axis) if reverse else x
                    own = np.cumsum(line, axis, dtype=dtype)
                    if exclusive and x.shape[axis]:
                        own = np.concatenate([np.zeros_like(np.take(own, [0], axis)), np.take(own, range(x.shape[axis] - 1), axis)], axis)
                    own = (np.flip(own, axis) if reverse else own).copy()
                    expectations = [expectation("numpy", own, {})]
                    if x.size:
                        theirs = onnx_node("CumSum", x, np.array(axis % x.ndim), exclusive=int(exclusive), reverse=int(reverse))
                        assert np.array_equal(own, theirs), name
                        expectations.append(expectation("onnx", theirs, {}))
                        if not exclusive and not reverse:
                            bound = {"absolute": 8 * float(np.finfo(dtype).eps) * float(np.sum(np.abs(x)))}
                            expectations.append(expectation("keras", to_numpy(keras.ops.cumsum(x, axis)), bound))
                    fields = ({"axis": axis} if axis != -1 else {}) | ({"exclusive": True} if exclusive else {}) | ({"reverse": True} if reverse else {})
                    case("cumsum", f"{name}{'-exclusive' if exclusive else ''}{'-reverse' if reverse else ''}-{type_name}", x, expectations, fields, rows=x.ndim > 1 and axis % x.ndim != 0)
        odd = np.array([[-0.0, -0.0, 0.0], [1, np.inf, -np.inf], [np.nan, 0, 1]], dtype)
        case("cumsum", f"special-{type_name}", odd, [expectation("numpy", np.cumsum(odd, 1, dtype=dtype), {})])


def bests():
    def top(x, k, axis, largest):
        # NaN is above any number; equal elements keep their order.
        line = np.moveaxis(x, axis, -1)
        order = np.zeros(line.shape, np.int64)
        for index in np.ndindex(*line.shape[:-1]):
            key = [(1 if np.isnan(v) else 0, 0.0 if np.isnan(v) else float(v)) for v in line[index]]
            order[index] = sorted(range(len(key)), key=(lambda i: ((-key[i][0], -key[i][1]), i)) if largest else (lambda i: (key[i], i)))
        order = np.moveaxis(order[..., :k], -1, axis)
        return [np.take_along_axis(x, order, axis), order]

    for type_name, dtype in FLOATS.items():
        for name, (shape, k, axis) in {"last": ((2, 3, 7), 3, -1), "middle": ((2, 11, 3), 4, 1), "first": ((5, 3), 2, 0), "rank1": ((13,), 6, 0), "whole": ((3, 7), 7, -1), "one": ((3, 5), 1, -1), "none": ((3, 5), 0, -1), "empty": ((0, 5), 2, -1), "batch1": ((1, 67), 19, -1), "hollow": ((2, 0), 0, 1)}.items():
            for largest in (True, False):
                for tied in (False, True):
                    x = draw(shape, dtype, 1.0)
                    x = (np.round(x) + 0.0).astype(dtype) if tied else x
                    own = top(x, k, axis, largest)
                    expectations = [expectation("numpy", own, {})]
                    if x.size and k:
                        theirs = onnx_node("TopK", x, np.array([k], np.int64), outputs=2, axis=axis % x.ndim, largest=int(largest), sorted=1)
                        assert np.array_equal(own[0], theirs[0])
                        if not tied:
                            assert np.array_equal(own[1], theirs[1])
                            expectations.append(expectation("onnx", theirs, {}))
                        if largest and axis == -1:
                            theirs = [to_numpy(v) for v in keras.ops.top_k(x, k)]
                            assert np.array_equal(own[0], theirs[0]) and np.array_equal(own[1], theirs[1])
                    fields = {"k": k} | ({"axis": axis} if axis != -1 else {}) | ({} if largest else {"largest": False})
                    case("top_k", f"{name}{'' if largest else '-least'}{'-tied' if tied else ''}-{type_name}", x, expectations, fields, rows=x.ndim > 1 and axis % x.ndim != 0)
        odd = np.array([[0.0, -0.0, 1.0, -0.0, 0.0], [1, np.inf, -np.inf, np.inf, 2], [np.nan, 0, np.nan, 1, np.inf], [-np.inf, np.nan, -np.inf, 1, 1]], dtype)
        for largest in (True, False):
            case("top_k", f"special{'' if largest else '-least'}-{type_name}", odd, [expectation("numpy", top(odd, 4, -1, largest), {})], {"k": 4} | ({} if largest else {"largest": False}))


if __name__ == "__main__":
    start(__file__, 20240615)
    reductions()
    searches()
    sums_on_the_way()
    bests()
    finish()
