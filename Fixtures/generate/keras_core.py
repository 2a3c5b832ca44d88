"""Cases of Fixtures/keras: dense layers, embeddings, activations, merging, and layers that inference passes over."""

import numpy as np

from keras_cases import chain, layer
from keras_values import padded

# The activations' names in both releases, and those that only Keras 3 knows.
ACTIVATIONS = [
    "linear", "relu", "elu", "selu", "gelu", "sigmoid", "hard_sigmoid", "tanh", "softmax", "softplus", "softsign", "swish", "silu",
    "exponential", "mish", "leaky_relu", "relu6", "log_softmax",
]  # fmt: skip
NEW_ACTIVATIONS = [
    "celu", "glu", "hard_shrink", "hard_silu", "hard_swish", "hard_tanh", "log_sigmoid", "soft_shrink", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "tanh_shrink",
]  # fmt: skip


def generate():
    dense()
    embeddings()
    activations()
    merging()
    identities()


def dense():
    for name in ACTIVATIONS:
        tf = name not in ("leaky_relu", "relu6", "log_softmax", "silu")
        layer(f"dense_{name}", lambda L: L.Dense(5, activation=name), (7,), tf=tf)
    for name in NEW_ACTIVATIONS:
        layer(f"dense_{name}", lambda L: L.Dense(6, activation=name), (7,))
    layer("dense_no_bias", lambda L: L.Dense(3, use_bias=False), (5,), tf=True)
    layer("dense_1_unit", lambda L: L.Dense(1), (1,), tf=True)
    layer("dense_odd_name", lambda L: L.Dense(2, name="Köln ∞.a b"), (3,))
    layer("dense_rank_3", lambda L: L.Dense(3, "tanh"), (None, 5), tf=True)
    layer("dense_rank_4", lambda L: L.Dense(3), (2, 5, 7), tf=True)
    for form in (".keras", ".h5"):
        ending = "" if form == ".keras" else "_lists"
        layer(f"dense_lora{ending}", lambda L: L.Dense(3, lora_rank=2), (5,), double=False, form=form)
        layer(f"einsum_dense_lora{ending}", lambda L: L.EinsumDense("abc,cde->abde", (None, 3, 4), bias_axes="e", lora_rank=2), (5, 2),
              double=False, form=form)  # fmt: skip
        # As many columns as rows of the adaptation, so that its parts cannot be told from the table by their shapes.
        layer(f"embedding_lora{ending}", lambda L: L.Embedding(7, 3, lora_rank=3), (5,), kinds=["int32"], double=False, form=form)
    layer("dense_regularized", lambda L: L.Dense(3, kernel_regularizer="l2", kernel_constraint="non_neg",
          bias_initializer="he_normal", activity_regularizer="l1"), (5,), tf=True)  # fmt: skip
    for number, (equation, output, bias, shape) in enumerate([
        ("ab,bc->ac", 5, "c", (7,)), ("abc,cd->abd", (None, 5), "d", (None, 7)), ("abc,cde->abde", (None, 2, 5), "de", (None, 7)),
        ("abcd,cde->abe", (None, 5), "e", (None, 2, 3)), ("...x,xy->...y", 5, "y", (3, 7)), ("abc,bd->adc", (5, 7), None, (3, 7)),
        ("abc,ce->abe", (3, 5), "be", (3, 7)), ("...abc,...abcd->...abd", (2, 3), None, (2, 5, 3)),
    ]):  # fmt: skip
        if number < 7:
            layer(f"einsum_dense_{number}", lambda L: L.EinsumDense(equation, output_shape=output, bias_axes=bias,
                  activation="tanh" if number % 2 else None), shape, tf=number < 5)  # fmt: skip


