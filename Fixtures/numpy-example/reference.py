#!/usr/bin/env python3
"""The reference example: a fully connected network of two layers in plain NumPy.

    python3 reference.py --out DIR            the files of this folder, made anew
    python3 reference.py --out DIR --only 2-2-1

Each variant is a folder with

    arrays/*.npy     weights_input_hidden, biases_hidden, weights_hidden_output, biases_output (not for 784-128-10)
    arrays.npz       the four arrays in one file
    x_1.npy y_1.npy  a batch of one row and what the network gives for it; x_2, x_7: batches of two and seven rows

and `variants.json` says the activations of each, with the versions and the processor that made the files. NumPy's own bits differ
between processors: the committed files were made where it uses AVX-512 (X86_V4 among the features), as most servers do.
"""

import argparse
import json
import os
import platform

import numpy as np

SEED = 1
BATCHES = (1, 2, 7)


def sigmoid(z):
    # For large negative z the exponential overflows to infinity and the result is 0, as it should be.
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0)


def softmax(z):
    shifted = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return shifted / np.sum(shifted, axis=-1, keepdims=True)


ACTIVATIONS = {
    "sigmoid": sigmoid,
    "relu": relu,
    "tanh": np.tanh,
    "softmax": softmax,
    "linear": lambda z: z,
}

# name: sizes (inputs, hidden, outputs), activations (hidden, output), factor on the inputs and on the output layer's weights
VARIANTS = {
    "2-2-1": ((2, 2, 1), ("sigmoid", "sigmoid"), 1.0),
    "2-2-1-extreme": ((2, 2, 1), ("sigmoid", "sigmoid"), 1000.0),
    "2-2-1-tanh": ((2, 2, 1), ("tanh", "linear"), 1.0),
    "3-5-2": ((3, 5, 2), ("sigmoid", "sigmoid"), 1.0),
    "3-5-2-extreme": ((3, 5, 2), ("sigmoid", "sigmoid"), 1000.0),
    "3-5-2-relu": ((3, 5, 2), ("relu", "softmax"), 1.0),
    "3-5-2-tanh": ((3, 5, 2), ("tanh", "softmax"), 1.0),
    "3-5-2-linear": ((3, 5, 2), ("linear", "linear"), 1.0),
    "784-128-10": ((784, 128, 10), ("relu", "softmax"), 1.0),
}


class Network:
    """Two dense layers, each followed by an activation."""

    def __init__(self, sizes, activations, factor):
        inputs, hidden, outputs = sizes
        self.activations = [ACTIVATIONS[name] for name in activations]
        self.weights_input_hidden = np.random.randn(inputs, hidden)
        self.weights_hidden_output = np.random.randn(hidden, outputs) * factor
        self.biases_hidden = np.random.randn(1, hidden)
        self.biases_output = np.random.randn(1, outputs)

    def arrays(self):
        return {
            "weights_input_hidden": self.weights_input_hidden,
            "biases_hidden": self.biases_hidden,
            "weights_hidden_output": self.weights_hidden_output,
            "biases_output": self.biases_output,
        }

    def forward(self, x):
        hidden = self.activations[0](np.dot(x, self.weights_input_hidden) + self.biases_hidden)
        return self.activations[1](np.dot(hidden, self.weights_hidden_output) + self.biases_output)


def inputs(name, rows, columns, factor):
    """The rows of a batch; the first of the plain small example is the [[0, 1]] that the network was made for."""
    x = np.random.randn(rows, columns) * factor
    if name.startswith("2-2-1"):
        x[0] = np.array([0.0, 1.0]) * factor
    return x


def write_variant(folder, name):
    sizes, activations, factor = VARIANTS[name]
    np.random.seed(SEED)
    network = Network(sizes, activations, factor)
    os.makedirs(folder, exist_ok=True)
    if max(sizes) < 100:
        # The large variant is in one file alone, to keep the repository small.
        os.makedirs(os.path.join(folder, "arrays"), exist_ok=True)
        for array_name, array in network.arrays().items():
            np.save(os.path.join(folder, "arrays", array_name + ".npy"), array)
    np.savez(os.path.join(folder, "arrays.npz"), **network.arrays())
    for rows in BATCHES:
        x = inputs(name, rows, sizes[0], factor)
        np.save(os.path.join(folder, f"x_{rows}.npy"), x)
        np.save(os.path.join(folder, f"y_{rows}.npy"), network.forward(x))


def main():
    parser = argparse.ArgumentParser(description="Writes the reference example's arrays, inputs and outputs.")
    parser.add_argument("--out", required=True, help="the folder to write to")
    parser.add_argument("--only", choices=VARIANTS, help="one variant instead of all")
    options = parser.parse_args()
    names = [options.only] if options.only else list(VARIANTS)
    for name in names:
        write_variant(os.path.join(options.out, name), name)
    facts = {
        "seed": SEED,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpu_features": [name for name, found in np._core._multiarray_umath.__cpu_features__.items() if found],
        "variants": {
            name: {"sizes": VARIANTS[name][0], "activations": VARIANTS[name][1]} for name in names
        },
    }
    with open(os.path.join(options.out, "variants.json"), "w") as file:
        json.dump(facts, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
