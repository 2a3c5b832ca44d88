"""Makes the cases of recurrent layers in Fixtures/layers: simple_rnn, gru and lstm. See layer_cases.py.

`definition` is spec/numerics.md's recurrence in NumPy, its inner products and f64's exp in rational numbers. Keras speaks for what Keras
has, onnxruntime (f32) and onnx's reference evaluator (which knows neither lengths nor clip) for what ONNX has.
"""

import collections
import itertools

import onnxruntime

from layer_cases import *

VERSIONS["onnxruntime"] = onnxruntime.__version__
GATES = {"simple_rnn": 1, "gru": 3, "lstm": 4}


# Activations: NumPy's formula, and the same for Keras. Keras's own tanh computes f64 in f32.


def sigmoid(x):
    return 1 / (1 + exp(-x))


def clip01(x):
    return np.minimum(np.maximum(x, x.dtype.type(0)), x.dtype.type(1))


NUMPY_ACTIVATIONS = {
    "tanh": np.tanh, "sigmoid": sigmoid, "linear": lambda x: x, "relu": lambda x: np.maximum(x, 0), "softsign": lambda x: x / (1 + np.abs(x)),
    "silu": lambda x: x * sigmoid(x),
    "hard_sigmoid": lambda x, definition: clip01(x / 6 + x.dtype.type(0.5)) if definition == "keras3" else clip01(x.dtype.type(0.2) * x + x.dtype.type(0.5)),
    "leaky_relu": lambda x, negative_slope=0.3: np.where(x >= 0, x, x.dtype.type(negative_slope) * x),
}  # fmt: skip


@keras.saving.register_keras_serializable()
def exact_tanh(x):
    return jax.numpy.tanh(x)


KERAS_ACTIVATIONS = {
    "tanh": exact_tanh, "sigmoid": "sigmoid", "linear": "linear", "relu": "relu", "softsign": "softsign", "silu": keras.activations.silu,
    "hard_sigmoid": lambda x, definition: keras.activations.hard_sigmoid(x) if definition == "keras3" else jax.numpy.clip(0.2 * x + 0.5, 0, 1),
    "leaky_relu": lambda x, negative_slope=0.3: keras.activations.leaky_relu(x, negative_slope),
}  # fmt: skip


def function(setting, table):
    if isinstance(setting, str):
        return table[setting]
    return lambda x: table[setting["kind"]](x, **setting.get("fields", {}))


# The definition


class Settings:
    """The fields of a case, with the format's defaults."""

    def __init__(self, kind, fields):
        self.kind, self.units = kind, fields["units"]
        get = fields.get
        self.activation, self.recurrent_activation = get("activation", "tanh"), get("recurrent_activation", "sigmoid")
        self.output_activation = get("output_activation", "tanh")
        self.use_bias, self.use_recurrent_bias = get("use_bias", True), get("use_recurrent_bias", False)
        self.reset_after, self.clip = get("reset_after", True), get("clip", None)
        self.input_forget = get("input_forget", False)
        self.gates = GATES[kind] - self.input_forget
        self.use_peepholes, self.projection_size = get("use_peepholes", False), get("projection_size", 0)
        self.sequences, self.state, self.initial = get("return_sequences", False), get("return_state", False), get("initial_state", False)
        self.direction, self.merge = get("direction", "forward"), get("merge_mode", "concat")
        self.reversed, self.mask, self.zero = get("reversed_output", False), get("mask", "none"), get("zero_output_for_mask", False)
        self.size = self.projection_size or self.units
        self.sides = 2 if self.direction == "bidirectional" else 1
        self.state_sizes = [self.size, self.units] if kind == "lstm" else [self.size]


