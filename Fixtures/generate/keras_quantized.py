"""Cases of Fixtures/keras: layers with quantised weights, and with inputs that they quantise."""

import json

import numpy as np

from keras_cases import WRITERS, Settings, call, clear, examples_of, keras, normal_zip, record, wanted
from keras_values import random_weights, seeded, set_weights
from keras_weights import change_weights

L, Q = keras.layers, keras.quantizers


def generate():
    for mode, config in CONFIGS.items():
        for name, build in LAYERS.items():
            if not (name.startswith("reversible") and mode == "int4_inputs"):
                case(f"quantized_{mode}_{name}", build, config)
    for name, build in LAYERS.items():
        if not name.startswith(("embedding", "reversible", "network")):
            axes = (0,) if name in ("dense", "single", "square") else reduced(build)
            case(f"quantized_int4_old_{name}", build, lambda: four_bits(axes), change=before_3_14)
    for policy in POLICIES:
        for name, build in [(name, LAYERS[name]) for name in ("dense", "heads", "back")] + list(CALIBRATED.items()):
            calibrated(f"quantized_{policy.replace('/', '_').replace('-1', 'whole')}_{name}", build, policy)


def absolute(**settings):
    return Q.AbsMaxQuantizer(**settings)


CONFIGS = {
    "int8": lambda: Q.Int8QuantizationConfig(),
    "int8_weights": lambda: Q.Int8QuantizationConfig(activation_quantizer=None),
    "int8_range": lambda: Q.Int8QuantizationConfig(activation_quantizer=absolute(value_range=(-100, 90), epsilon=0.25)),
    "int4": lambda: Q.Int4QuantizationConfig(block_size=-1),
    "int4_inputs": lambda: Q.Int4QuantizationConfig(block_size=-1, activation_quantizer=absolute()),
    "int4_blocks": lambda: Q.Int4QuantizationConfig(block_size=3),
}  # fmt: skip


def one(shape, make, dtype=None):
    def build():
        x = keras.Input(shape, dtype=dtype, name="x")
        return keras.Model(x, make()(x))

    return build


def reversed_embedding(**settings):
    def build():
        x = keras.Input((5, 7), name="x")
        layer = L.ReversibleEmbedding(9, 7, **settings)
        layer.build()
        return keras.Model(x, layer(x, reverse=True))

    return build


def network():
    x = keras.Input((7, 6, 2), name="x")
    body = L.Dense(9, "relu")(L.Flatten()(L.Conv2D(3, 3)(x)))
    return keras.Model(x, L.Dense(4, "softmax")(body))


LAYERS = {
    "dense": one((5, 7), lambda: L.Dense(5, "relu")),
    "single": one((7,), lambda: L.Dense(1)),
    "square": one((6,), lambda: L.Dense(6, use_bias=False)),
    "einsum": one((5, 8), lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, 6), bias_axes="d")),
    "heads": one((None, 7), lambda: L.EinsumDense("abc,cde->abde", output_shape=(None, 3, 5), bias_axes="de")),
    "back": one((4, 2, 3), lambda: L.EinsumDense("abcd,cde->abe", output_shape=(4, 7), bias_axes="e")),
    "turned": one((5, 3, 4), lambda: L.EinsumDense("abcd,efcd->aebf", output_shape=(6, 5, 3), bias_axes="f")),
    "steps": one((4, 5), lambda: L.EinsumDense("abc,bcd->abd", output_shape=(4, 3), activation="tanh")),
    "network": network,
    "embedding": one((5,), lambda: L.Embedding(7, 5), dtype="int32"),
    "reversible": one((5,), lambda: L.ReversibleEmbedding(7, 5), dtype="int32"),
    "reversible_reverse": reversed_embedding(),
    "reversible_untied": reversed_embedding(tie_weights=False, logit_soft_cap=5.0),
}  # fmt: skip


def reduced(build):
    layer = build().layers[-1]
    layer._set_quantization_info()
    return tuple(layer._kernel_reduced_axes)


def four_bits(axes):
    return Q.Int8QuantizationConfig(weight_quantizer=absolute(axis=axes, value_range=(-8, 7)))


# Kernels that a calibration does not divide by what the layer sums over.
CALIBRATED = {
    "wide": one((5, 4), lambda: L.EinsumDense("abc,cde->abde", output_shape=(None, 3, 9), bias_axes="de")),
    "turned": one((5, 6), lambda: L.EinsumDense("abc,dc->abd", output_shape=(None, 5), bias_axes="d")),
}  # fmt: skip

