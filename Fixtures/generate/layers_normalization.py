"""Makes the cases of the normalisations in Fixtures/layers. See layer_cases.py.

The NumPy formulas take each group of elements as one contiguous list, so that NumPy sums it by its pairwise rule. Keras 3.15's normalisations compute f64 in f32 (its `result_type` of both is f32): so near do they come there.
"""

from layer_cases import *


def inverse_root(v):
    return v.dtype.type(1) / np.sqrt(v)


def along(axes, x, function, *parameters):
    """`function` of each group of elements along axes, as a contiguous row; the parameters have one number an element of a group."""
    axes = sorted(a % x.ndim for a in axes)
    kept = [a for a in range(x.ndim) if a not in axes]
    moved = np.ascontiguousarray(np.transpose(x, kept + axes))
    rows = moved.reshape(math.prod(x.shape[a] for a in kept), math.prod(x.shape[a] for a in axes))
    out = np.empty_like(rows)
    for index, row in enumerate(rows):
        out[index] = function(row, *(None if p is None else p.ravel() for p in parameters))
    return np.transpose(out.reshape(moved.shape), np.argsort(kept + axes))


def standardized(x, mean, variance, epsilon, gamma, beta):
    t = x.dtype.type
    factor = inverse_root(variance + t(epsilon))
    if gamma is not None:
        factor = factor * gamma
    offset = -mean * factor
    if beta is not None:
        offset = offset + beta
    return x * factor + offset


def by_moments(epsilon):
    def apply(row, gamma, beta):
        mean = np.mean(row)
        assert mean == np.sum(row) / row.dtype.type(len(row)) or np.isnan(mean)
        difference = row - mean
        variance = np.sum(difference * difference) / row.dtype.type(len(row))
        return standardized(row, mean, variance, epsilon, gamma, beta)

    return apply


def run_onnx(operator, opset, inputs, **attributes):
    names = [f"x{i}" for i in range(len(inputs))]
    node = onnx.helper.make_node(operator, names, ["y"], **attributes)
    kinds = [onnx.helper.np_dtype_to_tensor_dtype(i.dtype) for i in inputs]
    values = [onnx.helper.make_tensor_value_info(n, k, None) for n, k in zip(names, kinds)]
    graph = onnx.helper.make_graph([node], "g", values, [onnx.helper.make_tensor_value_info("y", kinds[0], None)])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)])
    return onnx.reference.ReferenceEvaluator(model).run(None, dict(zip(names, inputs)))[0]


def near_keras(ulps=64):
    """Keras's tolerance for these layers: f32's, whatever the element type is."""
    return keras_tolerance(np.float32, ulps, ulps)


def demand_near(own, theirs):
    """The reference evaluator keeps epsilon in f32: near enough is what is near in f32."""
    assert own.shape == theirs.shape and passes(own, theirs, near_keras()).all()


def affine(layer, **weights):
    for name, value in weights.items():
        if value is not None:
            getattr(layer, name).assign(value)


def fields_of(**values):
    return {k: v for k, v in values.items() if v is not None}


SETTINGS = [("", {}), ("-without-center", {"center": False}), ("-without-scale", {"scale": False}), ("-bare", {"center": False, "scale": False})]


def weights(settings, shape, dtype):
    gamma = draw(shape, dtype, 0.7) if settings.get("scale", True) else None
    beta = draw(shape, dtype) if settings.get("center", True) else None
    return gamma, beta, fields_of(gamma=gamma, beta=beta)


