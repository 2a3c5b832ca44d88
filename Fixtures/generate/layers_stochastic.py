"""Makes the cases of the stochastic layers in Fixtures/layers. See layer_cases.py.

The oracle of runs with a seed is NumPy: the layer's formula with `np.random.Generator(np.random.Philox(key=seed).jumped(position))`.
That of runs without one is Keras's layer at inference where there is one. The seeds are such that no normal number falls beyond
the ziggurat's last strip, where NumPy's bits are the C library's.
"""

from layer_cases import *

start(__file__, 20261124)

LAST_STRIP = 3.6541528853610088
SHAPES = {
    "rank1": (7,), "batch1": (1, 11), "batch3": (3, 19), "primes": (2, 3, 5, 7), "empty": (0, 5), "scalar": (),
}  # fmt: skip


def stream(seed, position):
    return np.random.Generator(np.random.Philox(key=seed).jumped(position))


def normal(random, shape, dtype):
    """Standard normals, each from a call of its own or from one: the stream is the same."""
    n = np.asarray(random.standard_normal(shape, dtype=dtype))
    assert not n.size or np.abs(n).max() < LAST_STRIP, "choose another seed"
    return n


def kept(random, x, rate, noise_shape):
    shape = [e if n == -1 else n for n, e in zip(noise_shape, x.shape)] if noise_shape else x.shape
    draws = np.asarray(random.random(shape, dtype=x.dtype)).astype(np.float64)
    return np.broadcast_to(draws >= rate, x.shape)


def dropout(x, random, rate, noise_shape=None):
    scale = x.dtype.type(np.float64(1) / np.float64(1 - rate))
    return np.where(kept(random, x, rate, noise_shape), x * scale, x.dtype.type(0))


def alpha_dropout(x, random, rate, noise_shape=None):
    t = x.dtype.type
    p = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946
    a = 1 / np.sqrt((1 - rate) * (1 + rate * (p * p)))
    b = -a * p * rate
    mask = kept(random, x, rate, noise_shape)
    return np.where(mask, t(a) * x + t(b), t(a) * t(p) + t(b))


def gaussian_noise(x, random, stddev):
    return x + x.dtype.type(stddev) * normal(random, x.shape, x.dtype)


def gaussian_dropout(x, random, rate):
    return x * (1 + x.dtype.type(np.sqrt(rate / (1 - rate))) * normal(random, x.shape, x.dtype))


KERAS = {
    "dropout": keras.layers.Dropout, "alpha_dropout": keras.layers.AlphaDropout, "gaussian_noise": keras.layers.GaussianNoise,
    "gaussian_dropout": keras.layers.GaussianDropout,
}  # fmt: skip


def by_onnx(x, rate):
    """ONNX's Dropout in training, with draws of its own: where it keeps, it must scale as we do."""
    kind = onnx.helper.np_dtype_to_tensor_dtype(x.dtype)
    nodes = [onnx.helper.make_node("Dropout", ["x", "ratio", "train"], ["y", "mask"], seed=3)]
    value = lambda n, k=kind: onnx.helper.make_tensor_value_info(n, k, None)
    inputs = [value("x"), value("ratio"), value("train", onnx.TensorProto.BOOL)]
    graph = onnx.helper.make_graph(nodes, "g", inputs, [value("y"), value("mask", onnx.TensorProto.BOOL)])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)])
    feeds = {"x": x, "ratio": x.dtype.type(rate), "train": np.array(True)}
    return onnx.reference.ReferenceEvaluator(model).run(None, feeds)


def identity(kind, name, x, fields):
    own = [expectation("numpy", x.copy(), {})]
    if x.ndim:
        own.append(expectation("keras", to_numpy(KERAS[kind](**fields, dtype=str(x.dtype))(x)), keras_tolerance(x.dtype)))
    case(kind, name, x, own, fields, rows=x.ndim > 0)


