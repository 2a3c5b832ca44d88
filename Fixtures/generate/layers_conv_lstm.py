"""Makes the cases of conv_lstm in Fixtures/layers. See layer_cases.py.

`definition` is spec/numerics.md's recurrence in NumPy over the patches that windows see, its inner products and f64's exp in rational
numbers. Keras speaks for what it has: no strides together with a dilation rate, and no empty inputs.
"""

from layer_windows import *


def sigmoid(x):
    return 1 / (1 + exp(-x))


# NumPy's formula, and Keras's; Keras's own tanh computes f64 in f32.
ACTIVATIONS = {
    "tanh": (np.tanh, lambda x: jax.numpy.tanh(x)), "sigmoid": (sigmoid, "sigmoid"),
    "relu": (lambda x: np.maximum(x, 0), "relu"), "softsign": (lambda x: x / (1 + np.abs(x)), "softsign"),
}  # fmt: skip


def convolution(x, kernel, strides, dilation, padding):
    """The convolution of x [n, spatial..., channels] as spec/numerics.md defines it, without biases."""
    seen = patches(x, kernel.shape[:-2], strides, dilation, padding, [])
    depth = math.prod(kernel.shape[:-1])
    return chain(seen.reshape(*seen.shape[:-2], depth), kernel.reshape(depth, kernel.shape[-1]), None)


def first(x, axis):
    """Channels from the end to `axis`."""
    return np.ascontiguousarray(np.moveaxis(x, -1, axis))


def definition(fields, parameters, x, states):
    """The output of each step in the order of the input, and the states; all with channels last."""
    a, s = (ACTIVATIONS[fields.get(*names)][0] for names in (("activation", "tanh"), ("recurrent_activation", "sigmoid")))
    settings = fields.get("strides"), fields.get("dilation_rate"), fields.get("padding", "valid")
    h, c = states
    outputs = [None] * x.shape[1]
    for position in reversed(range(x.shape[1])) if fields.get("direction") == "backward" else range(x.shape[1]):
        sums = convolution(x[:, position], parameters["kernel"], *settings)
        if "biases" in parameters:
            sums = sums + parameters["biases"]
        sums = sums + convolution(h, parameters["recurrent_kernel"], None, None, "same")
        i, f, g, o = np.split(sums, 4, -1)
        c = s(f) * c + s(i) * a(g)
        h = s(o) * a(c)
        outputs[position] = h
    return outputs, [h, c]


def in_keras(fields, parameters, x, states):
    """What Keras computes, or None where it has no such layer."""
    strides, dilation = fields.get("strides"), fields.get("dilation_rate")
    if x.size == 0 or strides and dilation:
        return None
    rank = len(fields["kernel_size"])
    sequences = fields.get("return_sequences", False)
    kind = [keras.layers.ConvLSTM1D, keras.layers.ConvLSTM2D, keras.layers.ConvLSTM3D][rank - 1]
    layer = kind(
        fields["filters"], fields["kernel_size"], strides=strides or 1, dilation_rate=dilation or 1, padding=fields.get("padding", "valid"),
        data_format=fields.get("data_format", "channels_last"), activation=ACTIVATIONS[fields.get("activation", "tanh")][1],
        recurrent_activation=ACTIVATIONS[fields.get("recurrent_activation", "sigmoid")][1], use_bias=fields.get("use_bias", True),
        return_sequences=sequences, return_state=fields.get("return_state", False), go_backwards=fields.get("direction") == "backward",
        dtype=str(x.dtype),
    )  # fmt: skip
    layer.build(x.shape)
    layer.set_weights(list(parameters.values()))
    initial = [jax.numpy.asarray(v) for v in states] if fields.get("initial_state") else None
    result = layer(x, initial_state=initial)
    result = [to_numpy(r) for r in (result if isinstance(result, (list, tuple)) else [result])]
    if fields.get("direction") == "backward" and sequences and not fields.get("reversed_output"):
        result[0] = result[0][:, ::-1]
    return result