def batch():
    shapes = [("rank2", (3, 7), -1), ("single", (1, 5), -1), ("primes", (2, 3, 5, 7), -1), ("channels-first", (2, 3, 5, 7), 1),
              ("middle", (3, 2, 5), -2), ("rank1", (7,), 0), ("empty", (0, 5), -1), ("no-channels", (2, 0), -1), ("first", (5, 3), 0)]
    for type_name, dtype in FLOATS.items():
        for name, shape, axis in shapes:
            for suffix, settings in SETTINGS if name in ("primes", "channels-first") else SETTINGS[:1]:
                for epsilon in (0.001, 0.03125) if name == "rank2" else (0.001,):
                    x = draw(shape, dtype)
                    channels = shape[axis]
                    gamma, beta, parameters = weights(settings, channels, dtype)
                    mean, variance = draw(channels, dtype), np.square(draw(channels, dtype)) + dtype(0.01)
                    view = [1] * x.ndim
                    view[axis] = channels
                    shaped = [None if p is None else p.reshape(view) for p in (mean, variance, gamma, beta)]
                    own = standardized(x, shaped[0], shaped[1], epsilon, *shaped[2:])
                    expectations = [expectation("numpy", own, {})]
                    if x.ndim > 1 and x.size:
                        layer = keras.layers.BatchNormalization(axis=axis, epsilon=epsilon, dtype=str(x.dtype), **settings)
                        layer.build(shape)
                        affine(layer, **{"gamma": gamma, "beta": beta, "moving_mean": mean, "moving_variance": variance})
                        expectations.append(expectation("keras", to_numpy(layer(x, training=False)), near_keras()))
                    if axis == 1:
                        ones, zeros = np.ones(channels, dtype), np.zeros(channels, dtype)
                        inputs = [x, ones if gamma is None else gamma, zeros if beta is None else beta, mean, variance]
                        demand_near(own, run_onnx("BatchNormalization", 15, inputs, epsilon=epsilon))
                    fields = fields_of(axis=None if axis == -1 else axis, epsilon=None if epsilon == 0.001 else epsilon, **settings)
                    label = f"{name}{suffix}{'' if epsilon == 0.001 else '-epsilon'}-{type_name}"
                    case("batch_normalization", label, x, expectations, fields,
                         {**parameters, "moving_mean": mean, "moving_variance": variance}, rows=axis not in (0,))
        x = np.array([[np.inf, 1, np.nan, -0.0], [-np.inf, 2, 0, 0.0]], dtype)
        gamma, beta, mean, variance = (np.array(v, dtype) for v in ([1, 2, 3, 1], [0, 1, 2, 0], [0, 1, 0, 0], [1, -1, 1, 0]))
        own = standardized(x, mean, variance, 0.001, gamma, beta)
        case("batch_normalization", f"special-{type_name}", x, [expectation("numpy", own, {})], {},
             {"gamma": gamma, "beta": beta, "moving_mean": mean, "moving_variance": variance})


AXES = [("rank2", (3, 7), [-1]), ("single", (1, 5), [-1]), ("primes", (2, 3, 5, 7), [-1]), ("two", (2, 3, 5, 7), [2, 3]),
        ("all-but-first", (2, 3, 5, 7), [-1, -3, -2]), ("middle", (2, 3, 5), [1]), ("apart", (2, 3, 5, 7), [1, 3]),
        ("spatial", (2, 3, 5, 7), [1, 2]), ("long", (2, 131), [-1]), ("longer", (2, 257), [-1]), ("rank1", (7,), [0]), ("one", (3, 1), [-1]),
        ("empty", (0, 5), [-1]), ("hollow", (2, 0), [-1]), ("first", (3, 5), [0])]


