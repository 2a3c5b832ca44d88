"""Makes the cases of the layers that move elements, and of resize, in Fixtures/layers. See layer_cases.py."""

import itertools

import ml_dtypes
from layer_cases import *
from onnx_node import onnx_node

import layer_cases

layer_cases.NAMES[np.dtype(ml_dtypes.bfloat16)] = "bf16"
MAIN = ["f32", "f64", "i64"]
TYPES = {name: dtype.type for dtype, name in layer_cases.NAMES.items()}
OTHERS = [name for name in TYPES if name not in MAIN]


def values(shape, type_name):
    """Elements of any type, asymmetric, each unlike its neighbours."""
    x = layer_cases.rng.standard_normal(shape) * 25 + 3
    if type_name == "bool":
        return x > 5
    return (np.abs(x) if type_name.startswith("u") else x).astype(TYPES[type_name])


def moved(kind, name, shape, formula, fields, keras_layer=None, node=None, rows=True, types=MAIN):
    """Cases of one setting in several types; Keras and ONNX must give the same bits as the formula in NumPy."""
    for type_name in types:
        x = values(shape, type_name)
        own = formula(x)
        expectations = [expectation("numpy", own, {})]
        if keras_layer and type_name in FLOATS and x.size:
            theirs = keras_layer(x)
            theirs = [to_numpy(t) for t in theirs] if isinstance(theirs, (list, tuple)) else to_numpy(theirs)
            expectations.append(expectation("keras", theirs, {}))
        if node and type_name in ("f32", "f64", "i64") and x.size:
            theirs = node(x)
            for mine, other in zip(own if isinstance(own, list) else [own], theirs if isinstance(theirs, list) else [theirs]):
                assert mine.dtype == other.dtype and np.array_equal(mine, other), (kind, name, mine, other)
            expectations.append(expectation("onnx", theirs, {}))
        case(kind, f"{name}-{type_name}", x, expectations, fields, rows=rows)


def ints(*numbers):
    return np.array(numbers, np.int64)


def typed(layer, *arguments, **options):
    return lambda x: layer(*arguments, **options, dtype=str(x.dtype))(x)


def permute():
    settings = [
        ("batch-kept", (2, 3, 5, 7), [0, 3, 1, 2]), ("reversed", (2, 3, 5), [2, 1, 0]), ("swapped-last", (3, 5, 7), [0, 2, 1]), ("matrix", (3, 7), [1, 0]),
        ("same", (2, 3, 5), [0, 1, 2]), ("outer", (2, 3, 5, 7), [1, 0, 2, 3]), ("cycle", (2, 3, 5, 7), [1, 2, 3, 0]), ("negative", (2, 3, 5), [0, -1, 1]),
        ("ones", (3, 1, 5, 1), [0, 3, 2, 1]), ("rank1", (5,), [0]), ("scalar", (), []), ("empty", (0, 3, 5), [0, 2, 1]), ("hollow", (2, 0, 5), [0, 2, 1]), ("batch1", (1, 3, 5), [0, 2, 1]),
    ]  # fmt: skip
    for name, shape, p in settings:
        whole = [a % len(shape) for a in p]
        layer = typed(keras.layers.Permute, whole[1:]) if whole[:1] == [0] and len(whole) > 1 else None
        moved("permute", name, shape, lambda x: np.transpose(x, p).copy(), {"permutation": p}, layer,
              (lambda x: onnx_node("Transpose", x, perm=whole)) if p else None, rows=whole[:1] == [0])
    moved("permute", "type", (2, 3, 5), lambda x: np.transpose(x, [0, 2, 1]).copy(), {"permutation": [0, 2, 1]}, types=OTHERS)


def ones():
    for name, shape, axes in [("first", (3, 5), [0]), ("last", (3, 5), [-1]), ("middle", (2, 3, 5), [1, -2]), ("unsorted", (3, 5), [3, 1]), ("scalar", (), [0, 1]), ("none", (3,), []), ("empty", (0, 3), [1])]:
        rows = 0 not in axes and shape != ()
        node = (lambda x: onnx_node("Unsqueeze", x, ints(*axes))) if axes else None
        moved("expand_dims", name, shape, lambda x: np.expand_dims(x, tuple(axes)), {"axes": axes},
              (lambda x: keras.ops.expand_dims(x, axes[0])) if len(axes) == 1 else None, node, rows=rows)
    moved("expand_dims", "type", (3, 5), lambda x: x[:, None], {"axes": [1]}, types=OTHERS)
    for name, shape, axes in [("first", (1, 3, 5), [0]), ("last", (3, 5, 1), [-1]), ("several", (3, 1, 5, 1), [3, 1]), ("one-of-two", (3, 1, 1, 5), [-2]), ("none", (3, 1), []), ("empty", (0, 1, 3), [1]), ("to-scalar", (1, 1), [0, 1])]:
        rows = 0 not in axes
        node = (lambda x: onnx_node("Squeeze", x, ints(*axes))) if axes else None
        moved("squeeze", name, shape, lambda x: np.squeeze(x, tuple(axes)), {"axes": axes},
              (lambda x: keras.ops.squeeze(x, axes[0])) if len(axes) == 1 else None, node, rows=rows)
    moved("squeeze", "type", (3, 1, 5), lambda x: x[:, 0], {"axes": [1]}, types=OTHERS)