def make(name, batch, time, spatial, channels, filters, size, types=FLOATS, scale=0.5, **more):
    fields = {"filters": filters, "kernel_size": list(size), **more}
    channels_first = more.get("data_format") == "channels_first"
    for type_name, dtype in types.items():
        parameters = {"kernel": draw((*size, channels, 4 * filters), dtype, scale), "recurrent_kernel": draw((*size, filters, 4 * filters), dtype, scale)}
        if more.get("use_bias", True):
            parameters["biases"] = draw((4 * filters,), dtype, scale)
        x = draw((batch, time, *spatial, channels), dtype, 1.5)
        axes, *_ = geometry(spatial, size, more.get("strides"), more.get("dilation_rate"), more.get("padding", "valid"), [])
        shape = (batch, *[count for count, _, _ in axes], filters)
        states = [draw(shape, dtype, 0.7) if more.get("initial_state") else np.zeros(shape, dtype) for _ in "hc"]
        steps, ends = definition(fields, parameters, x, states)
        own = [ends[0]]
        if more.get("return_sequences"):
            own = [np.stack(steps[::-1] if more.get("reversed_output") else steps, 1)]
        if more.get("return_state"):
            own += ends
        if channels_first:
            x, states = first(x, 2), [first(v, 1) for v in states]
            own = [first(v, 2 if v.ndim == x.ndim else 1) for v in own]
        expectations = [expectation("definition", own, {})]
        theirs = in_keras(fields, parameters, x, states)
        if theirs is not None:
            eps = float(np.finfo(dtype).eps)
            worst[type_name] = max([worst[type_name]] + [np.abs(a - b).max() / eps for a, b in zip(own, theirs, strict=True)])
            bound = max([1.0] + [float(np.abs(o).max()) for o in own])
            expectations.append(expectation("keras", theirs, {"absolute": 64 * eps * bound}))
            voices.append(name)
        case("conv_lstm", f"{name}-{type_name}", [x] + (states if more.get("initial_state") else []), expectations, fields, parameters)


def one_direction(fields, parameters, x, states, counted, backward):
    """As `definition`, for steps that count or not (`counted` [batch, time])."""
    outputs, (h, c) = [None] * x.shape[1], states
    for position in reversed(range(x.shape[1])) if backward else range(x.shape[1]):
        _, (next_h, next_c) = definition({**fields, "direction": "forward"}, parameters, x[:, position : position + 1], [h, c])
        here = counted[:, position].reshape(-1, *[1] * (h.ndim - 1))
        h, c = np.where(here, next_h, h), np.where(here, next_c, c)
        outputs[position] = np.where(here, h, 0).astype(x.dtype) if fields.get("zero_output_for_mask") or fields["mask"] == "lengths" else h
    return outputs, [h, c]


MERGE = {
    "concat": lambda a, b: [np.concatenate([a, b], -1)], "sum": lambda a, b: [a + b], "mul": lambda a, b: [a * b],
    "ave": lambda a, b: [(a + b) / 2], "none": lambda a, b: [a, b],
}  # fmt: skip


def in_keras_row_by_row(fields, parameters, x, states, counted, backward):
    """One direction by Keras, whose JAX backend fails on masks here: each row's counted steps alone, and the rest put around them."""
    rank = len(fields["kernel_size"])
    kind = [keras.layers.ConvLSTM1D, keras.layers.ConvLSTM2D, keras.layers.ConvLSTM3D][rank - 1]
    layer = kind(
        fields["filters"], fields["kernel_size"], padding=fields.get("padding", "valid"), activation=ACTIVATIONS["tanh"][1],
        return_sequences=True, return_state=True, dtype=str(x.dtype))  # fmt: skip
    layer.build(x.shape)
    layer.set_weights(list(parameters.values()))
    zeroes = fields.get("zero_output_for_mask") or fields["mask"] == "lengths"
    outputs = np.zeros((*x.shape[:2], *states[0].shape[1:]), x.dtype)
    ends = [state.copy() for state in states]
    for row in range(len(x)):
        places = [p for p in range(x.shape[1]) if counted[row, p]][:: -1 if backward else 1]
        initial = [jax.numpy.asarray(state[row : row + 1]) for state in states]
        steps = {}
        if places:
            found, *last = layer(x[row : row + 1, places], initial_state=initial)
            steps = dict(zip(places, to_numpy(found)[0]))
            ends[0][row], ends[1][row] = (to_numpy(v)[0] for v in last)
        before = states[0][row]
        for place in range(x.shape[1])[:: -1 if backward else 1]:
            before = steps.get(place, before)
            outputs[row, place] = 0 if zeroes and place not in steps else before
    return list(np.moveaxis(outputs, 1, 0)), ends


