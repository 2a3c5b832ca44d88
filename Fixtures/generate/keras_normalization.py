"""Cases of Fixtures/keras: normalisation."""

from keras_cases import chain, layer
from keras_values import padded


def generate():
    batch()
    others()


def batch():
    layer("batch_normalization", lambda L: L.BatchNormalization(), (5,), tf=True)
    layer("batch_normalization_rank_4", lambda L: L.BatchNormalization(), (3, 5, 2), tf=True)
    layer("batch_normalization_axis", lambda L: L.BatchNormalization(axis=1, epsilon=0.01), (3, 5, 2), tf=True)
    layer("batch_normalization_no_scale", lambda L: L.BatchNormalization(scale=False, momentum=0.9), (3, 5), tf=True)
    layer("batch_normalization_no_center", lambda L: L.BatchNormalization(center=False), (None, 5), tf=True)
    layer("batch_normalization_bare", lambda L: L.BatchNormalization(center=False, scale=False), (5,), tf=True)
    layer("batch_normalization_renorm", lambda L: L.BatchNormalization(renorm=True), (3, 5))
    layer("batch_normalization_synchronized", lambda L: L.BatchNormalization(synchronized=True), (3, 5))
    layer("batch_normalization_fused", lambda L: L.BatchNormalization(fused=True), (3, 5, 2), only_tf=True)
    chain("batch_normalization_frozen", frozen, (5,), tf=True)
    chain("batch_normalization_masked", lambda K, x: K.layers.GlobalAveragePooling1D()(K.layers.BatchNormalization()(
          K.layers.Masking()(x))), (None, 3), tf=True, prepare=padded())  # fmt: skip


def frozen(library, x):
    first = library.layers.BatchNormalization(trainable=False)
    return library.layers.BatchNormalization()(library.layers.Dense(3, trainable=False)(first(x)))


def others():
    layer("layer_normalization", lambda L: L.LayerNormalization(), (5,), tf=True)
    layer("layer_normalization_time", lambda L: L.LayerNormalization(epsilon=1e-6), (None, 5), tf=True)
    layer("layer_normalization_axis", lambda L: L.LayerNormalization(axis=1), (3, 5), tf=True)
    layer("layer_normalization_axes", lambda L: L.LayerNormalization(axis=[1, 2]), (3, 5, 2), tf=True)
    layer("layer_normalization_axes_last", lambda L: L.LayerNormalization(axis=[-2, -1]), (3, 5, 2), tf=True)
    layer("layer_normalization_no_scale", lambda L: L.LayerNormalization(scale=False), (3, 5), tf=True)
    layer("layer_normalization_no_center", lambda L: L.LayerNormalization(center=False), (3, 5), tf=True)
    layer("layer_normalization_bare", lambda L: L.LayerNormalization(center=False, scale=False), (3, 5))
    layer("group_normalization", lambda L: L.GroupNormalization(3), (5, 6), tf=True)
    layer("group_normalization_rank_4", lambda L: L.GroupNormalization(2, epsilon=0.02), (3, 5, 4), tf=True)
    layer("group_normalization_axis", lambda L: L.GroupNormalization(2, axis=1), (4, 5, 3), tf=True)
    layer("group_normalization_instance", lambda L: L.GroupNormalization(groups=-1), (3, 5, 2), tf=True)
    layer("group_normalization_one", lambda L: L.GroupNormalization(groups=1, scale=False), (3, 5, 2), tf=True)
    layer("group_normalization_no_center", lambda L: L.GroupNormalization(2, center=False), (3, 4))
    layer("rms_normalization", lambda L: L.RMSNormalization(), (3, 5))
    layer("rms_normalization_axes", lambda L: L.RMSNormalization(axis=[1, 2]), (3, 5))
    layer("unit_normalization", lambda L: L.UnitNormalization(), (3, 5), tf=True)
    layer("unit_normalization_axis", lambda L: L.UnitNormalization(axis=1), (3, 5), tf=True)
    layer("unit_normalization_axes", lambda L: L.UnitNormalization(axis=[1, 2]), (3, 5), tf=True)
    layer("spectral_normalization_dense", lambda L: L.SpectralNormalization(L.Dense(3)), (5,))
    layer("spectral_normalization_conv", lambda L: L.SpectralNormalization(L.Conv2D(3, 2), power_iterations=2), (5, 4, 2))
    layer("spectral_normalization_embedding", lambda L: L.SpectralNormalization(L.Embedding(7, 3)), (5,), kinds=["int32"])
    chain("weights_in_order", many, (5,), tf=True)


def many(library, x):
    """Twelve layers of a class: they are sorted by number, not by the text of their names."""
    for _ in range(12):
        x = library.layers.Dense(5)(x)
    return x