def repetitions():
    for name, shape, target in [
        ("column", (3, 1, 5), [3, 7, 5]), ("rank", (5,), [2, 3, 5]), ("scalar", (), [2, 3]), ("ones-keep", (3, 1, 5), [1, 7, 1]), ("shorter", (2, 3, 1), [5]),
        ("last", (3, 2, 1), [1, 1, 7]), ("two-apart", (1, 3, 1, 5), [2, 1, 7, 1]), ("same", (3, 5), [3, 5]), ("none", (3,), []), ("empty", (0, 1), [1, 5]), ("hollow", (2, 1), [2, 0]),
    ]:  # fmt: skip
        shape_of = lambda x: np.broadcast_shapes(x.shape, target)
        rows = len(shape) >= len(target) and shape[0] != 1 and target[:1] in ([1], [], target[-1:] if len(target) < len(shape) else [1])
        moved("expand", name, shape, lambda x: np.broadcast_to(x, shape_of(x)).copy(), {"target_shape": target},
              lambda x: keras.ops.broadcast_to(x, shape_of(x)), (lambda x: onnx_node("Expand", x, ints(*target))) if target else None, rows=rows)
    moved("expand", "type", (3, 1, 2), lambda x: np.broadcast_to(x, (3, 5, 2)).copy(), {"target_shape": [5, 1]}, types=OTHERS)
    for name, shape, repeats in [
        ("inner", (3, 5), [1, 2]), ("outer", (3, 5), [2, 1]), ("all", (2, 3, 5), [3, 2, 2]), ("middle", (2, 3, 5), [1, 3, 1]), ("rank1", (5,), [3]), ("one-element", (3, 1, 1), [1, 2, 3]),
        ("once", (3, 5), [1, 1]), ("never", (3, 5), [1, 0]), ("scalar", (), []), ("empty", (0, 3), [1, 2]), ("mixed", (3, 2, 1, 5), [1, 2, 3, 1]),
    ]:  # fmt: skip
        rows = repeats[:1] == [1]
        moved("tile", name, shape, lambda x: np.tile(x, repeats), {"repeats": repeats}, lambda x: keras.ops.tile(x, repeats),
              (lambda x: onnx_node("Tile", x, ints(*repeats))) if repeats else None, rows=rows)
    moved("tile", "type", (3, 5), lambda x: np.tile(x, (1, 3)), {"repeats": [1, 3]}, types=OTHERS)
    for name, shape, n in [("two", (3, 5), 2), ("seven", (1, 3), 7), ("once", (2, 3), 1), ("empty", (0, 5), 3), ("hollow", (2, 0), 3)]:
        moved("repeat_vector", name, shape, lambda x: np.repeat(x[:, None], n, 1), {"n": n}, typed(keras.layers.RepeatVector, n))
    moved("repeat_vector", "type", (3, 5), lambda x: np.repeat(x[:, None], 2, 1), {"n": 2}, types=OTHERS)
    for name, shape, size, layout_name in [
        ("1d", (2, 3, 5), [2], "channels_last"), ("1d-first", (2, 3, 5), [3], "channels_first"), ("2d", (3, 2, 5, 7), [2, 3], "channels_last"), ("2d-first", (1, 5, 3, 2), [3, 2], "channels_first"),
        ("3d", (1, 2, 3, 2, 3), [2, 1, 3], "channels_last"), ("3d-first", (1, 3, 2, 3, 2), [1, 3, 2], "channels_first"), ("once", (2, 3, 5), [1], "channels_last"),
        ("no-spatial", (3, 5), [], "channels_last"), ("empty", (0, 3, 2, 5), [2, 2], "channels_last"), ("hollow", (2, 0, 3), [2], "channels_last"),
    ]:  # fmt: skip
        first = 1 if layout_name == "channels_last" else 2

        def repeated(x):
            for axis, factor in enumerate(size):
                x = np.repeat(x, factor, first + axis)
            return x

        layer = None
        if layout_name == "channels_last" or len(size) > 1:
            options = {} if len(size) == 1 else {"data_format": layout_name}
            layer = {1: keras.layers.UpSampling1D, 2: keras.layers.UpSampling2D, 3: keras.layers.UpSampling3D}.get(len(size))
            layer = layer and typed(layer, size[0] if len(size) == 1 else tuple(size), **options)
        fields = {"size": size} if layout_name == "channels_last" else {"size": size, "data_format": layout_name}
        moved("up_sampling", name, shape, repeated, fields, layer)
    moved("up_sampling", "type", (2, 3, 5), lambda x: np.repeat(x, 2, 1), {"size": [2]}, types=OTHERS)