def step(s, p, xw, states):
    """The states after a step, from the inputs' share of the gates and the states before it."""
    u, dtype = s.units, xw.dtype
    a, g, t = (function(f, NUMPY_ACTIVATIONS) for f in (s.activation, s.recurrent_activation, s.output_activation))
    bound = lambda v: v if s.clip is None else np.minimum(np.maximum(v, -dtype.type(s.clip)), dtype.type(s.clip))
    h = states[0]
    recurrent, biases = p["recurrent_kernel"], p.get("recurrent_biases")
    if s.kind == "simple_rnn":
        return [a(bound(xw + chain(h, recurrent, None)))]
    gate = lambda values, i: values[..., i * u:(i + 1) * u]
    if s.kind == "gru":
        inner = chain(h, recurrent[:, :2 * u], None if biases is None else biases[:2 * u])
        z, r = (g(bound(gate(xw, i) + gate(inner, i))) for i in (0, 1))
        last = recurrent[:, 2 * u:], None if biases is None else biases[2 * u:]
        share = r * chain(h, *last) if s.reset_after else chain(r * h, *last)
        n = a(bound(gate(xw, 2) + share))
        return [z * h + (1 - z) * n]
    c = states[1]
    sums = xw + chain(h, recurrent, None)
    peep = lambda k, c: gate(p["peepholes"], k) * c if s.use_peepholes else sums.dtype.type(-0.0)
    i = g(bound(gate(sums, 0) + peep(0, c)))
    f = 1 - i if s.input_forget else g(bound(gate(sums, 1) + peep(1, c)))
    n = s.gates - 2
    c = f * c + i * a(bound(gate(sums, n)))
    o = gate(sums, n + 1) + peep(n, c)
    h = g(bound(o)) * t(c)
    return [chain(h, p["projection_kernel"], None) if s.projection_size else h, c]


def one_side(s, p, x, states, counted, backward):
    batch, time = x.shape[:2]
    outputs = np.zeros((batch, time, s.size), x.dtype)
    for position in reversed(range(time)) if backward else range(time):
        new = step(s, p, chain(x[:, position], p["kernel"], p.get("biases")), states)
        on = counted[:, position, None]
        states = [np.where(on, after, before) for after, before in zip(new, states)]
        outputs[:, position] = np.where(on, states[0], 0) if s.mask == "lengths" or s.zero else states[0]
    return outputs, states


def definition(s, parameters, x, states, mask):
    """All outputs in order; `states` are those before the first step, `mask` a mask or lengths."""
    batch, time = x.shape[:2]
    counted = np.ones((batch, time), bool)
    if s.mask != "none":
        counted = mask if s.mask == "steps" else np.arange(time) < mask[:, None]
    n = len(s.state_sizes)
    results = []
    for side in range(s.sides):
        p = {k.removeprefix("backward_"): v for k, v in parameters.items() if k.startswith("backward_") == (side == 1)}
        start = states[side * n:][:n] if s.initial else [np.zeros((batch, size), x.dtype) for size in s.state_sizes]
        results.append(one_side(s, p, x, start, counted, side == 1 or s.direction == "backward"))
    ends = [states[0] if not s.sequences else outputs for outputs, states in results]
    return arrange(s, ends, [states for _, states in results])


def arrange(s, ends, states):
    """Outputs of the sides, in the order of the input's steps, and their states, as the layer gives them."""
    if s.reversed:
        ends = [e[:, ::-1] for e in ends]
    if s.sides == 2 and s.merge != "none":
        a, b = ends
        ends = [{"concat": lambda: np.concatenate(ends, -1), "sum": lambda: a + b, "mul": lambda: a * b, "ave": lambda: (a + b) / 2}[s.merge]()]
    return ends + ([v for side in states for v in side] if s.state else [])


# Keras


def keras_layer(s, dtype):
    activation, gate = (function(f, KERAS_ACTIVATIONS) for f in (s.activation, s.recurrent_activation))
    common = {
        "activation": activation, "use_bias": s.use_bias, "return_sequences": s.sequences, "return_state": s.state,
        "go_backwards": s.direction == "backward", "dtype": str(dtype),
    }  # fmt: skip
    if s.zero:
        common["zero_output_for_mask"] = True
    if s.kind != "simple_rnn":
        # The fused path of Keras 3.15 fails without biases where JAX has f64 enabled.
        common["use_cudnn"] = False
    layers = keras.layers
    if s.kind == "simple_rnn":
        layer = layers.SimpleRNN(s.units, **common)
    elif s.kind == "gru":
        layer = layers.GRU(s.units, recurrent_activation=gate, reset_after=s.reset_after, **common)
    else:
        layer = layers.LSTM(s.units, recurrent_activation=gate, **common)
    return layers.Bidirectional(layer, merge_mode=None if s.merge == "none" else s.merge, dtype=str(dtype)) if s.sides == 2 else layer