POLICIES = ["gptq/4/-1", "gptq/4/3", "gptq/8/-1", "gptq/2/3", "awq/4/-1", "awq/4/3"]


def case(name, build, config, change=None):
    def make():
        model = build()
        set_weights(model, random_weights(model, seeded(name)))
        model.quantize(config=config())
        return model

    write(name, make, change)


def write(name, make, change=None):
    """Saves the model, and says what it gives; what Keras reads again must give the same."""
    if not wanted(name):
        return
    clear()
    try:
        model = make()
        examples = examples_of(model, name)
        path = Settings.folder / "cases" / f"{name}.keras"
        model.save(path)
        writer = WRITERS[keras] if change is None else change(path, model)
        if change is not before_3_14:
            again = keras.models.load_model(path)
            for inputs, outputs in examples:
                np.testing.assert_array_equal(call(again, inputs)[0], outputs[0])
        normal_zip(path, compress=True)
    except Exception as error:
        Settings.problems.append(f"{name}: {error}"[:300])
        return
    record(name, path.name, writer, examples, 1e-5, 1e-5)


def before_3_14(path, model):
    """Four-bit kernels as releases before 3.14 laid them: the numbers along the first axis that is summed over share bytes, and nothing
    says that inputs are quantised, as they always were."""
    layer = model.layers[-1]
    axis = layer._kernel_reduced_axes[0] if isinstance(layer, L.EinsumDense) else 0
    packed = np.array(Q.pack_int4(layer._kernel, axis=axis)[0])

    def change(file, new):
        for name in file:
            file.copy(name, new)
        group = next(group for group in new["layers"].values() if "0" in group["vars"])["vars"]
        del group["0"]
        group["0"] = packed

    def configuration(text):
        config = json.loads(text)
        for entry in config["config"]["layers"]:
            if entry["config"].pop("quantization_config", None):
                entry["config"]["dtype"] = {
                    "module": "keras", "class_name": "QuantizedDTypePolicy",
                    "config": {"mode": "int4", "source_name": "float32"}, "registered_name": None}  # fmt: skip
        return json.dumps(config)

    change_weights(path, change, "3.12.0", configuration)
    return "dialect of Keras 3.12.0"


def calibrated(name, build, policy):
    """A layer as a calibration leaves it, with random numbers."""

    def make():
        mode, bits, group = policy.split("/")
        source = {"gptq": keras.dtype_policies.GPTQDTypePolicy, "awq": keras.dtype_policies.AWQDTypePolicy}[mode]
        kind = build().layers[-1]
        config = kind.get_config() | {"dtype": source(policy, "float32")}
        x = keras.Input(kind.input.shape[1:], name="x")
        made = type(kind).from_config(config)
        model = keras.Model(x, made(x))
        made.is_gptq_calibrated = made.is_awq_calibrated = True
        generator = seeded(name)
        for weight in made.weights:
            weight.assign(value(weight, made, generator, int(bits), int(group)))
        return keras.Model(x, made(x))

    write(name, make, with_zeros)


def with_zeros(path, model):
    """Puts in the zeros, as releases up to 3.13 did; 3.15 forgets them, and cannot read its own file."""
    layer = model.layers[-1]

    def change(file, new):
        for name in file:
            file.copy(name, new)
        group = next(group for group in new["layers"].values() if "0" in group["vars"])["vars"]
        arrays = [np.array(group[str(place)]) for place in range(len(group))]
        arrays.insert(2 if layer.bias is None else 3, np.array(layer.kernel_zero))
        for name in list(group):
            del group[name]
        for place, array in enumerate(arrays):
            group[str(place)] = array

    change_weights(path, change, "3.13.0")
    return "dialect of Keras 3.13.0"


def value(weight, layer, generator, bits, group):
    """Random numbers for a variable of a quantised layer, by its name."""
    if weight.name == "kernel":
        return generator.integers(0, 256 if bits == 4 else 2**bits, weight.shape).astype(np.uint8)
    if weight.name == "zero_point":
        return generator.integers(0, 2**bits, weight.shape).astype(np.uint8)
    if weight.name == "g_idx":
        return np.arange(weight.shape[0]) // (weight.shape[0] if group < 0 else group)
    if weight.name == "bias":
        return generator.normal(0.1, 0.4, weight.shape)
    return generator.uniform(0.5, 1.5, weight.shape) * (1 / 2**bits if weight.name == "kernel_scale" else 1)