def over_axes():
    for type_name, dtype in FLOATS.items():
        for name, shape, axes in AXES:
            x = draw(shape, dtype)
            plain = axes == [-1]
            rows = 0 not in axes
            extents = [shape[a] for a in sorted(a % len(shape) for a in axes)]
            keras_axes = sorted(a % len(shape) for a in axes)
            with_keras = len(shape) > 1 and x.size > 0
            for suffix, settings in SETTINGS if name in ("primes", "apart", "two") else SETTINGS[:1]:
                for epsilon in (0.001, 0.03125) if name == "rank2" else (0.001,):
                    gamma, beta, parameters = weights(settings, extents, dtype)
                    own = along(axes, x, by_moments(epsilon), gamma, beta)
                    expectations = [expectation("numpy", own, {})]
                    if with_keras:
                        layer = keras.layers.LayerNormalization(axis=keras_axes, epsilon=epsilon, dtype=str(x.dtype), **settings)
                        layer.build(shape)
                        affine(layer, gamma=gamma, beta=beta)
                        expectations.append(expectation("keras", to_numpy(layer(x)), near_keras()))
                    if name in ("primes", "two", "rank2") and not settings:
                        theirs = run_onnx("LayerNormalization", 17, [x, gamma, beta], axis=len(shape) - len(axes), epsilon=epsilon)
                        demand_near(own, theirs)
                    fields = fields_of(axes=None if plain else axes, epsilon=None if epsilon == 0.001 else epsilon, **settings)
                    case("layer_normalization", f"{name}{suffix}{'' if epsilon == 0.001 else '-epsilon'}-{type_name}", x, expectations,
                         fields, parameters, rows=rows)

            for scale in (True, False) if name in ("primes", "apart") else (True,):
                for epsilon in (1e-6, 0.03125) if name == "rank2" else (1e-6,):
                    gamma = draw(extents, dtype, 0.7) if scale else None

                    def rms(row, gamma):
                        y = row * inverse_root(np.sum(row * row) / row.dtype.type(len(row)) + row.dtype.type(epsilon))
                        return y if gamma is None else y * gamma

                    own = along(axes, x, rms, gamma)
                    expectations = [expectation("numpy", own, {})]
                    if with_keras:
                        theirs = keras.ops.rms_normalization(x, scale=gamma if gamma is None or len(axes) == 1 and plain else gamma.reshape(
                            [shape[a] if a in keras_axes else 1 for a in range(len(shape))]), axis=keras_axes, epsilon=epsilon)
                        expectations.append(expectation("keras", to_numpy(theirs), near_keras(16)))
                    fields = fields_of(axes=None if plain else axes, epsilon=None if epsilon == 1e-6 else epsilon, scale=None if scale else False)
                    label = f"{name}{'' if scale else '-without-scale'}{'' if epsilon == 1e-6 else '-epsilon'}-{type_name}"
                    case("rms_normalization", label, x, expectations, fields, fields_of(gamma=gamma), rows=rows)

            for order in (2, 1):
                for epsilon in (1e-12, 40.0) if name == "rank2" else (1e-12,):

                    def unit(row):
                        t = row.dtype.type
                        if order == 1:
                            return row / np.maximum(np.sum(np.abs(row)), t(epsilon))
                        return row * np.minimum(inverse_root(np.sum(row * row)), t(1 / epsilon))

                    values = x.copy()
                    if name == "rank2":
                        values[1] = 0
                    own = along(axes, values, unit)
                    expectations = [expectation("numpy", own, {})]
                    if with_keras and len(axes) == 1:
                        theirs = keras.ops.normalize(values, axis=axes[0], order=order, epsilon=epsilon)
                        expectations.append(expectation("keras", to_numpy(theirs), near_keras(16)))
                    if len(axes) == 1 and x.size and epsilon < 1:
                        # The reference evaluator takes no magnitudes for p = 1 (onnx 1.23.2), so those are given to it.
                        known = np.abs(values) if order == 1 else values
                        theirs = run_onnx("LpNormalization", 22, [known], axis=axes[0], p=order)
                        demand_near(np.abs(own) if order == 1 else own, theirs)
                    fields = fields_of(axes=None if plain else axes, order=None if order == 2 else order, epsilon=None if epsilon < 1 else epsilon)
                    label = f"{name}{'' if order == 2 else '-order1'}{'' if epsilon < 1 else '-epsilon'}-{type_name}"
                    case("unit_normalization", label, values, expectations, fields, rows=rows)

        odd = np.array([[np.inf, 1, 2], [np.nan, 1, 2], [-0.0, 0.0, 0.0], [np.finfo(dtype).max] * 3, [np.finfo(dtype).tiny] * 3], dtype)
        gamma, beta = np.array([1, 2, -3], dtype), np.array([0, -1, 0.5], dtype)
        case("layer_normalization", f"special-{type_name}", odd, [expectation("numpy", along([1], odd, by_moments(0.001), gamma, beta), {})], {},
             {"gamma": gamma, "beta": beta})
        case("rms_normalization", f"special-{type_name}", odd, [expectation("numpy", along(
            [1], odd, lambda r, g: r * inverse_root(np.sum(r * r) / dtype(3) + dtype(1e-6)) * g, gamma), {})], {}, {"gamma": gamma})
        for order in (1, 2):
            own = along([1], odd, lambda r: r / np.maximum(np.sum(np.abs(r)), dtype(1e-12)) if order == 1
                        else r * np.minimum(inverse_root(np.sum(r * r)), dtype(1e12)))
            case("unit_normalization", f"special-order{order}-{type_name}", odd, [expectation("numpy", own, {})], {} if order == 2 else {"order": 1})


