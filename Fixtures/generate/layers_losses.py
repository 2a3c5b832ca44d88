"""Makes the cases of the losses in Fixtures/layers. See layer_cases.py.

Oracles: the formula in NumPy (bits where NumPy's functions have the bits of spec/numerics.md: f32's log and exp, and all
arithmetic), and Keras, or SciPy for the entropy.
"""

import scipy.stats

from layer_cases import *

start(__file__, 20261125)

SHAPES = {"rank1": (7,), "batch1": (1, 11), "batch3": (3, 19), "primes": (2, 3, 5, 7), "empty": (0, 5), "long": (3, 131), "single": (5, 1)}
EPSILON = 1e-7


def near(dtype, ulps, size=1.0):
    eps = float(np.finfo(dtype).eps)
    return {"relative": ulps * eps, "absolute": ulps * eps * size}


def clip(x, low, high):
    t = x.dtype.type
    return np.minimum(np.maximum(x, t(low)), t(high))


def norm(x, epsilon):
    return np.maximum(np.sqrt(np.sum(x * x, axis=-1, keepdims=True)), x.dtype.type(epsilon))


def mean(x):
    return np.mean(x, axis=-1)


def huber(p, t, delta=1.0):
    d = p.dtype.type(delta)
    e = p - t
    return mean(np.where(np.abs(e) <= d, (e * e) / 2, d * np.abs(e) - (d * d) / 2))


def log_cosh(p, t):
    x = np.abs(p - t)
    return mean((x + np.log1p(np.exp(-2 * x))) - p.dtype.type(np.log(2)))


def poisson(p, t, epsilon=EPSILON):
    return mean(p - t * np.log(p + p.dtype.type(epsilon)))


def kl_divergence(p, t, epsilon=EPSILON):
    p, t = clip(p, epsilon, 1), clip(t, epsilon, 1)
    return np.sum(t * np.log(t / p), axis=-1)


def hinge(p, t, labels="signs", square=False):
    t = 2 * t - 1 if labels == "binary" else t
    h = np.maximum(1 - t * p, 0)
    return mean(h * h if square else h)


def cosine(p, t, epsilon=EPSILON):
    return -np.sum((p / norm(p, epsilon)) * (t / norm(t, epsilon)), axis=-1)


def binary(p, t, from_logits=False, label_smoothing=0.0, epsilon=EPSILON):
    f = p.dtype.type
    t = t * f(1 - label_smoothing) + f(0.5 * label_smoothing) if label_smoothing else t
    if from_logits:
        return mean((np.maximum(p, 0) - p * t) + np.log1p(np.exp(-np.abs(p))))
    q = clip(p, epsilon, 1 - epsilon)
    return mean(-(t * np.log(q) + (1 - t) * np.log(1 - q)))


def log_softmax(x):
    z = x - np.max(x, axis=-1, keepdims=True, initial=-np.inf)
    return z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))


def categorical(p, t, from_logits=False, label_smoothing=0.0, epsilon=EPSILON):
    f = p.dtype.type
    if t.dtype.kind in "iu":
        t = np.eye(p.shape[-1], dtype=p.dtype)[t]
    t = t * f(1 - label_smoothing) + f(label_smoothing) / f(p.shape[-1]) if label_smoothing else t
    logs = log_softmax(p) if from_logits else np.log(clip(p / np.sum(p, axis=-1, keepdims=True), epsilon, 1 - epsilon))
    with np.errstate(all="ignore"):
        return -np.sum(np.where(t == 0, f(0), t * logs), axis=-1)


def shares(shape, dtype):
    x = np.abs(draw(shape, dtype)) + dtype(0.05)
    return (x / np.sum(x, axis=-1, keepdims=True)).astype(dtype)


def probabilities(shape, dtype):
    x = rng.uniform(0, 1, shape).astype(dtype)
    x.reshape(-1)[: min(2, x.size)] = [0, 1][: min(2, x.size)]
    return x


def bits(shape, dtype):
    x = rng.integers(0, 2, shape).astype(dtype)
    x.reshape(-1)[: min(2, x.size)] = [1, 0][: min(2, x.size)]
    return x