def embeddings():
    ints = {"kinds": ["int32"], "high": 11}
    layer("embedding", lambda L: L.Embedding(11, 5), (7,), tf=True, **ints)
    layer("embedding_time", lambda L: L.Embedding(11, 3), (None,), tf=True, **ints)
    layer("embedding_mask_zero", lambda L: L.Embedding(11, 3, mask_zero=True), (None,), tf=True, prepare=padded(), **ints)
    layer("embedding_rank_3", lambda L: L.Embedding(11, 3), (2, 5), **ints)
    layer("embedding_float_input", lambda L: L.Embedding(11, 3), (5,), tf=True,
          prepare=lambda x, _: [np.floor(np.abs(x[0]))])  # fmt: skip
    chain("embedding_masked_mean", lambda K, x: K.layers.GlobalAveragePooling1D()(
          K.layers.Embedding(11, 3, mask_zero=True)(x)), (None,), tf=True, prepare=padded(), **ints)  # fmt: skip
    layer("masking", lambda L: L.Masking(0.5), (None, 3), tf=True, prepare=padded(fill=0.5))
    chain("masking_mean", lambda K, x: K.layers.GlobalAveragePooling1D()(K.layers.Masking()(x)), (None, 3), tf=True,
          prepare=padded())  # fmt: skip
    chain("reversible_embedding", lambda K, x: reversible(K, x, tied=True), (None,), **ints)
    chain("reversible_embedding_untied", lambda K, x: reversible(K, x, tied=False), (None,), **ints)


def reversible(library, x, tied):
    embedding = library.layers.ReversibleEmbedding(11, 5, tie_weights=tied)
    return embedding(library.layers.Dense(5, "tanh")(embedding(x)), reverse=True)


def activations():
    for name in ACTIVATIONS:
        tf = name not in ("leaky_relu", "relu6", "log_softmax", "silu")
        layer(f"activation_{name}", lambda L: L.Activation(name), (3, 5), tf=tf)
    for name in NEW_ACTIVATIONS:
        layer(f"activation_{name}", lambda L: L.Activation(name), (3, 4))
    chain("activation_functions", lambda K, x: K.layers.Add()([
        K.layers.Dense(5, activation=K.activations.gelu)(x), K.layers.Activation(K.activations.softsign)(x)]), (5,), tf=True)  # fmt: skip
    layer("relu", lambda L: L.ReLU(), (5,), tf=True)
    layer("relu_options", lambda L: L.ReLU(max_value=1.5, negative_slope=0.3, threshold=0.2), (3, 5), tf=True)
    layer("relu_max", lambda L: L.ReLU(6.0), (3, 5), tf=True)
    layer("leaky_relu", lambda L: L.LeakyReLU(), (5,), tf=True)
    layer("leaky_relu_alpha", lambda L: L.LeakyReLU(0.13), (5,), tf=True)
    layer("elu", lambda L: L.ELU(), (5,), tf=True)
    layer("elu_alpha", lambda L: L.ELU(alpha=0.7), (5,), tf=True)
    layer("prelu", lambda L: L.PReLU(), (5,), tf=True)
    layer("prelu_rank_3", lambda L: L.PReLU(), (3, 5), tf=True)
    layer("prelu_shared", lambda L: L.PReLU(shared_axes=[1, 2]), (None, 3, 5), tf=True)
    layer("softmax", lambda L: L.Softmax(), (3, 5), tf=True)
    layer("softmax_axis", lambda L: L.Softmax(axis=1), (3, 5), tf=True)
    layer("softmax_axes", lambda L: L.Softmax(axis=[1, 2]), (3, 5), tf=True)
    chain("softmax_mask", lambda K, x, m: K.layers.Softmax()(x, m), (3, 5), (3, 5), kinds=[None, "bool"],
          prepare=lambda x, _: [x[0], x[1] | (np.arange(5) == 2)])  # fmt: skip
    layer("thresholded_relu", lambda L: L.ThresholdedReLU(0.4), (3, 5), only_tf=True)