def by_groups(x, axis, groups, epsilon, gamma, beta):
    """Group normalisation: the groups of a sample are axes of their own, and each is taken as one list."""
    axis %= x.ndim
    size = x.shape[axis] // groups if groups else 0
    split = x.reshape(x.shape[:axis] + (groups, size) + x.shape[axis + 1:])
    view = [1] * split.ndim
    view[axis], view[axis + 1] = groups, size
    shaped = [None if p is None else np.broadcast_to(p.reshape(view), split.shape[:0] + tuple(
        split.shape[a] if a not in (0,) else 1 for a in range(split.ndim)))[0] for p in (gamma, beta)]
    out = np.empty_like(split)
    for sample in range(len(x)):
        for group in range(groups):
            part = np.take(split[sample], group, axis - 1)
            own = [None if p is None else np.ascontiguousarray(np.take(p, group, axis - 1)).ravel() for p in shaped]
            if part.size:
                row = by_moments(epsilon)(np.ascontiguousarray(part).ravel(), *own)
                out[(sample,) + (slice(None),) * (axis - 1) + (group,)] = row.reshape(part.shape)
    return out.reshape(x.shape)


def groups():
    shapes = [("rank2", (3, 6), -1, 3), ("single", (1, 10), -1, 5), ("primes", (2, 3, 14), -1, 7), ("channels-first", (2, 10, 3, 2), 1, 5),
              ("middle", (3, 2, 6, 5), -2, 2), ("layer", (2, 5, 7), -1, 1), ("instance", (2, 5, 7), -1, 7), ("default", (1, 3, 64), -1, 32),
              ("empty", (0, 5, 4), -1, 2), ("hollow", (2, 0, 4), -1, 2), ("no-channels", (2, 3, 0), -1, 2)]
    for type_name, dtype in FLOATS.items():
        for name, shape, axis, count in shapes:
            x = draw(shape, dtype)
            channels = shape[axis]
            for suffix, settings in SETTINGS if name in ("primes", "channels-first") else SETTINGS[:1]:
                for epsilon in (0.001, 0.03125) if name == "rank2" else (0.001,):
                    gamma, beta, parameters = weights(settings, channels, dtype)
                    own = by_groups(x, axis, count, epsilon, gamma, beta)
                    expectations = [expectation("numpy", own, {})]
                    if x.size:
                        layer = keras.layers.GroupNormalization(groups=count, axis=axis, epsilon=epsilon, dtype=str(x.dtype), **settings)
                        layer.build(shape)
                        affine(layer, gamma=gamma, beta=beta)
                        expectations.append(expectation("keras", to_numpy(layer(x)), near_keras()))
                    if axis == 1 and not settings:
                        demand_near(own, run_onnx("GroupNormalization", 21, [x, gamma, beta], num_groups=count, epsilon=epsilon))
                    fields = fields_of(groups=None if count == 32 else count, axis=None if axis == -1 else axis,
                                       epsilon=None if epsilon == 0.001 else epsilon, **settings)
                    case("group_normalization", f"{name}{suffix}{'' if epsilon == 0.001 else '-epsilon'}-{type_name}", x, expectations, fields,
                         parameters)
        shapes_of_instances = [("images", (2, 3, 5, 7), 1), ("single", (1, 5, 3), 1), ("series", (3, 2, 131), 1), ("channels-last", (2, 5, 7), -1),
                               ("volumes", (2, 3, 2, 5, 3), 1), ("pairs", (3, 5), 1), ("empty", (0, 5, 3), 1), ("hollow", (2, 3, 0), 1)]
        for name, shape, axis in shapes_of_instances:
            x = draw(shape, dtype)
            for suffix, settings in SETTINGS if name in ("images", "channels-last") else SETTINGS[:1]:
                for epsilon in (1e-5, 0.03125) if name == "images" else (1e-5,):
                    gamma, beta, parameters = weights(settings, shape[axis], dtype)
                    own = by_groups(x, axis, shape[axis], epsilon, gamma, beta)
                    expectations = [expectation("numpy", own, {})]
                    if axis == 1 and not settings and x.size and len(shape) > 2:
                        theirs = run_onnx("InstanceNormalization", 22, [x, gamma, beta], epsilon=epsilon)
                        demand_near(own, theirs)
                        expectations.append(expectation("onnx", theirs, near_keras()))
                    fields = fields_of(axis=None if axis == 1 else axis, epsilon=None if epsilon == 1e-5 else epsilon, **settings)
                    case("instance_normalization", f"{name}{suffix}{'' if epsilon == 1e-5 else '-epsilon'}-{type_name}", x, expectations, fields,
                         parameters)