def in_keras(s, parameters, x, states, mask):
    """What Keras computes, or None where it has no such layer."""
    known = s.clip is None and not s.use_peepholes and not s.input_forget and not s.projection_size and s.mask != "lengths" and x.size > 0
    known &= s.use_bias or not s.use_recurrent_bias
    # Keras's Bidirectional turns this on by itself.
    known &= s.zero or not (s.sides == 2 and s.sequences and s.mask == "steps")
    if s.kind == "gru":
        known &= s.use_recurrent_bias == (s.use_bias and s.reset_after)
    if s.kind == "lstm":
        known &= s.output_activation == s.activation
    if not known:
        return None
    layer = keras_layer(s, x.dtype)
    layer.build(x.shape)
    weights = []
    for prefix in ["", "backward_"][:s.sides]:
        weights += [parameters[prefix + "kernel"], parameters[prefix + "recurrent_kernel"]]
        if s.use_bias:
            biases = parameters[prefix + "biases"]
            weights.append(np.stack([biases, parameters[prefix + "recurrent_biases"]]) if s.use_recurrent_bias else biases)
    layer.set_weights(weights)
    result = layer(x, mask=None if mask is None else jax.numpy.asarray(mask), initial_state=[jax.numpy.asarray(v) for v in states] or None)
    result = [to_numpy(r) for r in (result if isinstance(result, (list, tuple)) else [result])]
    if s.direction == "backward" and s.sequences and not s.reversed:
        result[0] = result[0][:, ::-1]
    return result


# ONNX


def in_onnx(s, parameters, x, states, mask, reference):
    """What onnxruntime or the reference evaluator computes, or None where ONNX has no such operator."""
    names = {"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu", "softsign": "Softsign"}
    used = [s.activation] + ([] if s.kind == "simple_rnn" else [s.recurrent_activation]) + ([s.output_activation] if s.kind == "lstm" else [])
    if any(not isinstance(f, str) or f not in names for f in used) or s.projection_size or s.mask == "steps" or x.size == 0 or s.zero:
        return None
    if reference:
        if s.kind == "simple_rnn" and s.sides == 2 or s.input_forget or s.mask != "none" or s.clip is not None or used != ["tanh", "sigmoid", "tanh"][:len(used)]:
            return None
    elif x.dtype != np.float32:
        return None
    u = s.units
    if s.input_forget:
        # ONNX keeps columns for f, which count for nothing.
        fill = lambda v: np.concatenate([v[..., :u], np.full_like(v[..., :u], 3), v[..., u:]], -1)
        parameters = {role: fill(v) for role, v in parameters.items()}
    order = {"lstm": [0, 3, 1, 2], "gru": [0, 1, 2], "simple_rnn": [0]}[s.kind]
    reorder = lambda v, order=order: np.concatenate([v[..., k * u:(k + 1) * u] for k in order], -1)
    prefixes = ["", "backward_"][:s.sides]
    W, R = (np.stack([reorder(parameters[p + role]).T for p in prefixes]) for role in ("kernel", "recurrent_kernel"))
    none = np.zeros(GATES[s.kind] * u, x.dtype)
    B = np.stack([np.concatenate([reorder(parameters.get(p + "biases", none)), reorder(parameters.get(p + "recurrent_biases", none))]) for p in prefixes])
    feeds = {"X": x.transpose(1, 0, 2), "W": W, "R": R, "B": B}
    inputs = ["X", "W", "R", "B", "", "", "", ""]
    if s.mask == "lengths":
        feeds["lens"], inputs[4] = mask.astype(np.int32), "lens"
    if s.initial:
        n = len(s.state_sizes)
        for k in range(n):
            feeds[f"s{k}"], inputs[5 + k] = np.stack(states[k::n]), f"s{k}"
    if s.use_peepholes:
        feeds["P"], inputs[7] = np.stack([reorder(parameters[p + "peepholes"], [0, 2, 1]) for p in prefixes]), "P"
    while not inputs[-1]:
        inputs.pop()
    functions = {"simple_rnn": [s.activation], "gru": [s.recurrent_activation, s.activation], "lstm": [s.recurrent_activation, s.activation, s.output_activation]}
    attributes = {"hidden_size": u, "direction": {"backward": "reverse"}.get(s.direction, s.direction)}
    attributes["activations"] = [names[f] for f in functions[s.kind]] * s.sides
    if s.clip is not None:
        attributes["clip"] = s.clip
    if s.input_forget:
        attributes["input_forget"] = 1
    if s.kind == "gru":
        attributes["linear_before_reset"] = int(s.reset_after)
    outputs = ["Y", "Y_h"] + (["Y_c"] if s.kind == "lstm" else [])
    node = onnx.helper.make_node({"simple_rnn": "RNN"}.get(s.kind, s.kind.upper()), inputs, outputs, **attributes)
    info = lambda n, v: onnx.helper.make_tensor_value_info(n, onnx.helper.np_dtype_to_tensor_dtype(v.dtype), v.shape or None)
    out = [onnx.helper.make_tensor_value_info(o, onnx.helper.np_dtype_to_tensor_dtype(x.dtype), None) for o in outputs]
    graph = onnx.helper.make_graph([node], "g", [info(n, v) for n, v in feeds.items()], out)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 14)], ir_version=9)
    if reference:
        Y, *last = onnx.reference.ReferenceEvaluator(model).run(None, feeds)
    else:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        Y, *last = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, feeds)
    sides = range(s.sides)
    ends = [Y[:, k].transpose(1, 0, 2) if s.sequences else last[0][k] for k in sides]
    return arrange(s, ends, [[v[k] for v in last] for k in sides])