def pad_and_cut():
    for mode in ("constant", "reflect", "edge", "wrap"):
        for name, shape, pads in [
            ("1d", (2, 5, 3), [[0, 0], [2, 1], [0, 0]]), ("2d", (1, 3, 5, 2), [[0, 0], [1, 2], [3, 0], [0, 0]]), ("last", (3, 5), [[0, 0], [0, 4]]), ("first", (3, 5), [[2, 1], [0, 0]]),
            ("all", (2, 3, 5), [[1, 0], [2, 1], [0, 3]]), ("far", (1, 3), [[0, 0], [7, 8]]), ("farther", (1, 2, 3), [[0, 0], [5, 6], [9, 1]]), ("none", (3, 5), [[0, 0], [0, 0]]), ("one", (2, 1), [[0, 0], [2, 3]]),
            ("empty", (0, 3), [[0, 0], [1, 1]]), ("rank1", (5,), [[1, 2]]), ("scalar", (), []), ("hollow", (2, 0), [[0, 0], [1, 2]]),
        ]:  # fmt: skip
            if mode != "constant" and name == "hollow":
                continue
            rows = pads[:1] == [[0, 0]]
            fields = {"padding": pads} if mode == "constant" else {"padding": pads, "mode": mode}
            near = all(max(p) < n for p, n in zip(pads, shape))
            keras_ok = mode in ("constant", "reflect") and near and shape
            flat = ints(*[p[0] for p in pads], *[p[1] for p in pads])
            node = (lambda x: onnx_node("Pad", x, flat, mode=mode)) if pads and near else None
            moved("padding", f"{mode}-{name}", shape, lambda x: np.pad(x, pads, mode) if pads else x.copy(), fields,
                  (lambda x: keras.ops.pad(x, pads, mode)) if keras_ok else None, node, rows=rows, types=MAIN if mode in ("constant", "reflect") else ["f32", "f64"])
    pads = [[0, 0], [1, 2]]
    for type_name in [*MAIN, *OTHERS]:
        for label, value in {"bool": [("true", 1.0)], "u8": [("most", 255.0)], "i8": [("least", -128.0)], "u64": [("high", 2.0**63)]}.get(
            type_name, [("value", 2.0)] if type_name[0] in "iu" else [("value", 0.1), ("infinite", -math.inf), ("nan", math.nan)]):
            fields = {"padding": pads, "value": value if math.isfinite(value) else "NaN" if math.isnan(value) else "-Infinity"}
            wanted = TYPES[type_name](int(value) if type_name[0] in "iub" and type_name != "bf16" else value)
            moved("padding", f"constant-{label}", (2, 3), lambda x: np.pad(x, pads, constant_values=wanted), fields, types=[type_name])
        if type_name in OTHERS:
            moved("padding", "reflect-type", (2, 3), lambda x: np.pad(x, pads, "reflect"), {"padding": pads, "mode": "reflect"}, types=[type_name])
    for shape, pads in [((2, 5, 3), 2), ((2, 3, 5, 2), 3), ((1, 2, 3, 2, 2), 4)]:
        rank = len(shape)
        layer = {3: keras.layers.ZeroPadding1D, 4: keras.layers.ZeroPadding2D, 5: keras.layers.ZeroPadding3D}[rank]
        own = [[1, 2], [0, 3], [2, 0]][: rank - 2]
        whole = [[0, 0], *own, [0, 0]]
        moved("padding", f"keras-{rank - 2}d", shape, lambda x: np.pad(x, whole), {"padding": whole}, typed(layer, own[0] if rank == 3 else own), types=["f32", "f64"])
        layer = {3: keras.layers.Cropping1D, 4: keras.layers.Cropping2D, 5: keras.layers.Cropping3D}[rank]
        own = [[1, 2], [0, 3], [1, 0]][: rank - 2]
        whole = [[0, 0], *own, [0, 0]]
        moved("cropping", f"keras-{rank - 2}d", (2, 5, 7, 3, 2)[: rank - 1] + (2,), lambda x: x[tuple(slice(a, n - b) for (a, b), n in zip(whole, x.shape))].copy(),
              {"cropping": whole}, typed(layer, own[0] if rank == 3 else own))  # fmt: skip
    for name, shape, cut in [("all", (5, 3, 7), [[1, 2], [0, 1], [3, 0]]), ("nothing", (3, 5), [[0, 0], [0, 0]]), ("to-nothing", (3, 5), [[0, 0], [2, 3]]), ("empty", (0, 5), [[0, 0], [1, 1]]), ("scalar", (), [])]:
        moved("cropping", name, shape, lambda x: x[tuple(slice(a, n - b) for (a, b), n in zip(cut, x.shape))].copy(), {"cropping": cut},
              node=(lambda x: onnx_node("Pad", x, ints(*[-c[0] for c in cut], *[-c[1] for c in cut]))) if cut and name == "nothing" else None, rows=cut[:1] == [[0, 0]])
    moved("cropping", "type", (3, 5), lambda x: x[:, 1:3], {"cropping": [[0, 0], [1, 2]]}, types=OTHERS)


