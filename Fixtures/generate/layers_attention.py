"""Makes the cases of the attention layers in Fixtures/layers. See layer_cases.py.

The definition is written with `chain` for the inner products and NumPy for the rest; Keras, which must agree, has a tolerance.
"""

from layer_cases import *


def flagged(**fields):
    return {k: v for k, v in fields.items() if v not in (None, False, 0, [])}


def softmax(x):
    if not x.size:
        return x
    e = exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def product(a, b):
    return chain(np.ascontiguousarray(a), np.ascontiguousarray(b), None)


def causal(queries, keys):
    return np.tril(np.ones((queries, keys), bool))


def near(dtype, ulps=64):
    return keras_tolerance(dtype, ulps, ulps)


def to_keras(*values):
    return [None if v is None else jax.numpy.asarray(v) for v in values]


# attention and additive_attention


def attended(query, value, key, score, is_causal, query_mask, value_mask):
    lead = query.shape[:-2]
    out = np.zeros(query.shape[:-1] + value.shape[-1:], query.dtype)
    for index in np.ndindex(*lead):
        scores = score(query[index], key[index])
        allowed = np.ones(scores.shape, bool)
        if is_causal:
            allowed &= causal(*scores.shape)
        if value_mask is not None:
            allowed &= value_mask[index][None, :]
        scores = np.where(allowed, scores, scores - query.dtype.type(1e9))
        result = product(softmax(scores), value[index])
        if query_mask is not None:
            result = np.where(query_mask[index][:, None], result, query.dtype.type(0))
        out[index] = result
    return out


def single():
    # Name, leading extents, queries, keys, depth, width, whether keys are given, causal, query mask, value mask.
    shapes = [
        ("plain", (2,), 3, 5, 7, 11, True, False, False, False), ("values-as-keys", (3,), 2, 5, 3, 3, False, False, False, False),
        ("causal", (2,), 5, 5, 3, 2, True, True, False, False), ("causal-longer", (1,), 3, 5, 2, 2, True, True, False, False),
        ("causal-shorter", (1,), 5, 3, 2, 2, True, True, False, False), ("query-mask", (2,), 3, 5, 2, 3, True, False, True, False),
        ("value-mask", (2,), 3, 5, 2, 3, True, False, False, True), ("all-masks", (3,), 5, 7, 2, 2, False, True, True, True),
        ("heads", (2, 3), 2, 5, 3, 2, True, False, False, True), ("one-step", (1,), 1, 1, 3, 2, True, False, False, False),
        ("empty", (0,), 2, 3, 5, 2, True, False, False, True), ("no-queries", (2,), 0, 3, 5, 2, True, False, False, False),
        ("no-keys", (2,), 3, 0, 5, 2, True, False, False, False), ("no-depth", (2,), 3, 2, 0, 2, True, False, False, False),
    ]
    for type_name, dtype in FLOATS.items():
        for name, lead, queries, keys, depth, width, has_key, is_causal, masks_queries, masks_values in shapes:
            query, value = draw(lead + (queries, depth), dtype, 0.8), draw(lead + (keys, width), dtype)
            key = draw(lead + (keys, depth), dtype, 0.8) if has_key else None
            query_mask = rng.integers(0, 2, lead + (queries,)).astype(bool) if masks_queries else None
            value_mask = rng.integers(0, 2, lead + (keys,)).astype(bool) if masks_values else None
            if masks_values and value_mask.size:
                value_mask[..., 0] = True
            inputs = [v for v in (query, value, key, query_mask, value_mask) if v is not None]
            masks = {"use_causal_mask": is_causal, "use_query_mask": masks_queries, "use_value_mask": masks_values}
            with_keras = query.size and value.size and len(lead) == 1
            known_key = value if key is None else key

            def run(layer, weights):
                layer.build([v.shape for v in (query, value, key) if v is not None])
                layer.set_weights(weights)
                mask = to_keras(query_mask, value_mask) if masks_queries or masks_values else None
                return to_numpy(layer(to_keras(*(v for v in (query, value, key) if v is not None)), mask=mask, use_causal_mask=is_causal))

            for use_scale, mode in [(False, "dot"), (True, "dot"), (False, "concat"), (True, "concat")] if name in ("plain", "all-masks") else [(name == "heads", "dot")]:
                scale, weight = draw((), dtype, 0.5), draw((), dtype, 0.5)

                def score(q, k):
                    if mode == "dot":
                        s = product(q, k.T)
                        return s * scale if use_scale else s
                    t = q[:, None, :] + k[None, :, :]
                    return weight * np.sum(np.tanh(scale * t if use_scale else t), axis=-1)

                own = attended(query, value, known_key, score, is_causal, query_mask, value_mask)
                expectations = [expectation("definition", own, {})]
                parameters = {**({"scale": scale} if use_scale else {}), **({"concat_score_weight": weight} if mode == "concat" else {})}
                if with_keras:
                    layer = keras.layers.Attention(use_scale=use_scale, score_mode=mode, dtype=str(query.dtype))
                    # Keras's tanh computes f64 in f32.
                    bound = near(dtype) if mode == "dot" else near(np.float32)
                    expectations.append(expectation("keras", run(layer, list(parameters.values())), bound))
                fields = flagged(use_scale=use_scale, score_mode=mode if mode == "concat" else None, **masks)
                label = f"{name}{'-scaled' if use_scale else ''}{'-concat' if mode == 'concat' else ''}-{type_name}"
                case("attention", label, inputs, expectations, fields, parameters, rows=True)

            for use_scale in (True, False) if name in ("plain", "all-masks") else (keys > 0,):
                scale = draw((depth,), dtype, 0.7)

                def additive(q, k):
                    t = np.tanh(q[:, None, :] + k[None, :, :])
                    return np.sum(scale * t if use_scale else t, axis=-1)

                own = attended(query, value, known_key, additive, is_causal, query_mask, value_mask)
                expectations = [expectation("definition", own, {})]
                if with_keras:
                    layer = keras.layers.AdditiveAttention(use_scale=use_scale, dtype=str(query.dtype))
                    expectations.append(expectation("keras", run(layer, [scale] if use_scale else []), near(np.float32)))
                fields = {**({} if use_scale else {"use_scale": False}), **flagged(**masks)}
                case("additive_attention", f"{name}{'' if use_scale else '-without-scale'}-{type_name}", inputs, expectations, fields,
                     {"scale": scale} if use_scale else {}, rows=True)