# Cases


def make(kind, name, shape, fields, mask=None, scale=0.9, types=FLOATS):
    for type_name, dtype in types.items():
        s = Settings(kind, fields)
        batch, time, depth = shape
        columns = s.gates * s.units
        shapes = {"kernel": (depth, columns), "recurrent_kernel": (s.size, columns)}
        if s.use_bias:
            shapes["biases"] = (columns,)
        if s.use_recurrent_bias:
            shapes["recurrent_biases"] = (columns,)
        if s.use_peepholes:
            shapes["peepholes"] = ((s.gates - 1) * s.units,)
        if s.projection_size:
            shapes["projection_kernel"] = (s.units, s.projection_size)
        parameters = {prefix + role: draw(extents, dtype, scale) for prefix in ["", "backward_"][:s.sides] for role, extents in shapes.items()}
        x = draw(shape, dtype, 1.5)
        states = [draw((batch, size), dtype, 0.7) for size in s.state_sizes * s.sides] if s.initial else []
        inputs = [x] + states + ([mask] if s.mask != "none" else [])
        own = definition(s, parameters, x, states, mask)
        expectations = [expectation("definition", own, {})]
        eps = float(np.finfo(dtype).eps)
        size = max([1.0] + [float(np.abs(o).max()) for o in own if o.size])
        near = {"absolute": 64 * eps * size}
        theirs = in_keras(s, parameters, x, states, mask)
        if theirs is not None:
            expectations.append(expectation("keras", theirs, near))
        for reference in (True, False):
            theirs = in_onnx(s, parameters, x, states, mask, reference)
            if theirs is None:
                continue
            bound = near if reference else {"absolute": 128 * eps * size}
            for mine, other in zip(own, theirs, strict=True):
                assert mine.shape == other.shape and passes(mine, other, bound).all(), (kind, name, reference, np.abs(mine - other).max() / eps)
            expectations.append(expectation("onnx" if reference else "onnxruntime", theirs, bound))
        voices[kind].update(e["computed_by"]["framework"] for e in expectations)
        case(kind, f"{name}-{type_name}", inputs, expectations, fields, parameters)


