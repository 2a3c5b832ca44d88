"""Fully connected networks, and the dense layer that the others share."""

import numpy as np

from .network import Network

ACTIVATIONS = {"sigmoid": "Sigmoid", "relu": "Relu"}


def dense(network, name, x, inputs, units, gain=1.0, channels_first=None):
    """A dense layer on `[N, inputs]`. `channels_first` is the permutation of its inputs that ONNX flattened in another order."""
    weights = network.normal(inputs, units, scale=np.sqrt(gain / inputs))
    biases = network.normal(units, scale=0.1)
    network.ours(name, "dense", [x], dict(weights=weights, biases=biases), units=units)
    return network.onnx(name, "Gemm", [x, weights if channels_first is None else weights[channels_first], biases])


def activation(network, name, x, kind):
    network.ours(name, kind, [x])
    return network.onnx(name, ACTIVATIONS[kind], [x])


def example():
    """The smallest network of all: two inputs, two hidden units, one output, in double precision."""
    network = Network("2-2-1", [2], dtype=np.float64)
    x = "x"
    for position, (inputs, units) in enumerate([(2, 2), (2, 1)]):
        x = dense(network, f"dense{position}", x, inputs, units)
        x = activation(network, f"sigmoid{position}", x, "sigmoid")
    return network.returning(x, 1)


def mlp(name, sizes):
    """Dense layers with ReLU between them."""
    network = Network(name, sizes[:1])
    x = "x"
    for position, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
        if position:
            x = activation(network, f"relu{position - 1}", x, "relu")
        x = dense(network, f"dense{position}", x, inputs, units, gain=2.0)
    return network.returning(x, sizes[-1])