# multi_head_attention and grouped_query_attention


def projected(x, weights, biases):
    flat = weights.reshape(x.shape[-1], math.prod(weights.shape[1:]))
    out = chain(x, flat, None if biases is None else biases.ravel())
    return out.reshape(x.shape[:-1] + weights.shape[1:])


def headed(query, value, key, p, mask, is_causal, window):
    q = projected(query, p["query_weights"], p.get("query_biases"))
    k = projected(key, p["key_weights"], p.get("key_biases"))
    v = projected(value, p["value_weights"], p.get("value_biases"))
    batch, queries, heads, depth = q.shape
    keys, shared = k.shape[1], heads // k.shape[2]
    context = np.zeros((batch, queries, heads, v.shape[-1]), query.dtype)
    scale = query.dtype.type(1 / math.sqrt(depth))
    for sample in range(batch):
        for head in range(heads):
            scores = product(q[sample, :, head], k[sample, :, head // shared].T) * scale
            allowed = np.ones((queries, keys), bool)
            if is_causal:
                allowed &= causal(queries, keys)
            if window:
                allowed &= np.abs(np.arange(queries)[:, None] - np.arange(keys)) < window
            if mask is not None:
                allowed &= mask[sample if len(mask) > 1 else 0]
            scores = np.where(allowed, scores, np.finfo(query.dtype).min)
            context[sample, :, head] = product(softmax(scores), v[sample, :, head // shared])
    if "gate_weights" in p:
        gate = projected(query, p["gate_weights"], p.get("gate_biases"))
        context = context * (1 / (1 + exp(-gate)))
    weights = p["output_weights"]
    flat = context.reshape(batch, queries, -1) if context.size else np.zeros((batch, queries, math.prod(weights.shape[:2])), query.dtype)
    out = chain(flat, weights.reshape(math.prod(weights.shape[:2]), -1), None if "output_biases" not in p else p["output_biases"].ravel())
    return out.reshape((batch, queries) + weights.shape[2:])


def parameters_of(features, heads, shared_heads, depth, width, output, use_bias, use_gate, dtype):
    shapes = {"query": (features[0], heads, depth), "key": (features[1], shared_heads, depth), "value": (features[2], shared_heads, width)}
    if use_gate:
        shapes["gate"] = (features[0], heads, width)
    shapes["output"] = (heads, width) + output
    parameters = {}
    for name, shape in shapes.items():
        parameters[f"{name}_weights"] = draw(shape, dtype, 0.6)
        if use_bias:
            parameters[f"{name}_biases"] = draw(shape[2:] if name == "output" else shape[1:], dtype, 0.6)
    return parameters


def in_heads():
    # Name, batch, queries, keys, features of query, key and value (no key: values serve), heads, depth, width, output shape, bias,
    # causal, mask extents, window, gate.
    cases = [
        ("plain", 2, 3, 5, (7, 3, 2), 3, 2, 5, (), True, False, None, 0, False), ("values-as-keys", 3, 2, 5, (7, None, 3), 2, 3, 0, (), True, False, None, 0, False),
        ("without-bias", 1, 3, 5, (3, 2, 5), 2, 3, 0, (), False, False, None, 0, False), ("causal", 2, 5, 5, (3, 2, 3), 2, 2, 0, (), True, True, None, 0, False),
        ("mask", 2, 3, 5, (3, 2, 3), 2, 2, 0, (), True, False, (2, 3, 5), 0, False), ("mask-of-keys", 2, 3, 5, (3, 2, 3), 2, 2, 0, (), True, False, (2, 1, 5), 0, False),
        ("mask-for-all", 2, 3, 5, (3, 2, 3), 2, 2, 0, (), True, True, (1, 3, 5), 0, False), ("mask-of-queries", 1, 3, 5, (3, 2, 3), 2, 2, 0, (), True, False, (1, 3, 1), 0, False),
        ("window", 1, 5, 5, (3, 2, 3), 2, 2, 0, (), True, True, None, 2, False), ("window-both-sides", 1, 5, 7, (3, 2, 3), 1, 2, 0, (), True, False, None, 3, False),
        ("gate", 2, 3, 5, (3, 2, 5), 3, 2, 0, (), True, False, None, 0, True), ("output", 2, 3, 5, (3, 2, 3), 2, 3, 2, (11,), True, False, None, 0, False),
        ("output-of-two", 2, 3, 2, (3, 2, 3), 2, 3, 2, (2, 5), True, False, None, 0, False), ("one-step", 1, 1, 1, (3, 2, 3), 1, 3, 2, (), True, False, None, 0, False),
        ("empty", 0, 2, 3, (3, 2, 3), 2, 3, 2, (), True, False, None, 0, False), ("no-queries", 2, 0, 3, (3, 2, 3), 2, 3, 2, (), True, False, None, 0, False),
        ("long", 1, 2, 3, (263, None, 3), 1, 2, 3, (), True, False, None, 0, False),
    ]
    for type_name, dtype in FLOATS.items():
        for name, batch, queries, keys, features, heads, depth, width, output, use_bias, is_causal, mask_shape, window, use_gate in cases:
            for kind in ("multi_head_attention", "grouped_query_attention"):
                grouped = kind.startswith("grouped")
                if grouped and (output or name == "long"):
                    continue
                # Keras wants equal features of query and value, and equal extents of gate and values.
                own_features = (features[0], features[1], features[0] if grouped else features[2])
                query_heads, key_heads = (2 * heads, heads) if grouped else (heads, heads)
                known_width = depth if grouped else width or depth
                query, value = draw((batch, queries, own_features[0]), dtype, 0.8), draw((batch, keys, own_features[2]), dtype)
                key = None if own_features[1] is None else draw((batch, keys, own_features[1]), dtype, 0.8)
                mask = None
                if mask_shape:
                    mask = rng.integers(0, 2, mask_shape).astype(bool)
                    if name == "mask-of-queries":
                        mask[:] = [[True], [False], [True]]
                    else:
                        mask[..., 0] = True
                known_key = value if key is None else key
                p = parameters_of((own_features[0], known_key.shape[-1], own_features[2]), query_heads, key_heads, depth, known_width,
                                  tuple(output) or (own_features[0],), use_bias, use_gate, dtype)
                own = headed(query, value, known_key, p, mask, is_causal, window)
                expectations = [expectation("definition", own, {})]
                if own.size and keys:
                    window_fields = {"sliding_window": window} if window else {}
                    if grouped:
                        layer = keras.layers.GroupQueryAttention(depth, query_heads, key_heads, use_bias=use_bias, use_gate=use_gate, dtype=str(query.dtype), **window_fields)
                    else:
                        layer = keras.layers.MultiHeadAttention(heads, depth, width or None, use_bias=use_bias, output_shape=output or None, use_gate=use_gate,
                                                                # JAX's fused attention fails where a head's values are not as wide as its keys;
                                                                # with dropout Keras takes another way.
                                                                dropout=0.5 if known_width != depth else 0.0,
                                                                dtype=str(query.dtype), **window_fields)
                    layer.build(query.shape, value.shape, known_key.shape)
                    for w in layer.weights:
                        part, which = w.path.split("/")[-2:]
                        role = {"attention_output": "output"}.get(part, part)
                        w.assign(p[f"{role}_{'weights' if which == 'kernel' else 'biases'}"])
                    wide_mask = None if mask is None else np.broadcast_to(mask, (batch, queries, keys))
                    theirs = layer(*to_keras(query, value, known_key), attention_mask=None if mask is None else jax.numpy.asarray(wide_mask), use_causal_mask=is_causal, training=False)
                    # jax.nn.dot_product_attention takes its softmax in f32.
                    expectations.append(expectation("keras", to_numpy(theirs), near(np.float32)))
                if grouped:
                    fields = {"head_dim": depth, "num_query_heads": query_heads, "num_key_value_heads": key_heads}
                else:
                    fields = {"num_heads": heads, "key_dim": depth, **flagged(value_dim=width)}
                fields |= {} if use_bias else {"use_bias": False}
                fields |= flagged(output_shape=list(output), use_causal_mask=is_causal, use_attention_mask=mask is not None, sliding_window=window, use_gate=use_gate)
                inputs = [v for v in (query, value, key, mask) if v is not None]
                rows = mask is None or len(mask) == batch
                case(kind, f"{name}-{type_name}", inputs, expectations, fields, p, rows=rows)


# rotary_embedding


def rotary():
    # Name, input, heads of rank 3, turned features, interleaved, whether positions are given, positions of the tables.
    cases = [
        ("heads", (2, 3, 5, 6), 0, 0, False, False, 7), ("interleaved", (2, 3, 5, 6), 0, 0, True, False, 5), ("partly", (2, 3, 5, 7), 0, 4, False, False, 5),
        ("partly-interleaved", (2, 3, 5, 7), 0, 4, True, True, 11), ("positions", (2, 3, 5, 6), 0, 0, False, True, 11), ("joined", (2, 5, 12), 3, 0, False, False, 5),
        ("joined-positions", (3, 2, 15), 3, 2, True, True, 7), ("single", (1, 1, 1, 2), 0, 0, False, True, 3), ("empty", (0, 2, 3, 4), 0, 0, False, True, 3),
        ("no-steps", (2, 2, 0, 4), 0, 0, False, False, 3),
    ]
    for type_name, dtype in FLOATS.items():
        for name, shape, heads, turned, interleaved, with_positions, count in cases:
            x = draw(shape, dtype)
            size = shape[-1] // (heads or 1)
            pairs = (turned or size) // 2
            angles = np.arange(count)[:, None] / 10000.0 ** (np.arange(pairs) / pairs) + 0.1
            cosines, sines = np.cos(angles).astype(dtype), np.sin(angles).astype(dtype)
            batch, steps = shape[0], shape[2] if len(shape) == 4 else shape[1]
            positions = rng.integers(0, count, (batch, steps)).astype(np.int64) if with_positions else None
            if with_positions and positions.size:
                positions.ravel()[-1] = count - 1
            place = np.broadcast_to(np.arange(steps), (batch, steps)) if positions is None else positions
            cos, sin = cosines[place][:, None], sines[place][:, None]
            split = x if len(shape) == 4 else x.reshape(batch, steps, heads, size).transpose(0, 2, 1, 3)
            own = split.copy()
            first, second = (slice(0, 2 * pairs, 2), slice(1, 2 * pairs, 2)) if interleaved else (slice(0, pairs), slice(pairs, 2 * pairs))
            own[..., first] = cos * split[..., first] - sin * split[..., second]
            own[..., second] = sin * split[..., first] + cos * split[..., second]
            own = own if len(shape) == 4 else own.transpose(0, 2, 1, 3).reshape(shape)
            expectations = [expectation("numpy", own, {})]
            if x.size:
                caches = [cosines, sines] if with_positions else [cosines[place], sines[place]]
                names = ["x", "c", "s"] + (["p"] if with_positions else [])
                node = onnx.helper.make_node("RotaryEmbedding", names, ["y"], interleaved=int(interleaved), rotary_embedding_dim=turned, num_heads=heads)
                values = [x, *caches] + ([positions] if with_positions else [])
                kinds = [onnx.helper.make_tensor_value_info(n, onnx.helper.np_dtype_to_tensor_dtype(v.dtype), None) for n, v in zip(names, values)]
                graph = onnx.helper.make_graph([node], "g", kinds, [onnx.helper.make_tensor_value_info("y", kinds[0].type.tensor_type.elem_type, None)])
                model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 23)])
                theirs = onnx.reference.ReferenceEvaluator(model).run(None, dict(zip(names, values)))[0]
                assert np.array_equal(theirs, own)
                expectations.append(expectation("onnx", theirs, {}))
            fields = {"max_positions": count, **flagged(rotary_embedding_dim=turned, interleaved=interleaved, num_heads=heads)}
            inputs = [x] if positions is None else [x, positions]
            case("rotary_embedding", f"{name}-{type_name}", inputs, expectations, fields, {"cosines": cosines, "sines": sines}, rows=True)


start(__file__, 20261102)
single()
in_heads()
rotary()
finish()
