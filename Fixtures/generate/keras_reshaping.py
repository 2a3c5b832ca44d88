"""Cases of Fixtures/keras: reshaping, padding, cropping, resizing and preprocessing."""

from keras_cases import Settings, chain, layer
from keras_values import set_weights


def generate():
    reshaping()
    borders()
    resizing()
    preprocessing()


def reshaping():
    layer("flatten", lambda L: L.Flatten(), (3, 5, 2), tf=True)
    layer("flatten_rank_2", lambda L: L.Flatten(), (5,), tf=True)
    layer("flatten_first", lambda L: L.Flatten(data_format="channels_first"), (3, 5, 2), tf=True)
    layer("flatten_scalar", lambda L: L.Flatten(), (), tf=True)
    layer("reshape", lambda L: L.Reshape((5, 6)), (3, 10), tf=True)
    layer("reshape_minus_1", lambda L: L.Reshape((-1, 5)), (3, 10), tf=True)
    layer("reshape_flat", lambda L: L.Reshape((-1,)), (3, 10), tf=True)
    layer("reshape_time", lambda L: L.Reshape((-1, 2, 3)), (None, 6), tf=True)
    layer("permute", lambda L: L.Permute((2, 1)), (3, 5), tf=True)
    layer("permute_rank_4", lambda L: L.Permute((3, 1, 2)), (3, None, 2), tf=True)
    layer("repeat_vector", lambda L: L.RepeatVector(3), (5,), tf=True)


def borders():
    layer("zero_padding1d", lambda L: L.ZeroPadding1D(2), (5, 3), tf=True)
    layer("zero_padding1d_pair", lambda L: L.ZeroPadding1D((1, 3)), (None, 3), tf=True)
    layer("zero_padding2d", lambda L: L.ZeroPadding2D(), (5, 3, 2), tf=True)
    layer("zero_padding2d_pair", lambda L: L.ZeroPadding2D((1, 2)), (5, 3, 2), tf=True)
    layer("zero_padding2d_pairs", lambda L: L.ZeroPadding2D(((0, 1), (3, 2))), (None, None, 2), tf=True)
    layer("zero_padding2d_first", lambda L: L.ZeroPadding2D(((0, 1), (3, 2)), data_format="channels_first"), (2, 5, 3), tf=True)
    layer("zero_padding3d", lambda L: L.ZeroPadding3D(((0, 1), (2, 0), (1, 3))), (5, 3, 2, 2), tf=True)
    layer("zero_padding3d_one", lambda L: L.ZeroPadding3D(1), (3, 2, 2, 3), tf=True)
    layer("cropping1d", lambda L: L.Cropping1D((2, 1)), (7, 3), tf=True)
    layer("cropping1d_time", lambda L: L.Cropping1D(1), (None, 3), tf=True)
    layer("cropping2d", lambda L: L.Cropping2D(((0, 2), (3, 1))), (5, 7, 2), tf=True)
    layer("cropping2d_one", lambda L: L.Cropping2D(1), (5, 7, 2), tf=True)
    layer("cropping2d_first", lambda L: L.Cropping2D((1, 2), data_format="channels_first"), (2, 5, 7), tf=True)
    layer("cropping3d", lambda L: L.Cropping3D(((0, 1), (2, 0), (1, 1))), (5, 7, 4, 2), tf=True)


def resizing():
    # TensorFlow resizes in single precision whatever comes in, so that the other precision does not tell how near it is; among many
    # images some numbers are so near zero that it counts.
    many = {"absolute": 4e-6} if Settings.large > 1 else {}
    layer("up_sampling1d", lambda L: L.UpSampling1D(3), (5, 2), tf=True)
    layer("up_sampling1d_time", lambda L: L.UpSampling1D(), (None, 2), tf=True)
    layer("up_sampling2d", lambda L: L.UpSampling2D((2, 3)), (3, 5, 2), tf=True)
    layer("up_sampling2d_bilinear", lambda L: L.UpSampling2D((2, 3), interpolation="bilinear"), (3, 5, 2), tf=True, **many)
    layer("up_sampling2d_bicubic", lambda L: L.UpSampling2D(2, interpolation="bicubic"), (3, 5, 2), tf=True)
    layer("up_sampling2d_lanczos3", lambda L: L.UpSampling2D(2, interpolation="lanczos3"), (5, 7, 2), double=False, absolute=1e-5)
    layer("up_sampling2d_lanczos5_first", lambda L: L.UpSampling2D((2, 3), "channels_first", "lanczos5"), (2, 5, 7), double=False, absolute=1e-5)
    layer("up_sampling2d_first", lambda L: L.UpSampling2D((2, 3), data_format="channels_first"), (2, 3, 5), tf=True)
    layer("up_sampling3d", lambda L: L.UpSampling3D((2, 1, 3)), (3, 2, 5, 2), tf=True)
    for kind in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area", "gaussian", "mitchellcubic"):
        # TensorFlow looks the cubic filter up in a table of 1,024 places, and so is only near what it means to compute; it has the other
        # kernels in single precision alone.
        options = {} if kind in ("bilinear", "nearest") else {"double": False, "absolute": 1e-5}
        if kind == "bicubic":
            options = {"absolute": 2e-3 if Settings.large == 1 else 4e-3}
        if kind not in ("area", "gaussian", "mitchellcubic"):
            layer(f"resizing_{kind}", lambda L: L.Resizing(7, 4, interpolation=kind), (5, 9, 2), **options)
            layer(f"resizing_{kind}_down", lambda L: L.Resizing(3, 4, interpolation=kind), (7, 11, 2), **options)
        layer(f"resizing_{kind}", lambda L: L.Resizing(7, 4, interpolation=kind), (5, 9, 2), only_tf=True, **options)
        if kind == "area" or kind.startswith("lanczos"):
            layer(f"resizing_{kind}_down", lambda L: L.Resizing(3, 4, interpolation=kind), (7, 11, 2), only_tf=True, **options)
    layer("resizing_lanczos3_antialias", lambda L: L.Resizing(3, 4, "lanczos3", antialias=True), (7, 11, 2), double=False, absolute=1e-5)
    layer("resizing_antialias", lambda L: L.Resizing(3, 4, antialias=True), (7, 11, 2))
    layer("resizing_crop", lambda L: L.Resizing(3, 4, crop_to_aspect_ratio=True), (7, 11, 2))
    layer("resizing_pad", lambda L: L.Resizing(6, 5, pad_to_aspect_ratio=True, fill_value=0.5), (7, 11, 2), **many)
    layer("resizing_first", lambda L: L.Resizing(3, 4, data_format="channels_first"), (2, 7, 11))
    layer("center_crop", lambda L: L.CenterCrop(3, 4), (7, 9, 2), tf=True)
    layer("center_crop_odd", lambda L: L.CenterCrop(4, 5), (7, 8, 2), tf=True)
    layer("center_crop_small", lambda L: L.CenterCrop(5, 6), (3, 9, 2))
    layer("random_crop", lambda L: L.RandomCrop(3, 4), (7, 9, 2), tf=True)