def signs(shape, dtype):
    return 2 * bits(shape, dtype) - 1


def one_hot(shape, dtype):
    return np.eye(shape[-1], dtype=dtype)[rng.integers(0, shape[-1], shape[:-1])]


def classes(kind):
    return lambda shape, dtype: np.asarray(rng.integers(0, shape[-1], shape[:-1]), kind)


def keras_cosine(t, p, epsilon=EPSILON):
    return keras.losses.cosine_similarity(t, p)


def keras_categorical(t, p, from_logits=False, label_smoothing=0.0, epsilon=EPSILON):
    if t.dtype.kind in "iu":
        if label_smoothing:
            t = np.eye(p.shape[-1], dtype=p.dtype)[t]
        else:
            return keras.losses.sparse_categorical_crossentropy(t, p, from_logits=from_logits)
    return keras.losses.categorical_crossentropy(t, p, from_logits=from_logits, label_smoothing=label_smoothing)


def plain(function):
    """Keras's function for the settings that it has; our others are at its defaults."""
    return lambda t, p, **fields: function(t, p, **{k: v for k, v in fields.items() if k not in ("epsilon", "labels")})


K = keras.losses
# kind, settings, formula, Keras, predictions, targets, whether NumPy's bits are those of the definition in f32, f64.
TABLE = [
    ("mean_squared_error", {}, lambda p, t: mean((p - t) * (p - t)), plain(K.mean_squared_error), draw, draw, True, True),
    ("mean_absolute_error", {}, lambda p, t: mean(np.abs(p - t)), plain(K.mean_absolute_error), draw, draw, True, True),
    ("huber", {}, huber, plain(K.huber), draw, draw, True, True),
    ("huber", {"delta": 2.5}, huber, plain(K.huber), draw, draw, True, True),
    ("huber", {"delta": 0.0}, huber, plain(K.huber), draw, draw, True, True),
    ("log_cosh", {}, log_cosh, plain(K.log_cosh), draw, draw, False, False),
    ("poisson", {}, poisson, plain(K.poisson), lambda s, d: np.abs(draw(s, d)), lambda s, d: np.abs(draw(s, d)), True, False),
    ("poisson", {"epsilon": 0.01}, poisson, None, lambda s, d: np.abs(draw(s, d)), lambda s, d: np.abs(draw(s, d)), True, False),
    ("kl_divergence", {}, kl_divergence, plain(K.kl_divergence), probabilities, shares, True, False),
    ("kl_divergence", {"epsilon": 0.05}, kl_divergence, None, probabilities, shares, True, False),
    ("hinge", {}, hinge, plain(K.hinge), draw, signs, True, True),
    ("hinge", {"labels": "binary"}, hinge, plain(K.hinge), draw, bits, True, True),
    ("squared_hinge", {}, lambda p, t: hinge(p, t, square=True), plain(K.squared_hinge), draw, signs, True, True),
    ("squared_hinge", {"labels": "binary"}, lambda p, t, labels: hinge(p, t, labels, True), plain(K.squared_hinge), draw, bits, True, True),
    ("cosine_similarity", {}, cosine, keras_cosine, draw, draw, True, True),
    ("cosine_similarity", {"epsilon": 100.0}, cosine, None, draw, draw, True, True),
    ("binary_cross_entropy", {}, binary, plain(K.binary_crossentropy), probabilities, bits, True, False),
    ("binary_cross_entropy", {"label_smoothing": 0.2}, binary, plain(K.binary_crossentropy), probabilities, bits, True, False),
    ("binary_cross_entropy", {"epsilon": 0.01}, binary, None, probabilities, bits, True, False),
    ("binary_cross_entropy", {"from_logits": True}, binary, plain(K.binary_crossentropy), draw, bits, False, False),
    ("binary_cross_entropy", {"from_logits": True, "label_smoothing": 0.1}, binary, plain(K.binary_crossentropy), draw, bits, False, False),
]
for name, fields, targets in (
    ("one_hot", {}, one_hot), ("shares", {}, shares), ("i64", {}, classes(np.int64)), ("i32", {}, classes(np.int32)), ("u8", {}, classes(np.uint8)),
    ("i16", {}, classes(np.int16)), ("i8", {}, classes(np.int8)), ("u16", {}, classes(np.uint16)), ("u32", {}, classes(np.uint32)), ("u64", {}, classes(np.uint64)),
    ("one_hot", {"label_smoothing": 0.1}, one_hot), ("i64", {"label_smoothing": 0.3}, classes(np.int64)), ("one_hot", {"epsilon": 0.02}, one_hot),
    ("one_hot", {"from_logits": True}, one_hot), ("i64", {"from_logits": True}, classes(np.int64)),
    ("shares", {"from_logits": True, "label_smoothing": 0.25}, shares),
):  # fmt: skip
    predictions = draw if fields.get("from_logits") else lambda s, d: shares(s, d) * d(1.7)
    theirs = None if "epsilon" in fields else keras_categorical
    TABLE.append((f"categorical_cross_entropy {name}", fields, categorical, theirs, predictions, targets, True, False))