def noise():
    kinds = [
        ("dropout", dropout, [{"rate": 0.5}, {"rate": 0.25}, {"rate": 0.0}, {"rate": 1.0}, {"rate": 0.9}]),
        ("alpha_dropout", alpha_dropout, [{"rate": 0.5}, {"rate": 0.2}, {"rate": 0.0}]),
        ("gaussian_noise", gaussian_noise, [{"stddev": 1.0}, {"stddev": 0.3}, {"stddev": 0.0}]),
        ("gaussian_dropout", gaussian_dropout, [{"rate": 0.5}, {"rate": 0.1}, {"rate": 0.0}]),
    ]
    for type_name, dtype in FLOATS.items():
        for kind, formula, settings in kinds:
            for number, fields in enumerate(settings):
                setting = "-".join(f"{k}-{v}" for k, v in fields.items())
                shapes = SHAPES if number == 0 else {"batch3": SHAPES["batch3"]}
                for seed, (shape, extents) in enumerate(shapes.items(), start=40 + number):
                    x, position = draw(extents, dtype), seed % 5
                    y = np.asarray(formula(x, stream(seed, position), **fields))
                    own = [expectation("numpy", y, {})]
                    case(kind, f"{setting}-{shape}-seeded-{type_name}", x, own, fields, rows=False, seed=seed, position=position)
                    if number == 0 or shape == "batch3":
                        identity(kind, f"{setting}-{shape}-{type_name}", x, fields)
            x = special(dtype)
            identity(kind, f"special-{type_name}", x, settings[0])
            y = formula(x, stream(7, 1), **settings[0])
            case(kind, f"special-seeded-{type_name}", x, [expectation("numpy", y, {})], settings[0], rows=False, seed=7, position=1)
        x = draw((5, 7), dtype)
        theirs, mask = by_onnx(x, 0.25)
        assert np.array_equal(theirs[mask], (x * dtype(1 / 0.75))[mask]) and (theirs[~mask] == 0).all()
        for kind, formula in (("dropout", dropout), ("alpha_dropout", alpha_dropout)):
            for noise_shape in ([-1, 1, 7], [3, 1, -1], [1, 5, 1], [1, 1, 1], [-1, -1, -1], [3, 5, 7]):
                x = draw((3, 5, 7), dtype)
                fields = {"rate": 0.4, "noise_shape": noise_shape}
                y = formula(x, stream(11, 2), **fields)
                name = "noise-" + "_".join(map(str, noise_shape)) + f"-{type_name}"
                case(kind, name, x, [expectation("numpy", y, {})], fields, rows=False, seed=11, position=2)
            x = draw((0, 5, 7), dtype)
            case(kind, f"noise-empty-{type_name}", x, [expectation("numpy", x, {})], {"rate": 0.4, "noise_shape": [-1, 1, 7]}, rows=False, seed=11)


def sampling():
    for type_name, dtype in FLOATS.items():
        for seed, (shape, extents) in enumerate(SHAPES.items(), start=60):
            mean, logarithm = draw(extents, dtype), draw(extents, dtype)
            case("gaussian_sampling", f"{shape}-{type_name}", [mean, logarithm], [expectation("numpy", mean, {})], rows=mean.ndim > 0)
            deviation = exp(logarithm / dtype(2)) if logarithm.size else logarithm
            y = np.asarray(mean + deviation * normal(stream(seed, 3), extents, dtype), dtype)
            source = "numpy" if dtype == np.float32 else "definition"
            case("gaussian_sampling", f"{shape}-seeded-{type_name}", [mean, logarithm], [expectation(source, y, {})], rows=False, seed=seed, position=3)


def variational():
    shapes = [
        ("batch1", (1, 2), 3), ("batch3", (3, 7), 5), ("primes", (2, 3, 5), 7), ("rank1", (7,), 5), ("two-runs", (2, 257), 2),
        ("empty", (0, 5), 3), ("no-depth", (3, 0), 2),
    ]  # fmt: skip
    for type_name, dtype in FLOATS.items():
        for seed, (name, shape, units) in enumerate(shapes, start=75):
            for use_bias in (True, False):
                x = draw(shape, dtype, 1.5)
                inner = (shape[-1], units)
                parameters = {"weights_mean": draw(inner, dtype, 0.7), "weights_stddev": np.abs(draw(inner, dtype, 0.2))}
                if use_bias:
                    parameters |= {"biases_mean": draw((units,), dtype), "biases_stddev": np.abs(draw((units,), dtype, 0.2))}
                fields = {"units": units} if use_bias else {"units": units, "use_bias": False}
                title = f"{name}{'' if use_bias else '-without-bias'}"
                rows = len(shape) > 1
                biases = parameters["biases_mean"] if use_bias else None
                expected = [expectation("definition", chain(x, parameters["weights_mean"], biases), {})]
                case("dense_variational", f"{title}-{type_name}", x, expected, fields, parameters, rows)
                random = stream(seed, 4)
                weights = parameters["weights_mean"] + parameters["weights_stddev"] * normal(random, inner, dtype)
                if use_bias:
                    biases = parameters["biases_mean"] + parameters["biases_stddev"] * normal(random, (units,), dtype)
                expected = [expectation("definition", chain(x, weights, biases), {})]
                if x.size:
                    size = float(np.abs(x).reshape(-1, shape[-1]).sum(axis=1).max() * np.abs(weights).max())
                    y = x @ weights + (biases if use_bias else 0)
                    expected.append(expectation("numpy", y, {"absolute": float(np.finfo(dtype).eps) * size}))
                case("dense_variational", f"{title}-seeded-{type_name}", x, expected, fields, parameters, False, seed, 4)


noise()
sampling()
variational()
finish()
