"""Makes the cases of embedding, masking, einsum_dense and constant in Fixtures/layers. See layer_cases.py."""

from layer_cases import *

INTEGERS = {n: t for t, n in NAMES.items() if t.kind in "iu"}


def embedding():
    for type_name, dtype in FLOATS.items():
        for index_name, index_type in INTEGERS.items():
            shapes = {"rank2": (3, 5), "primes": (2, 3, 5), "rank1": (7,), "single": (1, 1), "scalar": (), "empty": (0, 3)} if index_name in ("i32", "i64") else {"rank2": (3, 5)}
            for name, shape in shapes.items():
                table = draw((11, 3), dtype)
                x = rng.integers(0, 11, shape).astype(index_type)
                if x.ndim:
                    x.ravel()[:2] = [10, 0][: x.size]
                expectations = [expectation("numpy", table[x], {})]
                if x.size and x.ndim and index_name in ("i32", "i64"):
                    layer = keras.layers.Embedding(11, 3, dtype=str(table.dtype))
                    layer.build()
                    layer.embeddings.assign(table)
                    expectations.append(expectation("keras", to_numpy(layer(jax.numpy.asarray(x))), {}))
                fields = {"input_dim": 11, "output_dim": 3, **({"dtype": "f64"} if type_name == "f64" else {})}
                case("embedding", f"{name}-{index_name}-{type_name}", x, expectations, fields, {"embeddings": table}, rows=x.ndim > 0)


def constant():
    for type_name, dtype in {**FLOATS, **INTEGERS, "bool": np.bool_}.items():
        for name, shape in {"scalar": (), "primes": (2, 3, 5), "empty": (0, 3)}.items() if type_name == "f32" else {"vector": (7,)}.items():
            value = draw(shape, dtype) if type_name in FLOATS else rng.integers(0, 2, shape).astype(dtype)
            fields = {**({"shape": list(shape)} if shape else {}), **({"dtype": type_name} if type_name != "f32" else {})}
            case("constant", f"{name}-{type_name}", [], [expectation("numpy", value, {})], fields, {"value": value}, rows=False)


def masking():
    for type_name, dtype in FLOATS.items():
        for name, shape in {"series": (3, 5, 2), "rank2": (3, 7), "rank1": (5,), "primes": (2, 3, 5, 7), "single": (1, 2, 3), "empty": (0, 2, 3), "hollow": (2, 3, 0)}.items():
            for value in (0.0, -1.5) if name == "series" else (0.0,):
                x = draw(shape, dtype)
                if name == "series":
                    x[0, 1] = x[2, 4] = value
                    x[1, 0, 1] = value
                elif x.ndim > 1 and x.size:
                    x.reshape(-1, x.shape[-1])[-1] = [0.0, -0.0, 0.0, 0.0, 0.0, 0.0, 0.0][: x.shape[-1]]
                present = np.any(x != dtype(value), axis=-1)
                own = [np.where(present[..., None], x, dtype(0)), present]
                expectations = [expectation("numpy", own, {})]
                if x.ndim > 2 and x.size:
                    layer = keras.layers.Masking(value, dtype=str(x.dtype))
                    theirs = layer(jax.numpy.asarray(x))
                    mask = to_numpy(layer.compute_mask(jax.numpy.asarray(x)))
                    expectations.append(expectation("keras", [to_numpy(theirs), mask], {}))
                fields = {} if value == 0 else {"mask_value": value}
                label = f"{name}{'' if value == 0 else '-other'}-{type_name}"
                case("masking", label, x, expectations, fields, rows=x.ndim > 1)


def exact_einsum(equation, x, weights):
    """The inner products of each element, one chain of fused multiply-adds each, in the order of the kernel's letters."""
    terms = equation.replace("...", ".").replace("->", ",").split(",")
    spread = {}
    for term, value in ((terms[0], x), (terms[1], weights)):
        wide = value.ndim - len(term) + 1
        axis = 0
        for letter in term:
            size = wide if letter == "." else 1
            spread[letter] = value.shape[axis:axis + size]
            axis += size
    depth = [c for c in terms[1] if c not in terms[2]]
    out = np.zeros(sum((spread[c] for c in terms[2]), ()), x.dtype)

    def pick(value, term, place):
        return value[sum((place[c] for c in term), ())]

    for index in np.ndindex(*out.shape):
        place, axis = {}, 0
        for c in terms[2]:
            place[c] = index[axis:axis + len(spread[c])]
            axis += len(spread[c])
        a, b = [], []
        for k in np.ndindex(*(spread[c][0] for c in depth)):
            place.update({c: (i,) for c, i in zip(depth, k)})
            a.append(pick(x, terms[0], place))
            b.append(pick(weights, terms[1], place))
        out[index] = chain(np.array([a], x.dtype).reshape(1, -1), np.array(b, x.dtype).reshape(-1, 1), None)[0, 0]
    return out


