"""Makes the cases of sine_position_encoding in Fixtures/layers. See layer_cases.py."""

from layer_cases import *


def definition(shape, dtype, longest, start_index):
    """The formula with each step rounded to f64, from 60 digits, and the waves rounded to the type once."""
    steps, features = shape[-2:]
    double = np.dtype(np.float64)
    rows = np.zeros((steps, features), dtype)
    for feature in range(features):
        share = np.float64(feature // 2 * 2) / np.float64(features)
        scale = nearest(mpmath.power(mpmath.mpf(float(np.float64(1) / longest)), mpmath.mpf(float(share))), double)
        wave = mpmath.cos if feature % 2 else mpmath.sin
        for step in range(steps):
            angle = np.float64(start_index + step) * scale
            rows[step, feature] = nearest(wave(mpmath.mpf(float(angle))), np.dtype(dtype))
    return np.broadcast_to(rows, shape).copy()


def keras_hub(shape, dtype, longest, start_index):
    """What KerasHub's layer computes, with Keras's operations in the element type."""
    steps, features = shape[-2:]
    ops, name = keras.ops, np.dtype(dtype).name
    positions = ops.cast(ops.arange(steps), name) + start_index
    scales = ops.power(ops.cast(1 / longest, name), ops.cast(2 * (ops.arange(features) // 2), name) / ops.cast(features, name))
    angles = ops.expand_dims(positions, 1) * ops.expand_dims(scales, 0)
    cosines = ops.cast(ops.arange(features) % 2, name)
    return np.broadcast_to(to_numpy(ops.sin(angles) * (1 - cosines) + ops.cos(angles) * cosines), shape)


start(__file__, 20261126)
for type_name, dtype in FLOATS.items():
    for name, shape, longest, start_index in [
        ("plain", (2, 5, 6), 10000.0, 0), ("odd", (3, 7), 10000.0, 0), ("start", (1, 3, 4), 10000.0, 1009), ("short", (2, 5, 8), 17.5, 3),
        ("one", (1, 1, 1), 10000.0, 5), ("below-one", (4, 3), 0.5, 0), ("deep", (2, 1, 3, 2), 100.0, 0), ("empty", (0, 3, 4), 10000.0, 0), ("no-steps", (2, 0, 4), 10000.0, 0),
    ]:
        x = draw(shape, dtype)
        expectations = [expectation("definition", definition(shape, dtype, longest, start_index), {})]
        # Angles in f32 have errors that grow with them.
        bound = {"absolute": 64 * float(np.finfo(dtype).eps) * max(1, start_index + shape[-2])}
        # Keras has f32 among its constants.
        if x.size and dtype == np.float32:
            expectations.append(expectation("keras", keras_hub(shape, dtype, longest, start_index), bound))
        fields = ({"max_wavelength": longest} if longest != 10000 else {}) | ({"start_index": start_index} if start_index else {})
        case("sine_position_encoding", f"{name}-{type_name}", x, expectations, fields, rows=x.ndim > 2)
finish()
