"""Makes the cases of the preprocessing layers in Fixtures/layers. See layer_cases.py."""

from layer_cases import *

INTEGERS = {n: t for t, n in NAMES.items() if t.kind in "iu"}
SOME = {"rank2": (3, 5), "primes": (2, 3, 5, 7), "single": (1, 7), "rank1": (5,), "empty": (0, 3)}


def features():
    for type_name, dtype in FLOATS.items():
        for name, shape, axes in [*((n, s, [-1]) for n, s in SOME.items()), ("channels-first", (2, 3, 5, 7), [1]), ("two", (2, 3, 5), [2, 1]),
                                  ("apart", (2, 3, 5, 2), [1, 3]), ("all-alike", (2, 3, 5), []), ("scalar", (), []), ("first", (3, 5), [0])]:
            for invert in (False, True) if name in ("rank2", "apart", "all-alike") else (False,):
                x = draw(shape, dtype)
                kept = sorted(a % len(shape) for a in axes)
                extents = [shape[a] for a in kept]
                mean, variance = np.asarray(draw(extents, dtype)), np.asarray(np.square(draw(extents, dtype)))
                if variance.size > 1:
                    variance.ravel()[0] = 0
                view = [shape[a] if a in kept else 1 for a in range(len(shape))]
                deviation = np.maximum(np.sqrt(variance), dtype(1e-7)).reshape(view)
                own = mean.reshape(view) + x * deviation if invert else (x - mean.reshape(view)) / deviation
                own = np.asarray(own, dtype)
                expectations = [expectation("numpy", own, {})]
                if x.size and x.ndim > 1 and axes != [0]:
                    wide = [mean, variance]
                    layer = keras.layers.Normalization(axis=tuple(kept) if axes else None, mean=wide[0], variance=wide[1], invert=invert, dtype=str(x.dtype))
                    layer.build(shape)
                    # Keras keeps mean and variance in f32.
                    bound = {"relative": 1e-5, "absolute": 1e-5}
                    theirs = to_numpy(layer(jax.numpy.asarray(x)))
                    if not (variance == 0).any() or invert:
                        expectations.append(expectation("keras", theirs, bound))
                fields = {**({} if axes == [-1] else {"axes": axes}), **({"invert": True} if invert else {})}
                case("normalization", f"{name}{'-invert' if invert else ''}-{type_name}", x, expectations, fields, {"mean": mean, "variance": variance},
                     rows=len(shape) > 0 and 0 not in kept)
        for name, shape in {**SOME, "scalar": ()}.items():
            for scale, offset in [(1 / 255, 0.0), (1 / 127.5, -1.0), (-2.0, 0.1)] if name == "rank2" else [(1 / 127.5, -1.0)]:
                x = draw(shape, dtype, 90.0)
                own = np.asarray(x * dtype(scale) + dtype(offset), dtype)
                layer = keras.layers.Rescaling(scale, offset, dtype=str(x.dtype))
                expectations = [expectation("numpy", own, {}), expectation("keras", to_numpy(layer(jax.numpy.asarray(x))), keras_tolerance(dtype, 4, 4))]
                label = f"{name}{'' if offset == -1.0 else '-without-offset' if offset == 0 else '-negative'}-{type_name}"
                case("rescaling", label, x, expectations, {"scale": scale, **({"offset": offset} if offset else {})}, rows=x.ndim > 0)
        odd = special(dtype)
        case("rescaling", f"special-{type_name}", odd, [expectation("numpy", odd * dtype(3) + dtype(-0.5), {})], {"scale": 3.0, "offset": -0.5})


def categories():
    for type_name, dtype in FLOATS.items():
        for index_name, index_type in INTEGERS.items():
            shapes = {**SOME, "hollow": (2, 0)} if index_name in ("i32", "i64") else {"rank2": (3, 5)}
            for name, shape in shapes.items():
                for mode in ("one_hot", "multi_hot", "count", "weighted"):
                    x = rng.integers(0, 7, shape).astype(index_type)
                    x.ravel()[:2] = [6, 0][: x.size]
                    one_hot = (x[..., None] == np.arange(7)).astype(dtype)
                    weights = draw(shape, dtype) if mode == "weighted" else None
                    inputs = [x] if weights is None else [x, weights]
                    if mode == "one_hot":
                        own = one_hot
                    elif mode == "multi_hot":
                        own = one_hot.max(axis=-2, initial=0).astype(dtype)
                    else:
                        own = np.zeros(shape[:-1] + (7,), dtype)
                        for index in np.ndindex(*shape):
                            own[index[:-1] + (int(x[index]),)] += dtype(1) if weights is None else weights[index]
                    expectations = [expectation("numpy", own, {})]
                    if x.size and index_name == "i32" and x.ndim == 2 and (mode != "one_hot" or shape[-1] != 1):
                        layer = keras.layers.CategoryEncoding(7, "count" if mode == "weighted" else mode, dtype=str(own.dtype))
                        theirs = to_numpy(layer(jax.numpy.asarray(x), **({"count_weights": weights} if mode == "weighted" else {})))
                        expectations.append(expectation("keras", theirs, keras_tolerance(dtype, 4, 4)))
                    fields = {"num_tokens": 7, **({} if mode == "multi_hot" else {"output_mode": "count" if mode == "weighted" else mode}),
                              **({"dtype": "f64"} if type_name == "f64" else {})}
                    case("category_encoding", f"{mode.replace('_', '-')}-{name}-{index_name}-{type_name}", inputs, expectations, fields,
                         rows=mode == "one_hot" or x.ndim > 1)
        x = np.array(3, np.int32)
        case("category_encoding", f"one-hot-scalar-{type_name}", x, [expectation("numpy", (np.arange(5) == 3).astype(dtype), {})],
             {"num_tokens": 5, "output_mode": "one_hot", **({"dtype": "f64"} if type_name == "f64" else {})}, rows=False)


def bins():
    for type_name, dtype in FLOATS.items():
        boundaries = [-2.5, -0.125, 0.0, 0.0, 0.75, 3.0]
        for name, shape in {**SOME, "scalar": ()}.items():
            x = np.asarray(draw(shape, dtype))
            if x.size > 4:
                x.ravel()[:5] = np.array([-2.5, -0.125, 0.0, 3.0, -0.0], dtype)
            own = np.asarray(np.digitize(x, np.array(boundaries).astype(dtype)), np.int32)
            expectations = [expectation("numpy", own, {})]
            if x.ndim > 1 and x.size:
                layer = keras.layers.Discretization(bin_boundaries=boundaries, output_mode="int")
                theirs = to_numpy(layer(jax.numpy.asarray(x))).astype(np.int32)
                if type_name == "f32":
                    expectations.append(expectation("keras", theirs, {}))
            case("discretization", f"{name}-{type_name}", x, expectations, {"bin_boundaries": boundaries}, rows=x.ndim > 0)
        odd = special(dtype)
        for name, edges in {"special": [-1e30, -6.0, 0.0, 1e-8, 88.5], "one": [0.5], "none": []}.items():
            own = np.digitize(odd, np.array(edges).astype(dtype)).astype(np.int32) if edges else np.zeros(odd.shape, np.int32)
            case("discretization", f"{name}-{type_name}", odd, [expectation("numpy", own, {})], {"bin_boundaries": edges})


start(__file__, 20261104)
features()
categories()
bins()
finish()