def einsum_dense():
    # Name, equation, input, kernel, output_shape, bias axes, bias extents among the output's.
    cases = [
        ("dense", "ab,bc->ac", (3, 5), (5, 7), [7], "c"), ("series", "abc,cd->abd", (2, 3, 5), (5, 7), [-1, 7], "d"),
        ("without-bias", "abc,cd->abd", (2, 3, 5), (5, 7), [3, 7], ""), ("rest-first", "...x,xy->...y", (2, 3, 5), (5, 7), [7], "y"),
        ("rest-of-one", "...x,xy->...y", (3, 5), (5, 7), [7], "y"), ("rest-of-none", "a...x,xy->a...y", (3, 5), (5, 7), [7], "y"),
        ("rest-last", "ab...,bc->ac...", (2, 3, 5, 2), (3, 7), [7], ""), ("heads", "abc,cde->abde", (2, 3, 5), (5, 2, 7), [-1, 2, 7], "de"),
        ("from-heads", "abcd,cde->abe", (2, 3, 2, 5), (2, 5, 3), [-1, 3], "e"), ("bias-of-first", "abc,cd->abd", (2, 3, 5), (5, 7), [3, 7], "bd"),
        ("bias-of-middle", "abc,cd->abd", (2, 3, 5), (5, 7), [3, 7], "b"), ("over-steps", "abc,bd->adc", (2, 3, 5), (3, 7), [7, 5], "d"),
        ("shared", "abc,bcd->abd", (3, 2, 5), (2, 5, 7), [2, 7], "bd"), ("scaled", "ab,b->ab", (3, 5), (5,), [5], ""),
        ("kernel-turned", "abc,dc->abd", (2, 3, 5), (7, 5), [3, 7], "d"), ("depth-turned", "abcd,dce->abe", (2, 3, 2, 5), (5, 2, 3), [3, 3], "e"),
        ("single", "ab,bc->ac", (1, 5), (5, 3), [3], "c"), ("empty", "abc,cd->abd", (0, 3, 5), (5, 2), [3, 2], "d"), ("letters", "Bt,tU->BU", (3, 2), (2, 5), [5], "U"),
        ("no-depth", "ab,bc->ac", (2, 0), (0, 3), [3], "c"), ("long", "ab,bc->ac", (2, 261), (261, 2), [2], "c"),
    ]
    for type_name, dtype in FLOATS.items():
        for name, equation, shape, kernel_shape, output_shape, bias_axes in cases:
            x, weights = draw(shape, dtype, 0.8), draw(kernel_shape, dtype, 0.7)
            own = exact_einsum(equation, x, weights)
            loose = np.einsum(equation, x, weights)
            assert own.shape == loose.shape
            output = equation.split("->")[1]
            extents = dict(zip(output.replace("...", ""), [n for n in own.shape])) if "..." not in output else {output[-1]: own.shape[-1]}
            bias = None
            if bias_axes:
                letters = [c for c in output if c in bias_axes]
                bias = draw([extents[c] for c in letters], dtype)
                view = [extents[c] if c in bias_axes else 1 for c in output] if "..." not in output else bias.shape
                own = own + bias.reshape(view)
            expectations = [expectation("definition", own, {})]
            if x.size and x.ndim > 1 and name != "rest-of-none":
                layer = keras.layers.EinsumDense(equation, output_shape=[None if n == -1 else n for n in output_shape], bias_axes=bias_axes or None, dtype=str(x.dtype))
                layer.build(shape)
                assert layer.kernel.shape == weights.shape
                layer.set_weights([weights] if bias is None else [weights, bias.reshape(layer.bias.shape)])
                expectations.append(expectation("keras", to_numpy(layer(x)), keras_tolerance(dtype, 64, 64)))
            parameters = {"weights": weights} if bias is None else {"weights": weights, "biases": bias}
            fields = {"equation": equation, "output_shape": output_shape, **({"bias_axes": bias_axes} if bias_axes else {})}
            case("einsum_dense", f"{name}-{type_name}", x, expectations, fields, parameters, rows=True)


start(__file__, 20261103)
embedding()
masking()
einsum_dense()
constant()
finish()
