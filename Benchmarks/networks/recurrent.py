"""Recurrent networks: two layers of 128 units over 100 steps of 128 features, and ten classes from the last step.

ONNX's operators take the steps first and us the batch; with one sequence these are the same bytes.
"""

import numpy as np

from .dense import dense
from .network import Network

FEATURES, UNITS, STEPS, LAYERS = 128, 128, 100, 2


def regrouped(array, order):
    """The columns of gates in another order."""
    gates = np.split(array, len(order), axis=-1)
    return np.concatenate([gates[gate] for gate in order], axis=-1)


def recurrent(network, kind, operator, gates, order, two_biases, onnx_attributes, **fields):
    """Stacks the layers; `order` says which of our gates stand where in ONNX."""
    x, inputs = "x", FEATURES
    for layer in range(LAYERS):
        name, is_last = f"{kind}{layer}", layer == LAYERS - 1
        kernel = network.normal(inputs, gates * UNITS, scale=1 / np.sqrt(inputs))
        recurrent_kernel = network.normal(UNITS, gates * UNITS, scale=1 / np.sqrt(UNITS))
        biases = network.normal(gates * UNITS, scale=0.1)
        recurrent_biases = network.normal(gates * UNITS, scale=0.1) if two_biases else np.zeros_like(biases)
        parameters = dict(kernel=kernel, recurrent_kernel=recurrent_kernel, biases=biases)
        if two_biases:
            parameters["recurrent_biases"] = recurrent_biases
        network.ours(name, kind, [x], parameters, units=UNITS, return_sequences=not is_last, **fields)
        both = np.concatenate([regrouped(biases, order), regrouped(recurrent_biases, order)])
        arrays = [regrouped(kernel, order).T[None], regrouped(recurrent_kernel, order).T[None], both[None]]
        outputs = ["", f"{name}_last"] if is_last else [f"{name}_all"]
        network.onnx(f"{name}_node", operator, [x, *arrays], outputs, hidden_size=UNITS, **onnx_attributes)
        x, inputs = network.onnx(name, "Squeeze", [outputs[-1], np.array([0 if is_last else 1])]), UNITS
    return network.returning(dense(network, "classes", x, UNITS, 10), 10)


def lstm():
    network = Network("LSTM 2x128, 100 steps", [STEPS, FEATURES], onnx_axes=(1, 0, 2))
    # Ours are i, f, g, o; ONNX's i, o, f, g.
    return recurrent(network, "lstm", "LSTM", 4, [0, 3, 1, 2], False, {})


def gru():
    network = Network("GRU 2x128, 100 steps", [STEPS, FEATURES], onnx_axes=(1, 0, 2))
    return recurrent(network, "gru", "GRU", 3, [0, 1, 2], True, {"linear_before_reset": 1}, use_recurrent_bias=True)