def make_masked(name, batch, time, spatial, channels, filters, size, mask=None, lengths=None, **more):
    """A case with a mask, or lengths, or both directions."""
    fields = {"filters": filters, "kernel_size": list(size), **more}
    fields |= {"mask": "steps"} if mask is not None else {"mask": "lengths"} if lengths is not None else {}
    directions = 2 if more.get("direction") == "bidirectional" else 1
    sequences = more.get("return_sequences", False)
    for type_name, dtype in FLOATS.items():
        parameters = {}
        for prefix in ("", "backward_")[:directions]:
            parameters[prefix + "kernel"] = draw((*size, channels, 4 * filters), dtype, 0.5)
            parameters[prefix + "recurrent_kernel"] = draw((*size, filters, 4 * filters), dtype, 0.5)
            parameters[prefix + "biases"] = draw((4 * filters,), dtype, 0.5)
        x = draw((batch, time, *spatial, channels), dtype, 1.5)
        axes, *_ = geometry(spatial, size, None, None, more.get("padding", "valid"), [])
        shape = (batch, *[count for count, _, _ in axes], filters)
        states = [draw(shape, dtype, 0.7) if more.get("initial_state") else np.zeros(shape, dtype) for _ in range(2 * directions)]
        counted = np.ones((batch, time), bool) if mask is None else np.array(mask, bool).reshape(batch, time)
        if lengths is not None:
            counted = np.arange(time) < np.array(lengths)[:, None]
        results, theirs = [], []
        for direction, prefix in enumerate(("", "backward_")[:directions]):
            own = {role[len(prefix):]: value for role, value in parameters.items() if role.startswith(prefix) and (prefix or "backward_" not in role)}
            backward = more.get("direction") == "backward" or direction == 1
            arguments = {"mask": "none", **fields}, own, x, states[2 * direction : 2 * direction + 2], counted, backward
            results.append(one_direction(*arguments))
            theirs.append(in_keras_row_by_row(*arguments))

        def whole(results):
            given = [np.stack(steps, 1) if sequences else pair[0] for steps, pair in results]
            merged = MERGE[more.get("merge_mode", "concat")](*given) if directions == 2 else given
            return merged + ([state for _, pair in results for state in pair] if more.get("return_state") else [])

        own, theirs = whole(results), whole(theirs)
        inputs = [x] + (states if more.get("initial_state") else [])
        if more.get("data_format") == "channels_first":
            inputs = [first(x, 2)] + [first(v, 1) for v in inputs[1:]]
            own, theirs = ([first(v, 2 if v.ndim == x.ndim else 1) for v in values] for values in (own, theirs))
        if mask is not None:
            inputs.append(counted)
        if lengths is not None:
            inputs.append(np.array(lengths, np.int32 if type_name == "f32" else np.int64))
        expectations = [expectation("definition", own, {})]
        if x.size:
            eps = float(np.finfo(dtype).eps)
            worst[type_name] = max([worst[type_name]] + [np.abs(a - b).max() / eps for a, b in zip(own, theirs, strict=True)])
            expectations.append(expectation("keras", theirs, {"absolute": 64 * eps * max([1.0] + [float(np.abs(o).max()) for o in own])}))
            voices.append(name)
        case("conv_lstm", f"{name}-{type_name}", inputs, expectations, fields, parameters)