def merging():
    for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        two = lambda L: getattr(L, name)()
        layer(f"merge_{name.lower()}", two, (3, 5), (3, 5), tf=True)
        if name != "Subtract":
            layer(f"merge_{name.lower()}_three", two, (5,), (5,), (5,))
    for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        chain(f"merge_masked_{name.lower()}", lambda K, x, y: masked_merge(K, name, x, y, True), (None, 3), (None, 3), tf=True,
              prepare=padded(0, 1))  # fmt: skip
        chain(f"merge_half_masked_{name.lower()}", lambda K, x, y: masked_merge(K, name, x, y, False), (None, 3), (None, 3),
              tf=name == "Add", prepare=padded(0))  # fmt: skip
    layer("merge_add_broadcast", lambda L: L.Add(), (3, 5), (1, 5), tf=True)
    layer("merge_multiply_ranks", lambda L: L.Multiply(), (3, 5), (5,), tf=True)
    layer("merge_concatenate_axis", lambda L: L.Concatenate(axis=1), (None, 5), (3, 5), tf=True)
    layer("merge_concatenate_channels", lambda L: L.Concatenate(axis=-1), (3, 5, 2), (3, 5, 7), tf=True)
    layer("dot", lambda L: L.Dot(axes=1), (5,), (5,), tf=True)
    layer("dot_last", lambda L: L.Dot(axes=-1), (3, 5), (2, 5), tf=True)
    layer("dot_axes", lambda L: L.Dot(axes=(2, 1)), (3, 5), (5, 7), tf=True)
    layer("dot_normalize", lambda L: L.Dot(axes=(1, 2), normalize=True), (5, 3), (7, 5), tf=True)
    layer("dot_cosine", lambda L: L.Dot(axes=1, normalize=True), (5,), (5,), tf=True)
    layer("dot_rank_4", lambda L: L.Dot(axes=(1, 1)), (5, 3, 2), (5, 7), tf=False)


def masked_merge(library, name, x, y, both):
    """Keras 3 takes what is masked in one tensor from the other ones; the mean then tells which steps are masked."""
    mask = lambda tensor: library.layers.Dense(5)(library.layers.Masking()(tensor))
    merged = getattr(library.layers, name)()([mask(x), mask(y) if both else library.layers.Dense(5)(y)])
    return [merged, library.layers.GlobalAveragePooling1D()(merged)] if name != "Concatenate" or both else merged


def identities():
    for name, make in {
        "dropout": lambda L: L.Dropout(0.4), "dropout_noise_shape": lambda L: L.Dropout(0.4, noise_shape=(None, 1, 5), seed=3),
        "gaussian_dropout": lambda L: L.GaussianDropout(0.4), "gaussian_noise": lambda L: L.GaussianNoise(0.4),
        "alpha_dropout": lambda L: L.AlphaDropout(0.4), "spatial_dropout_1d": lambda L: L.SpatialDropout1D(0.4),
        "activity_regularization": lambda L: L.ActivityRegularization(0.1, 0.2),
    }.items():  # fmt: skip
        layer(name, make, (3, 5), tf=True)
    layer("identity", lambda L: L.Identity(), (3, 5))
    layer("spatial_dropout_2d", lambda L: L.SpatialDropout2D(0.4), (3, 5, 2), tf=True)
    layer("spatial_dropout_3d", lambda L: L.SpatialDropout3D(0.4), (3, 5, 2, 3), tf=True)
    layer("random_contrast", lambda L: L.RandomContrast(0.2), (3, 5, 3))
    layer("random_flip", lambda L: L.RandomFlip("horizontal"), (3, 5, 3))
    layer("random_rotation", lambda L: L.RandomRotation(0.2), (3, 5, 3))
    layer("random_zoom", lambda L: L.RandomZoom(0.2), (3, 5, 3))
    layer("random_translation", lambda L: L.RandomTranslation(0.2, 0.1), (3, 5, 3))
    layer("random_brightness", lambda L: L.RandomBrightness(0.2), (3, 5, 3))
