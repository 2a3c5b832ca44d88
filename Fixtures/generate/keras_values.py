"""Random weights and inputs for the cases of keras_cases.py."""

import math
import zlib

import numpy as np

# The sizes of the batch and of the free extents, in the first and in the second example.
BATCHES, FREE = (2, 3), ((5, 7, 6), (7, 4, 5))


def seeded(name):
    return np.random.default_rng(zlib.crc32(name.encode()))


def is_float(dtype):
    return str(getattr(dtype, "name", dtype)) in ("float16", "bfloat16", "float32", "float64")


def neutral(function):
    """A function whose code, which Keras writes into files, does not say where it was written."""
    function.__code__ = function.__code__.replace(co_filename="model.py")
    return function


def random_weight(name, shape, generator):
    """Values that a wrong order, a transposed kernel or a missing bias would show in."""
    leaf = name.split("/")[-1].split(":")[0]
    if "variance" in leaf:
        return generator.uniform(0.3, 1.7, shape)
    if leaf in ("gamma", "scale"):
        return generator.uniform(0.4, 1.6, shape) * generator.choice([1, 1, 1, -1], shape)
    if len(shape) < 2:
        return generator.normal(0.1, 0.4, shape)
    return generator.normal(0.02, 1 / math.sqrt(np.prod(shape[:-1])), shape)


def random_weights(model, generator):
    """A value for each of the model's weights in its order, or None for those that are not of a float type."""
    return [
        random_weight(getattr(weight, "path", weight.name), tuple(weight.shape), generator).astype(np.float32)
        if is_float(weight.dtype)
        else None
        for weight in model.weights
    ]


def set_weights(model, values):
    for weight, value in zip(model.weights, values, strict=True):
        if value is not None:
            weight.assign(value.astype(str(getattr(weight.dtype, "name", weight.dtype))))


def random_inputs(model, generator, number, high, large=1):
    """Random arrays for the model's inputs: floats off centre, or integers below `high`; `large` multiplies what is free."""
    arrays = []
    for tensor in model.inputs:
        free = list(FREE[number % 2])
        shape = [BATCHES[number % 2] if tensor.shape[0] is None else tensor.shape[0]]
        shape[0] *= large if tensor.shape[0] is None else 1
        shape += [extent if extent is not None else free.pop(0) * large for extent in tensor.shape[1:]]
        dtype = getattr(tensor.dtype, "name", str(tensor.dtype))
        if is_float(dtype):
            # Multiples of 1/512 take less room.
            arrays.append((np.round(generator.normal(0.15, 1.1, shape) * 512) / 512).astype(np.float32))
        elif dtype == "bool":
            arrays.append(generator.integers(0, 2, shape).astype(bool))
        else:
            arrays.append(generator.integers(0, high, shape).astype(np.int32))
    return arrays


def padded(*positions, fill=0):
    """A hook that pads the rows of the inputs at `positions` in time, each row from elsewhere, and masks a step in the middle of one."""

    def change(arrays, number):
        for position in positions or (0,):
            array = arrays[position]
            for row in range(len(array)):
                array[row, array.shape[1] - (row + number) % array.shape[1] :] = fill
            array[-1, 1] = fill
            if array.ndim == 2 and len(array) > max(BATCHES):
                # Among many rows of integers one may be masked as a whole, of which there is no mean.
                array[~array.any(axis=1), 0] = 1
        return arrays

    return change