voices = {kind: collections.Counter() for kind in GATES}
GAPS = np.array([[0, 1, 0, 1, 1], [1, 1, 1, 1, 0], [0, 0, 0, 0, 0]], bool)
LENGTHS = np.array([3, 5, 1], np.int32)


def shared(kind, units=3, **more):
    """What every kind must be seen doing."""

    def one(name, shape=(3, 5, 2), mask=None, **fields):
        make(kind, name, shape, {"units": units, **more, **fields}, mask)

    both = {"return_sequences": True, "return_state": True}
    one("last")
    one("sequences", return_sequences=True)
    one("states", **both)
    one("last-state", return_state=True)
    one("initial", initial_state=True, **both)
    one("without-bias", use_bias=False, return_sequences=True)
    one("one-step", (3, 1, 2), initial_state=True, **both)
    one("batch1", (1, 4, 3), return_sequences=True)
    one("empty", (0, 4, 3), **both)
    one("no-steps", (3, 0, 2), return_sequences=True)
    one("no-features", (2, 3, 0), return_sequences=True)
    make(kind, "primes", (2, 7, 3), {"units": 5, **more, **both})
    make(kind, "long", (1, 70, 1), {"units": 2, **more, "return_state": True})
    make(kind, "long-backward", (3, 25, 1), {"units": 2, **more, "direction": "backward", "return_sequences": True})
    make(kind, "many-rows", (65, 2, 1), {"units": 1, **more})
    make(kind, "two-runs", (1, 2, 257), {"units": 1, **more}, scale=0.05)
    make(kind, "wide", (1, 10, 8), {"units": 17, **more}, scale=0.2)
    make(kind, "wide-rows", (9, 2, 2), {"units": 17, **more}, scale=0.2)
    one("backward", direction="backward", return_state=True)
    one("backward-sequences", direction="backward", **both)
    one("backward-reversed", direction="backward", reversed_output=True, return_sequences=True)
    for merge in ("concat", "sum", "mul", "ave", "none"):
        fields = {} if merge == "concat" else {"merge_mode": merge}
        one(f"bidirectional-{merge}", direction="bidirectional", **both, **fields)
        one(f"bidirectional-{merge}-last", direction="bidirectional", **fields)
    one("bidirectional-initial", direction="bidirectional", initial_state=True, **both)
    one("bidirectional-initial-none", direction="bidirectional", merge_mode="none", initial_state=True, use_bias=False, return_state=True)
    for name, fields in {
        "last": {}, "sequences": both, "initial": {"initial_state": True, **both}, "zero": {"zero_output_for_mask": True, "return_sequences": True},
        "backward": {"direction": "backward", **both}, "backward-reversed": {"direction": "backward", "reversed_output": True, "return_sequences": True},
        "bidirectional": {"direction": "bidirectional", **both}, "bidirectional-last": {"direction": "bidirectional", "merge_mode": "sum"},
        "bidirectional-zero": {"direction": "bidirectional", "merge_mode": "ave", "zero_output_for_mask": True, "return_sequences": True},
    }.items():
        make(kind, f"mask-{name}", (3, 5, 2), {"units": units, **more, "mask": "steps", **fields}, GAPS)
    for name, fields, lengths in [
        ("last", {}, LENGTHS), ("sequences", both, LENGTHS), ("wide", both, LENGTHS.astype(np.int64)), ("initial", {"initial_state": True, **both}, LENGTHS),
        ("backward", {"direction": "backward", **both}, LENGTHS), ("bidirectional", {"direction": "bidirectional", **both}, LENGTHS),
        ("bidirectional-none", {"direction": "bidirectional", "merge_mode": "none"}, LENGTHS),
    ]:
        make(kind, f"lengths-{name}", (3, 5, 2), {"units": units, **more, "mask": "lengths", **fields}, lengths)
    make(kind, "clip", (3, 5, 2), {"units": units, **more, "clip": 0.75, **both})
    make(kind, "clip-bidirectional", (3, 5, 2), {"units": units, **more, "clip": 1.5, "direction": "bidirectional", **both})
    for name, activation in {
        "relu": "relu", "linear": "linear", "softsign": "softsign", "silu": {"kind": "silu"}, "leaky": {"kind": "leaky_relu", "fields": {"negative_slope": 0.1}},
    }.items():
        fields = {"output_activation": activation} if kind == "lstm" and name != "silu" else {}
        make(kind, f"activation-{name}", (3, 5, 2), {"units": units, **more, "activation": activation, **fields, "return_sequences": True}, scale=0.4)


