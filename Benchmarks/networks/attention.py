"""A transformer's encoder: six layers of width 384 with six heads, normalised first, on 128 embedded tokens."""

import numpy as np

from .network import Network

LAYERS, WIDTH, HEADS, INNER, TOKENS = 6, 384, 6, 1536, 128
DEPTH = WIDTH // HEADS


def projection(network, name, x, inputs, units, gain=1.0):
    """A dense layer on each token."""
    weights, biases = network.normal(inputs, units, scale=np.sqrt(gain / inputs)), network.normal(units, scale=0.1)
    network.ours(name, "dense", [x], dict(weights=weights, biases=biases), units=units)
    return network.onnx(name, "Add", [network.onnx(f"{name}_product", "MatMul", [x, weights]), biases])


def layer_normalization(network, name, x):
    values = dict(gamma=network.uniform(WIDTH, low=0.8, high=1.2), beta=network.normal(WIDTH, scale=0.1))
    network.ours(name, "layer_normalization", [x], values, epsilon=1e-5)
    return network.onnx(name, "LayerNormalization", [x, *values.values()], epsilon=1e-5, axis=-1)


def attention(network, name, x):
    """One node of ours; in ONNX what PyTorch's exporter writes for it."""
    parameters, heads = {}, {}
    for role in ("query", "key", "value"):
        weights, biases = network.normal(WIDTH, WIDTH, scale=1 / np.sqrt(WIDTH)), network.normal(WIDTH, scale=0.1)
        parameters[f"{role}_weights"] = weights.reshape(WIDTH, HEADS, DEPTH)
        parameters[f"{role}_biases"] = biases.reshape(HEADS, DEPTH)
        part = f"{name}_{role}"
        y = network.onnx(f"{part}_sum", "Add", [network.onnx(f"{part}_product", "MatMul", [x, weights]), biases])
        y = network.onnx(f"{part}_cut", "Reshape", [y, np.array([0, 0, HEADS, DEPTH])])
        heads[role] = network.onnx(part, "Transpose", [y], perm=[0, 2, 3, 1] if role == "key" else [0, 2, 1, 3])
    weights, biases = network.normal(WIDTH, WIDTH, scale=1 / np.sqrt(WIDTH)), network.normal(WIDTH, scale=0.1)
    parameters |= dict(output_weights=weights.reshape(HEADS, DEPTH, WIDTH), output_biases=biases)
    network.ours(name, "multi_head_attention", [x, x], parameters, num_heads=HEADS, key_dim=DEPTH)
    scores = network.onnx(f"{name}_scores", "MatMul", [heads["query"], heads["key"]])
    scores = network.onnx(f"{name}_scaled", "Mul", [scores, np.array(1 / np.sqrt(DEPTH), np.float32)])
    shares = network.onnx(f"{name}_shares", "Softmax", [scores], axis=-1)
    y = network.onnx(f"{name}_mixed", "MatMul", [shares, heads["value"]])
    y = network.onnx(f"{name}_turned", "Transpose", [y], perm=[0, 2, 1, 3])
    y = network.onnx(f"{name}_joined", "Reshape", [y, np.array([0, 0, WIDTH])])
    return network.onnx(name, "Add", [network.onnx(f"{name}_product", "MatMul", [y, weights]), biases])


def add(network, name, a, b):
    network.ours(name, "add", [a, b])
    return network.onnx(name, "Add", [a, b])


def transformer():
    network = Network("transformer 6x384, 128 tokens", [TOKENS, WIDTH])
    x = "x"
    for layer in range(LAYERS):
        name = f"layer{layer}"
        y = attention(network, f"{name}_attention", layer_normalization(network, f"{name}_norm0", x))
        x = add(network, f"{name}_sum0", x, y)
        y = projection(network, f"{name}_up", layer_normalization(network, f"{name}_norm1", x), WIDTH, INNER)
        network.ours(f"{name}_gelu", "gelu", [y])
        y = projection(network, f"{name}_down", network.onnx(f"{name}_gelu", "Gelu", [y]), INNER, WIDTH)
        x = add(network, f"{name}_sum1", x, y)
    return network.returning(layer_normalization(network, "norm", x), TOKENS, WIDTH)