start(__file__, 20261125)
worst, voices = dict.fromkeys(FLOATS, 0.0), []
all_outputs = {"return_sequences": True, "return_state": True}
# A name, batch, time, spatial extents, channels, filters, the window.
make("one-dimension", 3, 2, (7,), 2, 3, (3,))
make("one-dimension-sequences", 2, 3, (5,), 3, 2, (2,), **all_outputs)
make("two-dimensions", 1, 2, (5, 3), 2, 3, (3, 2), **all_outputs)
make("two-dimensions-same", 3, 2, (3, 5), 2, 1, (2, 3), padding="same", return_sequences=True)
make("three-dimensions", 2, 2, (2, 3, 5), 1, 2, (1, 2, 3), return_state=True)
make("three-dimensions-first", 2, 2, (3, 2, 5), 2, 1, (2, 1, 3), padding="same", data_format="channels_first", return_sequences=True)
make("channels-first", 3, 2, (5, 4), 2, 3, (2, 3), data_format="channels_first", **all_outputs)
make("channels-first-one-dimension", 1, 3, (7,), 3, 2, (3,), data_format="channels_first")
make("channels-first-strides", 2, 2, (7, 5), 1, 2, (3, 2), strides=[2, 3], padding="same", data_format="channels_first", **all_outputs)
make("strides", 2, 3, (7, 5), 2, 1, (3, 2), strides=[2, 1], **all_outputs)
make("strides-same", 3, 2, (7,), 2, 3, (3,), strides=[2], padding="same", return_sequences=True)
make("dilation", 2, 3, (7,), 2, 3, (3,), dilation_rate=[2], return_sequences=True)
make("dilation-same", 1, 2, (5, 3), 1, 2, (2, 3), dilation_rate=[3, 2], padding="same", **all_outputs)
make("strides-and-dilation", 2, 2, (8,), 2, 2, (2,), strides=[2], dilation_rate=[3], **all_outputs)
make("window-of-one", 3, 3, (5,), 2, 3, (1,), return_sequences=True)
make("without-bias", 2, 2, (5, 3), 2, 2, (2, 2), use_bias=False, **all_outputs)
make("without-bias-first", 2, 2, (5, 3), 2, 2, (2, 2), use_bias=False, data_format="channels_first")
make("initial-state", 3, 2, (5,), 2, 3, (3,), initial_state=True, **all_outputs)
make("initial-state-first", 2, 2, (3, 5), 2, 3, (2, 3), initial_state=True, data_format="channels_first", padding="same", **all_outputs)
make("backward", 3, 3, (5,), 2, 2, (3,), direction="backward", **all_outputs)
make("backward-last", 2, 3, (5,), 2, 2, (2,), direction="backward")
make("backward-reversed", 2, 3, (5,), 2, 2, (2,), direction="backward", reversed_output=True, **all_outputs)
make("one-step", 3, 1, (5, 3), 2, 2, (3, 3), **all_outputs)
make("activations", 2, 3, (5,), 2, 3, (3,), activation="softsign", recurrent_activation="relu", return_sequences=True)
make("two-runs", 1, 2, (3,), 129, 1, (2,), scale=0.05, return_sequences=True)
make("wide", 1, 2, (3, 3), 2, 5, (2, 2), scale=0.2, padding="same", return_sequences=True)
make("empty", 0, 2, (5, 3), 2, 3, (3, 2), **all_outputs)
gaps = [1, 0, 1, 0, 1, 1, 0, 0, 0]
make_masked("mask", 3, 3, (3,), 1, 2, (2,), mask=gaps, **all_outputs)
make_masked("mask-last", 3, 3, (3,), 1, 2, (2,), mask=gaps)
make_masked("mask-backward", 3, 3, (3,), 1, 2, (2,), mask=gaps, direction="backward", **all_outputs)
make_masked("mask-zeros", 3, 3, (3,), 1, 2, (2,), mask=gaps, zero_output_for_mask=True, return_sequences=True)
make_masked("mask-initial-state", 3, 3, (3,), 1, 1, (2,), mask=gaps, padding="same", initial_state=True, **all_outputs)
make_masked("mask-one-step", 2, 1, (3, 2), 1, 1, (2, 2), mask=[0, 1], **all_outputs)
make_masked("mask-first", 2, 3, (3, 2), 1, 2, (2, 2), mask=[1, 0, 1, 0, 1, 1], data_format="channels_first", **all_outputs)
make_masked("mask-empty", 0, 2, (3,), 1, 2, (2,), mask=[], **all_outputs)
make_masked("lengths", 3, 3, (3,), 1, 2, (2,), lengths=[2, 0, 3], **all_outputs)
make_masked("lengths-backward", 3, 3, (3,), 1, 2, (2,), lengths=[2, 0, 3], direction="backward", return_sequences=True)
make_masked("lengths-both", 3, 3, (3,), 1, 1, (2,), lengths=[2, 0, 3], direction="bidirectional", **all_outputs)
for mode in MERGE:
    merge = {"merge_mode": mode} if mode != "concat" else {}
    make_masked(f"both-{mode}", 2, 3, (3,), 1, 2, (2,), direction="bidirectional", return_sequences=True, **merge)
make_masked("both-last", 2, 3, (3, 2), 1, 2, (2, 2), direction="bidirectional", return_state=True)
make_masked("both-first", 2, 2, (3, 2), 1, 2, (2, 2), direction="bidirectional", data_format="channels_first", **all_outputs)
make_masked("both-initial-state", 2, 2, (3,), 1, 1, (2,), padding="same", direction="bidirectional", initial_state=True, **all_outputs)
make_masked("both-mask", 3, 3, (3,), 1, 1, (2,), mask=gaps, direction="bidirectional", return_sequences=True)
make_masked("both-three-dimensions", 1, 2, (2, 1, 3), 1, 1, (1, 1, 2), direction="bidirectional", return_sequences=True)
print("keras speaks in", len(voices), "cases, and is off by at most", {k: float(round(v, 1)) for k, v in worst.items()}, "eps")
finish()