def parts():
    low, high = -(2**63), 2**63 - 1
    for name, shape, starts, ends, axes, strides in [
        ("inner", (3, 7), [2], [5], [1], []), ("first-axes", (3, 5, 7), [0, 1], [3, 4], [], []), ("negative", (3, 7), [-5], [-1], [-1], []), ("step", (2, 11), [1], [10], [1], [3]),
        ("backwards", (2, 7), [-1], [low], [1], [-1]), ("backwards-step", (2, 11), [9], [0], [1], [-4]), ("clamped", (3, 7), [-100], [100], [1], []), ("clamped-backwards", (2, 7), [100], [-100], [1], [-2]),
        ("nothing", (3, 7), [5], [2], [1], []), ("nothing-backwards", (3, 7), [2], [5], [1], [-1]), ("beyond", (3, 7), [9], [20], [1], []), ("wide-step", (3, 7), [2], [7], [1], [100]),
        ("huge-step", (3, 7), [2], [high], [1], [high]), ("hugest-step-back", (3, 7), [5], [low], [1], [low]), ("both", (5, 3, 7), [4, 1], [0, 7], [0, 2], [-2, 3]), ("unsorted", (2, 5, 7), [1, 0], [6, 4], [2, 1], [2, 3]),
        ("batch", (5, 3), [1], [4], [0], []), ("whole", (3, 5), [], [], [], []), ("empty", (0, 7), [2], [5], [1], []), ("hollow", (2, 0), [0], [5], [1], [-1]), ("one", (2, 3, 5), [2], [3], [1], []), ("rank1", (7,), [1], [6], [], [2]),
    ]:  # fmt: skip
        fields = {"starts": starts, "ends": ends}
        if axes:
            fields["axes"] = axes
        if strides:
            fields["strides"] = strides
        numbers = [a % len(shape) for a in (axes or range(len(starts)))]

        def sliced(x):
            index = [slice(None)] * x.ndim
            for i, axis in enumerate(numbers):
                index[axis] = slice(starts[i], ends[i] if ends[i] > low else None, strides[i] if strides else 1)
            return x[tuple(index)].copy()

        node = None
        if starts and name != "hollow" and low not in strides and high not in strides:
            node = lambda x: onnx_node("Slice", x, ints(*starts), ints(*ends), ints(*numbers), ints(*strides) if strides else None)
        rows = 0 not in numbers or name == "first-axes" and False
        moved("slice", name, shape, sliced, fields, (lambda x: keras.ops.convert_to_tensor(x)[tuple(slice(None) for _ in shape)]) if not starts else None, node, rows=rows)
    moved("slice", "type", (2, 7), lambda x: x[:, 6:0:-2].copy(), {"starts": [6], "ends": [0], "axes": [1], "strides": [-2]}, types=OTHERS)
    moved("slice", "type-run", (2, 7), lambda x: x[:, 2:5].copy(), {"starts": [2], "ends": [5], "axes": [1]}, types=OTHERS)

    for name, shape, sizes, axis in [
        ("last", (3, 7), [2, 5], -1), ("middle", (2, 5, 3), [1, 3, 1], 1), ("first", (5, 3), [2, 3], 0), ("rest", (2, 7, 2), [2, -1, 1], 1), ("one", (3, 5), [5], -1), ("with-nothing", (3, 5), [0, 5, 0], 1),
        ("rest-nothing", (3, 5), [5, -1], 1), ("empty", (0, 5), [2, 3], 1), ("rank1", (7,), [3, 4], 0), ("four", (2, 3, 5, 7), [1, 2, 3, 1], 3),
    ]:  # fmt: skip
        whole = [shape[axis] - sum(s for s in sizes if s > 0) if s < 0 else s for s in sizes]
        cuts = list(np.cumsum(whole)[:-1])
        fields = {"sizes": sizes} if axis == -1 else {"sizes": sizes, "axis": axis}
        node = (lambda x: onnx_node("Split", x, ints(*whole), outputs=len(whole), axis=axis)) if len(whole) > 1 else None
        moved("split", name, shape, lambda x: [p.copy() for p in np.split(x, cuts, axis)], fields, lambda x: keras.ops.split(x, [int(c) for c in cuts], axis), node, rows=axis not in (0, -len(shape)))
    moved("split", "type", (2, 5), lambda x: [x[:, :2].copy(), x[:, 2:].copy()], {"sizes": [2, 3]}, types=OTHERS)

    for type_name in MAIN + OTHERS:
        settings = [
            ("first", (5, 3), 0, np.array([[4, 0], [-1, -5], [2, 2]])), ("middle", (2, 7, 3), 1, np.array([6, 0, -2])), ("last", (3, 5), -1, np.array([4, 1])), ("scalar-index", (3, 5), 1, np.array(-2)),
            ("no-index", (3, 5), 1, np.zeros((2, 0), int)), ("empty", (0, 5), 1, np.array([1, 2])), ("no-row", (0, 3), 0, np.zeros(0, int)), ("rank1", (7,), 0, np.array([6, -7, 3])),
        ]  # fmt: skip
        for name, shape, axis, indices in settings if type_name in MAIN else settings[1:2]:
            for index_name in ("i32", "i64") if name in ("first", "middle") else ("i64",):
                x, i = values(shape, type_name), indices.astype(TYPES[index_name])
                own = np.take(x, i, axis)
                expectations = [expectation("numpy", own, {})]
                if type_name in MAIN and x.size and i.size:
                    for theirs, framework in ((onnx_node("Gather", x, i, axis=axis), "onnx"), (to_numpy(keras.ops.take(x, i, axis)), "keras")):
                        assert np.array_equal(own, theirs) and own.dtype == theirs.dtype
                        expectations.append(expectation(framework, theirs, {}))
                case("gather", f"{name}-{type_name}-{index_name}", [x, i], expectations, {"axis": axis} if axis else {}, rows=False)


