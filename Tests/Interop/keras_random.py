"""Random functional models of Keras 3: layers of many kinds, branches, merges, shared layers, models within models, several outputs."""

import numpy as np

from keras_cases import call, clear, distance, examples_of, keras
from keras_values import is_float, random_weights, seeded, set_weights

L = keras.layers
ACTIVATIONS = [
    "linear",
    "relu",
    "tanh",
    "sigmoid",
    "elu",
    "selu",
    "softplus",
    "softsign",
    "silu",
    "gelu",
    "hard_sigmoid",
    "mish",
    "softmax",
]
MERGES = [L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum]


def model_with_examples(seed):
    """A model with random weights, and what it gives for two examples: [(inputs, outputs)]. One whose results single precision cannot
    hold, or that Keras cannot compute, such as a softmax with a mask of fewer dimensions, is passed over for the next one of the same seed.
    """
    for attempt in range(100):
        name = f"random {seed} {attempt}"
        clear()
        model = Builder(name).model()
        values = random_weights(model, seeded(name + " weights"))
        set_weights(model, values)
        with np.errstate(all="ignore"):
            try:
                prepare = Builder.padded if "masking" in layers(model) else None
                given = examples_of(model, name, prepare=prepare, finite=False)
                examples = [(x, call(model, x)) for x, _ in given]
            except ValueError:
                continue
            if holds(name, values, examples):
                clear()
                return rebuilt(name, values), examples
    raise AssertionError("a hundred models in a row are beyond single precision")


def layers(model):
    return " ".join(layer.name for layer in model.layers)


def rebuilt(name, values):
    model = Builder(name).model()
    set_weights(model, values)
    return model


def holds(name, values, examples):
    """Whether the same model in double precision gives nearly the same, and nothing is large."""
    if any(not np.isfinite(y).all() or np.abs(y).max() > 1e4 for _, outputs in examples for y in outputs):
        return False
    clear("float64")
    try:
        model = rebuilt(name, [None if value is None else value.astype(np.float64) for value in values])
        for inputs, outputs in examples:
            wide = [array.astype(np.float64) if is_float(array.dtype) else array for array in inputs]
            if any(distance(f, e, 2e-6) > 2e-5 for f, e in zip(outputs, call(model, wide), strict=True)):
                return False
    finally:
        clear()
    return True