def gates(kind):
    hard = lambda definition: {"kind": "hard_sigmoid", "fields": {"definition": definition}}
    for name, activation in {"hard-keras2": hard("keras2"), "hard-keras3": hard("keras3"), "relu": "relu", "tanh": "tanh"}.items():
        make(kind, f"gates-{name}", (3, 5, 2), {"units": 3, "recurrent_activation": activation, "return_sequences": True}, scale=0.5)


start(__file__, 20261124)
shared("simple_rnn")
shared("gru", use_recurrent_bias=True)
for after, bias, recurrent in itertools.product((True, False), repeat=3):
    fields = {"units": 3, "return_sequences": True}
    fields |= {k: v for k, v in {"reset_after": after, "use_bias": bias, "use_recurrent_bias": recurrent}.items() if v == (k == "use_recurrent_bias")}
    name = f"reset-{'after' if after else 'before'}" + ("-bias" if bias else "") + ("-recurrent-bias" if recurrent else "")
    make("gru", name, (3, 5, 2), fields)
for name, fields in {
    "last": {}, "clip": {"clip": 0.75, "use_recurrent_bias": True}, "bidirectional": {"direction": "bidirectional", "return_state": True},
    "initial": {"initial_state": True, "return_state": True},
}.items():
    make("gru", f"reset-before-{name}", (2, 5, 3), {"units": 4, "reset_after": False, **fields})
make("gru", "reset-before-wide", (9, 2, 8), {"units": 17, "reset_after": False, "use_recurrent_bias": True}, scale=0.2)
make("gru", "reset-before-mask", (3, 5, 2), {"units": 3, "reset_after": False, "mask": "steps", "return_sequences": True}, GAPS)
gates("gru")
shared("lstm")
gates("lstm")
both = {"return_sequences": True, "return_state": True}
for name, fields in {
    "peepholes": {"use_peepholes": True}, "peepholes-last": {"use_peepholes": True, "return_sequences": False}, "peepholes-without-bias": {"use_peepholes": True, "use_bias": False},
    "peepholes-bidirectional": {"use_peepholes": True, "direction": "bidirectional", "initial_state": True}, "peepholes-clip": {"use_peepholes": True, "clip": 1.25},
    "projection": {"projection_size": 2}, "projection-larger": {"projection_size": 7}, "projection-without-bias": {"projection_size": 2, "use_bias": False, "initial_state": True},
    "projection-bidirectional": {"projection_size": 2, "direction": "bidirectional", "initial_state": True},
    "projection-peepholes": {"projection_size": 2, "use_peepholes": True, "direction": "bidirectional", "merge_mode": "none"},
}.items():
    make("lstm", name, (3, 5, 2), {"units": 4, **both, **fields})
for name, fields in {
    "input-forget": {}, "input-forget-peepholes": {"use_peepholes": True}, "input-forget-bidirectional": {"direction": "bidirectional", "use_peepholes": True, "use_bias": False},
    "input-forget-clip": {"clip": 0.75},
}.items():
    make("lstm", name, (3, 5, 2), {"units": 4, "input_forget": True, **both, **fields})
make("lstm", "projection-mask", (3, 5, 2), {"units": 3, **both, "projection_size": 2, "mask": "steps"}, GAPS)
make("lstm", "projection-lengths", (3, 5, 2), {"units": 3, **both, "projection_size": 2, "mask": "lengths"}, LENGTHS)
make("lstm", "output-activation", (3, 5, 2), {"units": 3, **both, "activation": "softsign", "output_activation": "relu"})
for kind, counts in voices.items():
    print(kind, dict(counts))
finish()