def blocks():
    for block, mode, layout_name in itertools.product((1, 2, 3), ("DCR", "CRD"), ("channels_last", "channels_first")):
        fields = {"block_size": block}
        if mode != "DCR":
            fields["mode"] = mode
        if layout_name != "channels_last":
            fields["data_format"] = layout_name
        last = layout_name == "channels_last"
        s = block

        def to_depth(x):
            if last:
                x = np.moveaxis(x, 3, 1)
            b, c, h, w = x.shape
            x = x.reshape(b, c, h // s, s, w // s, s).transpose([0, 3, 5, 1, 2, 4] if mode == "DCR" else [0, 1, 3, 5, 2, 4])
            x = x.reshape(b, c * s * s, h // s, w // s)
            return np.moveaxis(x, 1, 3).copy() if last else x.copy()

        def to_space(x):
            if last:
                x = np.moveaxis(x, 3, 1)
            b, c, h, w = x.shape
            c //= s * s
            x = x.reshape(b, s, s, c, h, w).transpose(0, 3, 4, 1, 5, 2) if mode == "DCR" else x.reshape(b, c, s, s, h, w).transpose(0, 1, 4, 2, 5, 3)
            x = x.reshape(b, c, h * s, w * s)
            return np.moveaxis(x, 1, 3).copy() if last else x.copy()

        shapes = {"batch3": (3, 2 * s, s, 3), "empty": (0, s, s, 2)} if s < 3 else {"batch1": (1, s, 2 * s, 2)}
        for shape_name, (b, h, w, c) in shapes.items():
            name = f"{mode}-{block}-{shape_name}{'' if last else '-first'}"
            order = lambda b, h, w, c: (b, h, w, c) if last else (b, c, h, w)
            down = (lambda x: onnx_node("SpaceToDepth", x, blocksize=s)) if not last and mode == "DCR" else None
            up = None if last else lambda x: onnx_node("DepthToSpace", x, blocksize=s, mode=mode)
            moved("space_to_depth", name, order(b, h, w, c), to_depth, fields, node=down)
            moved("depth_to_space", name, order(b, h // s, w // s, c * s * s), to_space, fields, node=up)
    crd = {"block_size": 2, "mode": "CRD"}
    for kind in ("space_to_depth", "depth_to_space"):
        moved(kind, "type", (1, 2, 2, 4), (lambda x: x.reshape(1, 1, 2, 1, 2, 4).transpose(0, 1, 3, 5, 2, 4).reshape(1, 1, 1, 16).copy()) if kind == "space_to_depth"
              else (lambda x: x.reshape(1, 2, 2, 1, 2, 2).transpose(0, 1, 4, 2, 5, 3).reshape(1, 4, 4, 1).copy()), crd, types=OTHERS)  # fmt: skip


# Resizing


def resize_axis(x, axis, size, scale, mode, coordinates, nearest_mode, a, exclude):
    """One axis by the definition: coordinates and weights in f64, the sums in the element type."""
    n, width = x.shape[axis], scale * x.shape[axis] if scale else float(size)
    scale = scale or size / n
    i = np.arange(size, dtype=np.float64)
    half = (i + 0.5) / scale - 0.5
    place = {
        "half_pixel": lambda: half, "pytorch_half_pixel": lambda: half if width != 1 else np.zeros(size),
        "half_pixel_symmetric": lambda: n / 2 * (1 - size / width) + (i + 0.5) / scale - 0.5,
        "align_corners": lambda: i * (n - 1) / (width - 1) if width != 1 else np.zeros(size), "asymmetric": lambda: i / scale,
    }[coordinates]()  # fmt: skip
    if mode == "nearest":
        index = {"round_prefer_floor": lambda: np.ceil(place - 0.5), "round_prefer_ceil": lambda: np.floor(place + 0.5), "floor": lambda: np.floor(place), "ceil": lambda: np.ceil(place)}[nearest_mode]()
        return np.take(x, np.clip(index.astype(int), 0, n - 1), axis)
    r = place - np.floor(place)
    t = 1 - r
    if mode == "linear":
        weights = [t, r]
    else:
        weights = [
            ((a * (r + 1) - 5 * a) * (r + 1) + 8 * a) * (r + 1) - 4 * a, ((a + 2) * r - (a + 3)) * r * r + 1,
            ((a + 2) * t - (a + 3)) * t * t + 1, ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a,
        ]  # fmt: skip
    first = np.floor(place).astype(int) - (len(weights) // 2 - 1)
    indices = [first + k for k in range(len(weights))]
    if exclude:
        weights = [np.where((k < 0) | (k >= n), 0.0, w) for k, w in zip(indices, weights)]
        whole = weights[0]
        for w in weights[1:]:
            whole = whole + w
        weights = [np.where(whole != 0, w / whole, w) for w in weights]
    shape = [1] * x.ndim
    shape[axis] = size
    y, started = None, None
    for k, w in zip(indices, weights):
        w = w.astype(x.dtype).reshape(shape)
        counts = np.broadcast_to(w != 0, y.shape) if y is not None else None
        term = w * np.take(x, np.clip(k, 0, n - 1), axis)
        if y is None:
            y, started = np.where(w != 0, term, 0).astype(x.dtype), np.broadcast_to(w != 0, term.shape)
        else:
            y = np.where(counts, np.where(started, y + term, term), y)
            started = started | counts
    return y


def resize():
    keras_of = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}
    plans = []
    for mode, coordinates in itertools.product(("nearest", "linear", "cubic"), ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "align_corners", "asymmetric")):
        plans.append((f"{mode}-{coordinates}-up", (1, 3, 5, 2), [1, 2], [7, 8], [], mode, coordinates, {}))
        plans.append((f"{mode}-{coordinates}-down", (3, 2, 11, 7), [2, 3], [5, 3], [], mode, coordinates, {}))
        plans.append((f"{mode}-{coordinates}-scales", (2, 5, 3), [1], [], [1.75], mode, coordinates, {}))
        plans.append((f"{mode}-{coordinates}-small-scales", (2, 7, 11), [-1, -2], [], [0.5625, 0.4375], mode, coordinates, {}))
        plans.append((f"{mode}-{coordinates}-to-one", (2, 7), [1], [1], [], mode, coordinates, {}))
    for nearest_mode in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        for coordinates, size in itertools.product(("half_pixel", "asymmetric", "align_corners"), (3, 8, 12)):
            plans.append((f"nearest-{nearest_mode}-{coordinates}-{size}", (2, 6), [1], [size], [], "nearest", coordinates, {"nearest_mode": nearest_mode}))
    for mode in ("linear", "cubic"):
        plans.append((f"{mode}-exclude-outside", (2, 5, 7), [1, 2], [8, 3], [], mode, "half_pixel", {"exclude_outside": True}))
        plans.append((f"{mode}-same", (2, 5, 3), [1], [5], [], mode, "half_pixel", {}))
        plans.append((f"{mode}-from-one", (2, 1, 3), [1], [4], [], mode, "align_corners", {}))
        plans.append((f"{mode}-empty", (0, 3, 5), [1], [4], [], mode, "half_pixel", {}))
        plans.append((f"{mode}-three", (2, 3, 2, 3, 2), [1, 2, 3], [4, 3, 5], [], mode, "half_pixel", {}))
        plans.append((f"{mode}-nothing-left", (2, 3), [1], [], [0.25], mode, "half_pixel", {}))
    plans.append(("cubic-other-coefficient", (2, 5, 7), [1, 2], [8, 9], [], "cubic", "half_pixel", {"cubic_coeff_a": -0.5}))
    plans.append(("no-axes", (2, 5), [], [], [], "linear", "half_pixel", {}))
    plans.append(("batch", (3, 5), [0], [5], [], "linear", "half_pixel", {}))
    for name, shape, axes, sizes, scales, mode, coordinates, more in plans:
        whole = [a % len(shape) for a in axes]
        fields = {"axes": axes, "mode": mode, "coordinate_transformation_mode": coordinates} | ({"sizes": sizes} if sizes else {}) | ({"scales": scales} if scales else {}) | more
        for type_name in ("f32", "f64"):
            x = draw(shape, FLOATS[type_name])
            own = x
            for axis in sorted(whole, reverse=True):
                entry = whole.index(axis)
                scale = scales[entry] if scales else None
                size = sizes[entry] if sizes else math.floor(shape[axis] * scale)
                own = resize_axis(own, axis, size, scale, mode, coordinates, more.get("nearest_mode", "round_prefer_floor"), more.get("cubic_coeff_a", -0.75), more.get("exclude_outside", False))
            own = np.ascontiguousarray(own)
            expectations = [expectation("numpy", own, {})]
            eps = float(np.finfo(x.dtype).eps)
            bound = {} if mode == "nearest" else {"absolute": 16 * eps * float(np.abs(x).max(initial=1)), "relative": 16 * eps}
            # The evaluator puts a single cubic result at -1/2 in pytorch_half_pixel, where ONNX's text has 0.
            doubtful = name == "cubic-pytorch_half_pixel-to-one"
            if x.size and own.size and axes and not doubtful:
                given = (None, np.array(scales, np.float32), None) if scales else (None, None, ints(*sizes))
                assert all(np.float32(s) == s for s in scales), "ONNX holds scales in f32"
                theirs = onnx_node("Resize", x, *given, axes=whole, mode=mode, coordinate_transformation_mode=coordinates, nearest_mode=more.get("nearest_mode", "round_prefer_floor"),
                                   cubic_coeff_a=more.get("cubic_coeff_a", -0.75), exclude_outside=int(more.get("exclude_outside", False)))
                assert theirs.shape == own.shape, (name, theirs.shape, own.shape)
                # It divides by scales of f32.
                bound = bound and {"absolute": 1e-5}
                near = passes(own, theirs, bound)
                assert near.all(), (name, type_name, (own - theirs)[~near])
                expectations.append(expectation("onnx", theirs.astype(x.dtype), bound))
            if coordinates == "half_pixel" and len(shape) == 4 and whole == [1, 2] and mode != "cubic" and name.endswith("-up"):
                layer = keras.layers.Resizing(*sizes, interpolation=keras_of[mode], data_format="channels_last", dtype=str(x.dtype))
                if mode != "nearest":
                    expectations.append(expectation("keras", to_numpy(layer(x)), {"absolute": 1e-5}))
            case("resize", f"{name}-{type_name}", x, expectations, fields, rows=0 not in whole and len(shape) > 1)
    odd = np.array([[np.inf, 1, 2, 3], [1, np.nan, 2, 3], [-0.0, -0.0, 0.0, 1]], np.float64)
    for type_name, dtype in FLOATS.items():
        x = odd.astype(dtype)
        own = resize_axis(x, 1, 7, None, "linear", "align_corners", None, None, False)
        case("resize", f"special-{type_name}", x, [expectation("numpy", own, {})], {"axes": [1], "sizes": [7], "mode": "linear", "coordinate_transformation_mode": "align_corners"})
    for factor in (2, 3):
        x = draw((2, 3, 5, 2), np.float32)
        own = resize_axis(resize_axis(x, 2, 5 * factor, None, "linear", "half_pixel", None, None, False), 1, 3 * factor, None, "linear", "half_pixel", None, None, False)
        layer = keras.layers.UpSampling2D(factor, interpolation="bilinear", data_format="channels_last")
        case("resize", f"keras-up-sampling-{factor}", x, [expectation("numpy", own, {}), expectation("keras", to_numpy(layer(x)), {"absolute": 1e-5})], {"axes": [1, 2], "sizes": [3 * factor, 5 * factor], "mode": "linear"})
    moved("resize", "type", (2, 3, 5), lambda x: resize_axis(resize_axis(x, 2, 7, None, "nearest", "half_pixel", "round_prefer_floor", None, False), 1, 2, None, "nearest", "half_pixel", "round_prefer_floor", None, False).copy(),
          {"axes": [1, 2], "sizes": [2, 7]}, types=OTHERS + ["i64"])  # fmt: skip


def smooth_axis(x, axis, size, scale, mode, coordinates, a, exclude):
    """One axis that shrinks, by the definition of `antialias`: the filter as wide as what falls together."""
    n, width = x.shape[axis], scale * x.shape[axis] if scale else float(size)
    scale = scale or size / n
    if scale >= 1:
        return resize_axis(x, axis, size, scale, mode, coordinates, None, a, exclude)
    rows = []
    for i in range(size):
        half = (i + 0.5) / scale - 0.5
        place = {
            "half_pixel": lambda: half, "pytorch_half_pixel": lambda: half if width != 1 else 0.0,
            "half_pixel_symmetric": lambda: n / 2 * (1 - size / width) + (i + 0.5) / scale - 0.5,
            "align_corners": lambda: i * (n - 1) / (width - 1) if width != 1 else 0.0, "asymmetric": lambda: i / scale,
        }[coordinates]()  # fmt: skip
        reach = (2 if mode == "cubic" else 1) / scale
        first = math.floor(place - reach) + 1
        indices = range(first, first + math.ceil(2 * reach) + 1)
        weights = []
        for k in indices:
            d = abs((k - place) * scale)
            if mode == "linear":
                weights.append(max(1 - d, 0.0))
            elif d <= 1:
                weights.append(((a + 2) * d - (a + 3)) * d * d + 1)
            else:
                weights.append(((a * d - 5 * a) * d + 8 * a) * d - 4 * a if d < 2 else 0.0)
        if exclude:
            weights = [w if 0 <= k < n else 0.0 for k, w in zip(indices, weights)]
        whole = 0.0
        for w in weights:
            whole += w
        total = None
        for k, w in zip(indices, weights):
            w = x.dtype.type(w / whole if whole else w)
            if w != 0:
                term = w * np.take(x, min(max(k, 0), n - 1), axis)
                total = term if total is None else total + term
        rows.append(total)
    return np.stack(rows, axis)


def smoothed():
    plans = []
    for mode, coordinates in itertools.product(("linear", "cubic"), ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "align_corners", "asymmetric")):
        plans.append((f"{mode}-{coordinates}", (2, 11, 7), [1, 2], [4, 3], [], mode, coordinates, {}))
        plans.append((f"{mode}-{coordinates}-scales", (2, 7), [1], [], [0.4375], mode, coordinates, {}))
    for mode in ("linear", "cubic"):
        plans.append((f"{mode}-exclude-outside", (1, 11, 7, 2), [1, 2], [4, 3], [], mode, "half_pixel", {"exclude_outside": True}))
        plans.append((f"{mode}-mixed", (2, 7, 3), [1, 2], [3, 5], [], mode, "half_pixel", {}))
    plans.append(("cubic-coefficient", (1, 9, 7, 1), [1, 2], [4, 3], [], "cubic", "half_pixel", {"cubic_coeff_a": -0.5, "exclude_outside": True}))
    plans.append(("linear-empty", (0, 9), [1], [4], [], "linear", "half_pixel", {}))
    plans.append(("linear-nothing-left", (2, 3), [1], [], [0.25], "linear", "half_pixel", {}))
    plans.append(("linear-batch", (7, 2), [0], [3], [], "linear", "half_pixel", {}))
    for name, shape, axes, sizes, scales, mode, coordinates, more in plans:
        fields = {"axes": axes, "mode": mode, "coordinate_transformation_mode": coordinates, "antialias": True} | ({"sizes": sizes} if sizes else {"scales": scales}) | more
        a, exclude = more.get("cubic_coeff_a", -0.75), more.get("exclude_outside", False)
        for type_name in ("f32", "f64"):
            x = draw(shape, FLOATS[type_name])
            own = x
            for axis in sorted(axes, reverse=True):
                entry = axes.index(axis)
                scale = scales[entry] if scales else None
                size = sizes[entry] if sizes else math.floor(shape[axis] * scale)
                if size == 0:
                    own = np.zeros(shape[:axis] + (0,) + shape[axis + 1:], x.dtype)
                else:
                    own = smooth_axis(own, axis, size, scale, mode, coordinates, a, exclude)
            own = np.ascontiguousarray(own)
            expectations = [expectation("numpy", own, {})]
            if own.size:
                given = (None, np.array(scales, np.float32), None) if scales else (None, None, ints(*sizes))
                theirs = onnx_node("Resize", x, *given, axes=axes, mode=mode, coordinate_transformation_mode=coordinates, cubic_coeff_a=a, exclude_outside=int(exclude), antialias=1)
                near = passes(own, theirs, {"absolute": 1e-5})
                assert theirs.shape == own.shape and near.all(), (name, type_name, own, theirs)
                expectations.append(expectation("onnx", theirs.astype(x.dtype), {"absolute": 1e-5}))
            if exclude and len(shape) == 4 and (mode == "linear" or a == -0.5):
                theirs = keras.ops.image.resize(x, sizes, interpolation={"linear": "bilinear", "cubic": "bicubic"}[mode], antialias=True, data_format="channels_last")
                expectations.append(expectation("keras", to_numpy(theirs), {"absolute": 1e-5}))
            case("resize", f"antialias-{name}-{type_name}", x, expectations, fields, rows=0 not in axes and len(shape) > 1)


if __name__ == "__main__":
    start(__file__, 20240613)
    permute()
    ones()
    repetitions()
    pad_and_cut()
    parts()
    blocks()
    resize()
    smoothed()
    finish()
