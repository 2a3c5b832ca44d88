"""Makes the cases of power in Fixtures/layers: mpmath's powers, rounded once; NumPy's beside them. See layer_cases.py."""

from layer_cases import *
from layers_merging import PAIRS, in_rows
from onnx_node import onnx_node

start(__file__, 20261125)


def power(x, y):
    """The correctly rounded power; NumPy's where it is no number or no rounding is needed."""
    x, y = np.broadcast_arrays(x, y)
    out = np.array(np.power(x, y))
    for index in np.ndindex(x.shape):
        a, b = float(x[index]), float(y[index])
        if not (math.isfinite(a) and math.isfinite(b)) or a == 0 or b == 0 or (a < 0 and b != math.floor(b)):
            continue
        sign = -1.0 if a < 0 and b % 2 == 1 else 1.0
        size = mpmath.mpf(b) * mpmath.log(abs(mpmath.mpf(a)), 2)
        if abs(size) > 1200:
            value = math.inf if size > 0 else 0.0
        else:
            value = float(nearest(mpmath.power(abs(mpmath.mpf(a)), mpmath.mpf(b)), out.dtype))
        out[index] = math.copysign(value, sign)
    return out


def expectations(x, y, dtype):
    own = power(x, y)
    theirs = np.power(x, y)
    near = {"relative": 2 * float(np.finfo(dtype).eps), "absolute": 2 * float(np.finfo(dtype).smallest_subnormal)}
    assert passes(np.array(own), np.array(theirs), near).all()
    assert np.array_equal(np.signbit(own)[~np.isnan(own)], np.signbit(theirs)[~np.isnan(own)])
    return [expectation("exact", own, {} if dtype == np.float32 else "declared"), expectation("numpy", theirs, {"ulps": 2})]


def exponents(shape, dtype):
    """Whole ones and others, such that most powers of negative bases are numbers."""
    y = draw(shape, dtype)
    return np.where(rng.random(shape) < 0.6, np.round(y), y).astype(dtype)


if __name__ == "__main__":
    for type_name, dtype in FLOATS.items():
        for name, shapes in (PAIRS | {"long": [(2, 521), (2, 1)], "long-base": [(2, 1), (2, 521)]}).items():
            x = draw(shapes[0], dtype)
            x = np.where(rng.random(x.shape) < 0.7, np.abs(x), x).astype(dtype)
            y = exponents(shapes[1], dtype)
            found = expectations(x, y, dtype)
            own = found[0]["outputs"][0]
            if own.size:
                found.append(expectation("keras", to_numpy(keras.ops.power(jax.numpy.asarray(x), jax.numpy.asarray(y))), keras_tolerance(dtype, 16, 0)))
                found.append(expectation("onnx", onnx_node("Pow", x, y), {"ulps": 2}))
            case("power", f"{name}-{type_name}", [x, y], found, rows=in_rows(shapes))
        odd = special(dtype)
        for label, other in (("special", odd[::-1].copy()), ("special-shifted", np.roll(odd, 7)), ("special-self", odd.copy())):
            case("power", f"{label}-{type_name}", [odd, other], expectations(odd, other, dtype))
        corners = np.array([0, -0.0, 1, -1, 0.5, -0.5, 2, -2, np.inf, -np.inf, np.nan], dtype)
        whole = np.array([0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, 2**24 + 2, 1e20, -1e20, np.inf, -np.inf, np.nan], dtype)
        case("power", f"corners-{type_name}", [corners[:, None], whole[None, :]], expectations(corners[:, None], whole[None, :], dtype), rows=False)
    finish()