seen = set()
for kind, fields, formula, theirs, predictions, targets, in_f32, in_f64 in TABLE:
    kind, _, form = kind.partition(" ")
    setting = "-".join([form, *(f"{k}-{v}" for k, v in fields.items())]).strip("-")
    shapes = SHAPES if kind not in seen or setting in ("i64", "from_logits-True") else {"batch3": SHAPES["batch3"]}
    seen.add(kind)
    for type_name, dtype in FLOATS.items():
        for shape, extents in shapes.items():
            if shape == "single" and kind == "categorical_cross_entropy" and fields.get("from_logits"):
                continue
            p, t = predictions(extents, dtype), targets(extents, dtype)
            # Keras's losses compute in this type, whatever they are given.
            keras.config.set_floatx({"f32": "float32", "f64": "float64"}[type_name])
            y = np.asarray(formula(p, t, **fields))
            assert y.dtype == dtype, (kind, y.dtype)
            is_exact = in_f32 if dtype == np.float32 else in_f64
            size = float(np.abs(p).max(initial=1) + 3)
            own = [expectation("numpy", y, {} if is_exact else near(dtype, 8, size))]
            if theirs is not None and y.size:
                # Keras's mean computes f64 in f32, and its sums are XLA's.
                bound = near(np.float32, 8 if dtype == np.float64 else 64, size * extents[-1])
                own.append(expectation("keras", to_numpy(theirs(t, p, **fields)).astype(dtype), bound))
            name = "-".join(part for part in (setting, shape, type_name) if part)
            case(kind, name, [p, t], own, fields, rows=len(extents) > 1)


def entropy(p, from_logits=False):
    if from_logits:
        logs = log_softmax(p)
        e = np.exp(p - np.max(p, axis=-1, keepdims=True, initial=-np.inf))
        p = e / np.sum(e, axis=-1, keepdims=True)
    else:
        logs = np.log(p)
    return -np.sum(np.where(p == 0, p.dtype.type(0), p * logs), axis=-1)


for type_name, dtype in FLOATS.items():
    for shape, extents in SHAPES.items():
        for from_logits in (False, True):
            p = draw(extents, dtype) if from_logits else shares(extents, dtype)
            if not from_logits and p.size > 7:
                p.reshape(-1)[1] = 0
                p = (p / np.sum(p, axis=-1, keepdims=True)).astype(dtype)
            y = np.asarray(entropy(p, from_logits), dtype)
            own = [expectation("numpy", y, {} if dtype == np.float32 and not from_logits else near(dtype, 16, 4))]
            if p.size:
                q = np.exp(log_softmax(p.astype(np.float64))) if from_logits else p
                theirs = np.asarray(scipy.stats.entropy(q, axis=-1), dtype)
                assert passes(y, theirs, near(dtype, 64, 4)).all()
                own.append(expectation("scipy", theirs, near(dtype, 64, 4)))
            fields = {"from_logits": True} if from_logits else {}
            case("entropy", f"{'logits-' if from_logits else ''}{shape}-{type_name}", p, own, fields, rows=len(extents) > 1)

finish()
