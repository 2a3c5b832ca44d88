"""The networks as a NumPy programmer writes them, for those that one would write in NumPy at all."""

import numpy as np

from .recurrent import LAYERS as RECURRENT_LAYERS
from .recurrent import UNITS
from .attention import DEPTH, HEADS, LAYERS


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def example(arrays):
    a, b = [(arrays[f"dense{i}.weights"], arrays[f"dense{i}.biases"]) for i in range(2)]
    return lambda x: sigmoid(np.dot(sigmoid(np.dot(x, a[0]) + a[1]), b[0]) + b[1])


def mlp(arrays):
    *hidden, last = [(arrays[f"dense{i}.weights"], arrays[f"dense{i}.biases"]) for i in range(len(arrays) // 2)]

    def run(x):
        for weights, biases in hidden:
            x = np.maximum(np.dot(x, weights) + biases, 0)
        return np.dot(x, last[0]) + last[1]

    return run


def lstm(arrays):
    def layer(x, kernel, recurrent_kernel, biases):
        inputs = x @ kernel + biases
        h = c = np.zeros((len(x), UNITS), x.dtype)
        steps = np.empty((*x.shape[:2], UNITS), x.dtype)
        for t in range(x.shape[1]):
            z = inputs[:, t] + h @ recurrent_kernel
            i, f, o = sigmoid(z[:, :UNITS]), sigmoid(z[:, UNITS : 2 * UNITS]), sigmoid(z[:, 3 * UNITS :])
            c = f * c + i * np.tanh(z[:, 2 * UNITS : 3 * UNITS])
            steps[:, t] = h = o * np.tanh(c)
        return steps

    return stack(arrays, "lstm", layer, ("kernel", "recurrent_kernel", "biases"))


def gru(arrays):
    def layer(x, kernel, recurrent_kernel, biases, recurrent_biases):
        inputs = x @ kernel + biases
        h = np.zeros((len(x), UNITS), x.dtype)
        steps = np.empty((*x.shape[:2], UNITS), x.dtype)
        for t in range(x.shape[1]):
            a, b = inputs[:, t], h @ recurrent_kernel + recurrent_biases
            gates = sigmoid(a[:, : 2 * UNITS] + b[:, : 2 * UNITS])
            z, r = gates[:, :UNITS], gates[:, UNITS:]
            steps[:, t] = h = z * h + (1 - z) * np.tanh(a[:, 2 * UNITS :] + r * b[:, 2 * UNITS :])
        return steps

    return stack(arrays, "gru", layer, ("kernel", "recurrent_kernel", "biases", "recurrent_biases"))


def stack(arrays, kind, layer, roles):
    layers = [[arrays[f"{kind}{i}.{role}"] for role in roles] for i in range(RECURRENT_LAYERS)]
    weights, biases = arrays["classes.weights"], arrays["classes.biases"]

    def run(x):
        for parameters in layers:
            x = layer(x, *parameters)
        return x[:, -1] @ weights + biases

    return run


def transformer(arrays):
    from scipy.special import erf

    def take(name, *roles):
        return [arrays[f"{name}.{role}"] for role in roles]

    def norm(x, gamma, beta):
        centered = x - x.mean(-1, keepdims=True)
        return centered / np.sqrt(np.square(centered).mean(-1, keepdims=True) + np.float32(1e-5)) * gamma + beta

    def heads(x, weights, biases):
        return (x @ weights + biases).reshape(*x.shape[:2], HEADS, DEPTH).transpose(0, 2, 1, 3)

    def attention(x, projections, weights, biases):
        q, k, v = (heads(x, *projection) for projection in projections)
        scores = q @ k.transpose(0, 1, 3, 2) * np.float32(1 / np.sqrt(DEPTH))
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = shares / shares.sum(-1, keepdims=True) @ v
        return mixed.transpose(0, 2, 1, 3).reshape(x.shape) @ weights + biases

    def gelu(x):
        return x * (np.float32(0.5) * (erf(x * np.float32(1 / np.sqrt(2))) + 1))

    layers = []
    for layer in range(LAYERS):
        name = f"layer{layer}"
        projections = []
        for role in ("query", "key", "value"):
            weights, biases = take(f"{name}_attention", f"{role}_weights", f"{role}_biases")
            projections.append((weights.reshape(len(weights), -1), biases.reshape(-1)))
        weights, biases = take(f"{name}_attention", "output_weights", "output_biases")
        layers.append((
            take(f"{name}_norm0", "gamma", "beta"), projections, weights.reshape(-1, weights.shape[-1]), biases,
            take(f"{name}_norm1", "gamma", "beta"), take(f"{name}_up", "weights", "biases"),
            take(f"{name}_down", "weights", "biases"),
        ))  # fmt: skip
    last = take("norm", "gamma", "beta")

    def run(x):
        for first, projections, weights, biases, second, up, down in layers:
            x = x + attention(norm(x, *first), projections, weights, biases)
            x = x + (gelu(norm(x, *second) @ up[0] + up[1]) @ down[0] + down[1])
        return norm(x, *last)

    return run


# Under the names of the networks, what makes the function that computes it out of our arrays.
FORWARDS = {
    "2-2-1": example,
    "MLP 784-512-256-10": mlp,
    "MLP 4096-4096-4096-1000": mlp,
    "LSTM 2x128, 100 steps": lstm,
    "GRU 2x128, 100 steps": gru,
    "transformer 6x384, 128 tokens": transformer,
}