class Builder:
    """Makes one model: a pool of tensors, which grows by a layer at each step."""

    def __init__(self, name):
        self.random = seeded(name)
        self.used = []

    @staticmethod
    def padded(arrays, number):
        for array in arrays:
            if array.ndim == 3:
                array[-1, array.shape[1] - 1 - number :] = 0
        return arrays

    def pick(self, options):
        return options[int(self.random.integers(len(options)))]

    def size(self, low=2, high=7):
        return int(self.random.integers(low, high + 1))

    def chance(self, share):
        return self.random.random() < share

    def model(self):
        inputs = [self.input(number) for number in range(self.size(1, 3))]
        pool = list(inputs)
        for _ in range(self.size(3, 11)):
            # A recent one more often than an old one, so that chains become long.
            x = pool[-1 - min(int(self.random.exponential(1.5)), len(pool) - 1)]
            pool.append(self.merge(x, pool) if self.chance(0.25) else self.step(x))
        ends = [L.Dense(self.size())(self.vector(x)) for x in [*inputs, pool[-1], self.pick(pool)]]
        outputs = [L.Concatenate()(ends)]
        if self.chance(0.3):
            outputs.append(L.Dense(self.size(1, 3), self.pick(ACTIVATIONS[1:5]))(outputs[0]))
        if self.chance(0.2) and pool[-1] not in inputs:
            outputs.append(pool[-1])
        return keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0])

    def input(self, number):
        name = f"in_{9 - number}"
        kind = self.size(0, 9)
        if kind < 3:
            return keras.Input((self.size(),), name=name)
        if kind < 6:
            return keras.Input((self.size(4, 8), self.size()), name=name)
        if kind < 9:
            return keras.Input((self.size(4, 8), self.size(4, 8), self.size(1, 4)), name=name)
        return keras.Input((self.size(4, 8),), dtype="int32", name=name)

    def step(self, x):
        """One more layer: a shared one where one fits, an operation, a model, or a new layer."""
        if not is_float(x.dtype):
            return L.Embedding(7, self.size(), mask_zero=self.chance(0.3))(x)
        fitting = [layer for layer, shape in self.used if shape == x.shape]
        if fitting and self.chance(0.3):
            return self.applied(self.pick(fitting), x)
        if self.chance(0.1):
            return self.pick([lambda x: x * 0.5 + 1, lambda x: 1 - x, keras.ops.relu, keras.ops.tanh, lambda x: x / 3, lambda x: x[:, :-1]
                              if x.shape[1] > 2 else -x])(x)  # fmt: skip
        layer = (
            self.nested(x)
            if self.chance(0.12)
            else self.pick({2: self.vectors, 3: self.sequences, 4: self.images}[len(x.shape)])(x)
        )
        self.used.append((layer, x.shape))
        return self.applied(layer, x)

    def applied(self, layer, x):
        return layer(x, x) if isinstance(layer, L.MultiHeadAttention) else layer(x)

    def nested(self, x):
        """A model of two layers, functional or sequential."""
        start = keras.Input(x.shape[1:])
        first, second = L.Dense(self.size(), self.pick(ACTIVATIONS)), L.Dense(x.shape[-1])
        if self.chance(0.5):
            return keras.Sequential([start, first, self.common(None), second])
        return keras.Model(start, L.Add()([start, second(first(start))]))

    def vector(self, x):
        if not is_float(x.dtype):
            x = L.Embedding(7, self.size())(x)
        if len(x.shape) == 2:
            return x
        if self.chance(0.3):
            return L.Flatten()(x)
        if len(x.shape) == 3:
            return self.pick([L.GlobalAveragePooling1D, L.GlobalMaxPooling1D])()(x)
        return self.pick([L.GlobalAveragePooling2D, L.GlobalMaxPooling2D])()(x)

    def merge(self, x, pool):
        same = [y for y in pool if y.shape == x.shape and is_float(y.dtype)]
        if not is_float(x.dtype):
            return self.step(x)
        near = [y for y in pool if len(y.shape) == len(x.shape) and y.shape[:-1] == x.shape[:-1] and is_float(y.dtype)]
        if self.chance(0.3):
            return L.Concatenate()([x, self.pick(near)])
        if len(x.shape) == 2 and self.chance(0.2):
            return L.Dot(axes=1, normalize=self.chance(0.5))([L.Dense(3)(x), L.Dense(3)(self.pick(near))])
        if len(x.shape) == 3 and self.chance(0.3):
            other = self.pick([y for y in pool if len(y.shape) == 3 and is_float(y.dtype)])
            return L.MultiHeadAttention(self.size(1, 3), self.size())(x, other)
        if self.chance(0.4):
            return self.pick(MERGES)()([x, L.Dense(x.shape[-1], self.pick(ACTIVATIONS))(self.pick(near))])
        return self.pick(MERGES)()([x, self.pick(same)])

    # New layers for a tensor of each rank

    def common(self, _):
        return self.pick([
            lambda: L.BatchNormalization(center=self.chance(0.8), scale=self.chance(0.8)), L.LayerNormalization, L.PReLU,
            lambda: L.LeakyReLU(0.2), lambda: L.ReLU(max_value=self.pick([None, 2.0]), negative_slope=0.1), lambda: L.ELU(0.7),
            lambda: L.Dropout(0.3), lambda: L.Activation(self.pick(ACTIVATIONS)), lambda: L.Rescaling(0.5, 0.1), L.UnitNormalization,
            L.RMSNormalization, L.Softmax, lambda: L.GaussianNoise(0.2), L.Identity,
        ])()  # fmt: skip

    def dense(self, _):
        name = None if self.chance(0.9) else f"odd näme {len(self.used)}.{self.size(0, 999)}"
        return L.Dense(self.size(), self.pick(ACTIVATIONS), use_bias=self.chance(0.8), name=name)

    @property
    def vectors(self):
        return [self.dense, self.dense, self.common, lambda x: L.RepeatVector(self.size(2, 4)), lambda x: L.Reshape((-1, 1)),
                lambda x: L.EinsumDense("ab,bc->ac", self.size(), bias_axes="c")]  # fmt: skip

    @property
    def sequences(self):
        def recurrent(x, sequences=True):
            kind = self.pick([L.LSTM, L.GRU, L.SimpleRNN])
            named = {"reset_after": self.chance(0.5)} if kind is L.GRU else {}
            return kind(
                self.size(2, 4), return_sequences=sequences, go_backwards=self.chance(0.2), use_bias=self.chance(0.8), **named
            )

        def convolution(x):
            padding = "valid" if x.shape[1] > 3 and self.chance(0.4) else self.pick(["same", "causal"])
            return L.Conv1D(self.size(), self.size(1, 3), padding=padding, activation=self.pick(ACTIVATIONS[:8]))

        return [
            self.dense, self.common, recurrent, convolution, lambda x: recurrent(x, False),
            lambda x: L.Bidirectional(self.pick([L.LSTM, L.GRU])(3, return_sequences=self.chance(0.5)),
                                      merge_mode=self.pick(["concat", "sum", "mul", "ave"])),
            lambda x: L.TimeDistributed(self.dense(x)), lambda x: L.MultiHeadAttention(self.size(1, 3), self.size()),
            lambda x: self.pick([L.MaxPooling1D, L.AveragePooling1D])(2, padding="same"), lambda x: L.UpSampling1D(2),
            lambda x: L.SeparableConv1D(self.size(), 2, padding="same"), lambda x: L.ZeroPadding1D((1, 0)), lambda x: L.Permute((2, 1)),
            lambda x: L.GroupNormalization(1), lambda x: L.Masking(), lambda x: L.Conv1DTranspose(self.size(), 3, strides=2),
            lambda x: L.DepthwiseConv1D(2, padding="same", depth_multiplier=2),
        ]  # fmt: skip

    @property
    def images(self):
        def convolution(x):
            padding = "valid" if min(x.shape[1:3]) > 3 and self.chance(0.4) else "same"
            return L.Conv2D(self.size(), (self.size(1, 3), self.size(1, 3)), strides=self.size(1, 2), padding=padding,
                            activation=self.pick(ACTIVATIONS[:8]), use_bias=self.chance(0.8))  # fmt: skip

        return [
            convolution, convolution, self.common, self.dense,
            lambda x: L.DepthwiseConv2D(3, padding="same", depth_multiplier=self.size(1, 2)),
            lambda x: L.SeparableConv2D(self.size(), 3, padding="same", activation="relu"),
            lambda x: L.Conv2DTranspose(self.size(1, 4), self.size(2, 4), strides=2, padding=self.pick(["same", "valid"])),
            lambda x: self.pick([L.MaxPooling2D, L.AveragePooling2D])(2, padding="same"),
            lambda x: L.UpSampling2D(2, interpolation=self.pick(["nearest", "bilinear"])), lambda x: L.ZeroPadding2D(((0, 1), (1, 2))),
            lambda x: L.Cropping2D(((0, 1), (1, 0))) if min(x.shape[1:3]) > 2 else self.common(x), lambda x: L.Reshape((-1, x.shape[-1])),
            lambda x: L.GroupNormalization(-1), lambda x: L.SpatialDropout2D(0.2), lambda x: L.Permute((2, 1, 3)),
            lambda x: L.TimeDistributed(L.Conv1D(self.size(), 2, padding="same")),
        ]  # fmt: skip