def preprocessing():
    layer("rescaling", lambda L: L.Rescaling(1 / 255), (5,), tf=True)
    layer("rescaling_offset", lambda L: L.Rescaling(1 / 127.5, offset=-1), (5, 7, 3), tf=True)
    layer("rescaling_channels", lambda L: L.Rescaling([0.5, 1.5, 2.5], offset=[0.1, -0.2, 0.3]), (5, 3))
    layer("rescaling_ints", lambda L: L.Rescaling(1 / 255, offset=0.5), (5, 7, 3), kinds=["uint8"], high=256, double=False)
    layer("normalization", lambda L: L.Normalization(), (5,), weights=adapted, double=False)
    layer("normalization_axis", lambda L: L.Normalization(axis=(1, 2)), (3, 5), weights=adapted, double=False)
    layer("normalization_middle", lambda L: L.Normalization(axis=1), (3, 5), weights=adapted, double=False)
    layer("normalization_none", lambda L: L.Normalization(axis=None), (3, 5), weights=adapted, double=False)
    layer("normalization_fixed", lambda L: L.Normalization(mean=[0.3, -0.2, 1.5], variance=[0.5, 2.0, 1.3]), (3,), tf=True)
    layer("normalization_scalar", lambda L: L.Normalization(mean=0.3, variance=2.5), (3, 5), tf=True)
    layer(
        "normalization_invert",
        lambda L: L.Normalization(mean=[0.3, -0.2, 1.5], variance=[0.5, 2.0, 1.3], invert=True),
        (3,),
        tf=True,
    )
    layer("normalization", lambda L: L.Normalization(), (5,), only_tf=True, weights=adapted, double=False)
    edges = [-0.9, -0.1, 0.25, 1.5]
    layer("discretization", lambda L: L.Discretization(edges), (3, 5), tf=True, prepare=at_edges)
    for mode in ("one_hot", "multi_hot", "count"):
        layer(f"discretization_{mode}", lambda L: L.Discretization(edges, output_mode=mode), (5,) if mode != "one_hot" else (1,),
              tf=True)  # fmt: skip
        layer(f"category_encoding_{mode}", lambda L: L.CategoryEncoding(7, output_mode=mode), (5,) if mode != "one_hot" else (1,),
              kinds=["int32"], tf=True)  # fmt: skip
    layer("category_encoding_rank_3", lambda L: L.CategoryEncoding(7, output_mode="one_hot"), (3, 1), kinds=["int32"])
    chain("category_encoding_weights", lambda K, x, w: K.layers.CategoryEncoding(7, output_mode="count")(x, count_weights=w),
          (5,), (5,), kinds=["int32", None])  # fmt: skip
    layer("integer_lookup", lambda L: L.IntegerLookup(vocabulary=[3, 5, 7, 2]), (5,), kinds=["int64"])
    layer("integer_lookup_mask", lambda L: L.IntegerLookup(vocabulary=[3, 5, 2], mask_token=0, oov_token=-2), (5,), kinds=["int64"])
    layer("integer_lookup_hot", lambda L: L.IntegerLookup(vocabulary=[3, 5, 7], output_mode="multi_hot"), (5,), kinds=["int64"])
    layer("hashing", lambda L: L.Hashing(5), (5,), kinds=["int64"], refused="works on text")


def adapted(model, values):
    """Statistics as adapt() leaves them. The layer takes its constants from the weights where it is called or loaded."""
    set_weights(model, values)
    model.layers[-1].finalize_state()
    return values


def at_edges(arrays, number):
    """Values just at the bounds of the bins too."""
    arrays[0][0, 0, :4] = [-0.9, -0.1, 0.25, 1.5]
    return arrays