def local():
    cases = [("three", (5, 5, 3, 2), 1, 3, {}), ("even", (2, 7, 3), 1, 4, {}), ("wide", (1, 3, 5), 1, 11, {}), ("one", (3, 5), 1, 1, {}),
             ("settings", (2, 5, 3), 1, 5, {"alpha": 0.5, "beta": 0.5, "bias": 2.0}), ("steep", (2, 5, 3), 1, 2, {"alpha": 3.0, "beta": -1.25, "bias": 0.25}),
             ("channels-last", (2, 3, 5), -1, 3, {"alpha": 1.0}), ("rank1", (7,), 0, 3, {"alpha": 1.0}), ("empty", (0, 5), 1, 3, {}), ("hollow", (2, 0), 1, 3, {})]
    for type_name, dtype in FLOATS.items():
        for name, shape, axis, size, settings in cases:
            x = draw(shape, dtype)
            alpha, beta, bias = (settings.get(k, d) for k, d in (("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0)))
            factor, power, start_value = (mpmath.mpf(float(dtype(v))) for v in (alpha / size, beta, bias))
            moved = np.moveaxis(x, axis, 0)
            own = np.empty_like(moved)
            for index in np.ndindex(*moved.shape):
                window = moved[(slice(max(0, index[0] - (size - 1) // 2), index[0] + size // 2 + 1),) + index[1:]]
                base = start_value + factor * mpmath.fsum(mpmath.mpf(float(v)) ** 2 for v in window)
                own[index] = nearest(mpmath.mpf(float(moved[index])) / base**power, np.dtype(dtype))
            own = np.moveaxis(own, 0, axis)
            expectations = [expectation("exact", own, "declared")]
            # The reference evaluator counts samples where it should count channels (onnx 1.23.2): it is right where they are as many.
            if axis == 1 and x.ndim == 4 and x.shape[0] == x.shape[1]:
                theirs = run_onnx("LRN", 13, [x], size=size, **settings)
                demand_near(own, theirs)
                expectations.append(expectation("onnx", theirs, near_keras()))
            fields = {"size": size, **({} if axis == 1 else {"axis": axis}), **settings}
            case("local_response_normalization", f"{name}-{type_name}", x, expectations, fields, rows=axis != 0)


start(__file__, 20261101)
batch()
over_axes()
groups()
local()
finish()
