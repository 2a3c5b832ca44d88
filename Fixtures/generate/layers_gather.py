"""Makes the cases of gather_elements and gather_nd in Fixtures/layers: NumPy's indexing, and ONNX's evaluator. See layer_cases.py."""

import layer_cases
from layer_cases import *
from layers_shape import MAIN, OTHERS, TYPES, values
from onnx_node import onnx_node


def gathered(kind, name, x, i, own, rows, fields, theirs):
    """A case; all others must give NumPy's bits."""
    expectations = [expectation("numpy", own, {})]
    for framework, find in theirs.items() if NAMES[x.dtype] in MAIN and own.size else []:
        found = find()
        assert found.dtype == own.dtype and np.array_equal(found, own), (kind, name, framework)
        expectations.append(expectation(framework, found, {}))
    case(kind, name, [x, i], expectations, {k: v for k, v in fields.items() if v}, rows=rows)


def elements():
    for name, shape, index_shape, axis, rows in [
        ("first", (5, 3), (7, 3), 0, False), ("middle", (2, 7, 3), (2, 5, 3), 1, True), ("last", (3, 5), (3, 2), -1, True), ("smaller", (5, 3, 7), (2, 4, 5), 1, False),
        ("smaller-last", (5, 3, 7), (3, 2, 11), 2, False), ("deep", (2, 3, 5, 7), (2, 3, 4, 7), -2, True), ("rank1", (7,), (3,), 0, False), ("batch1", (1, 7), (1, 5), 1, True),
        ("no-index", (3, 5), (3, 0), 1, True), ("empty", (0, 5), (0, 3), 1, True), ("hollow", (3, 0), (0, 0), 1, False),
    ]:  # fmt: skip
        for type_name in MAIN + (OTHERS if name == "middle" else []):
            for index_name in ("i32", "i64") if name in ("first", "middle") else ("i64",):
                x = values(shape, type_name)
                i = layer_cases.rng.integers(-shape[axis], max(shape[axis], 1), index_shape).astype(TYPES[index_name])
                whole = axis % len(shape)
                part = x[tuple(slice(None) if d == whole else slice(n) for d, n in enumerate(index_shape))]
                own = np.take_along_axis(part, i.astype(np.int64), axis)
                for p in np.ndindex(index_shape):
                    assert own[p] == x[p[:whole] + (i[p],) + p[whole + 1 :]]
                theirs = {"keras": lambda: to_numpy(keras.ops.take_along_axis(part, i, axis))}
                if part.shape == shape:
                    theirs["onnx"] = lambda: onnx_node("GatherElements", x, i, axis=whole)
                gathered("gather_elements", f"{name}-{type_name}-{index_name}", x, i, own, rows, {"axis": axis}, theirs)


def slices():
    for name, shape, index_shape, shared, rows in [
        ("elements", (5, 3), (7, 2), 0, False), ("rows", (5, 3, 2), (2, 4, 1), 0, False), ("pairs", (5, 3, 2), (4, 2), 0, False), ("batch", (3, 5, 2), (3, 1), 1, True),
        ("batch-elements", (3, 5, 7), (3, 4, 2), 1, True), ("two-batches", (2, 3, 5, 7), (2, 3, 4, 1), 2, True), ("batch1", (1, 5), (1, 2, 1), 1, True), ("one", (5, 3), (2,), 0, False),
        ("rank1", (7,), (3, 1), 0, False), ("whole", (3, 2), (5, 0), 0, False), ("whole-batch", (3, 2), (3, 2, 0), 1, True), ("no-index", (3, 5), (0, 1), 0, False), ("empty", (0, 5), (0, 2, 1), 1, True),
        ("hollow", (3, 0), (2, 1), 0, False),
    ]:  # fmt: skip
        for type_name in MAIN + (OTHERS if name == "batch" else []):
            for index_name in ("i32", "i64") if name in ("elements", "batch") else ("i64",):
                x, depth = values(shape, type_name), index_shape[-1]
                ends = np.array(shape[shared : shared + depth], int)
                i = (layer_cases.rng.integers(-(2**31), 2**31, index_shape) % np.maximum(2 * ends, 1) - ends).astype(TYPES[index_name])
                flat, lists = x.reshape((-1 if x.size else math.prod(shape[:shared]),) + shape[shared:]), i.reshape((math.prod(shape[:shared]),) + index_shape[shared:])
                parts = [np.broadcast_to(one[tuple(np.moveaxis(list_, -1, 0))], index_shape[shared:-1] + shape[shared + depth :]) for one, list_ in zip(flat, lists)]
                own = np.array(parts, x.dtype).reshape(index_shape[:-1] + shape[shared + depth :])
                theirs = {"onnx": lambda: onnx_node("GatherND", x, i, batch_dims=shared)} if depth else {}
                gathered("gather_nd", f"{name}-{type_name}-{index_name}", x, i, own, rows, {"batch_dims": shared}, theirs)


if __name__ == "__main__":
    start(__file__, 20261126)
    elements()
    slices()
    finish()
