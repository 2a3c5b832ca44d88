"""Cases of Fixtures/keras: convolutions."""

from keras_cases import chain, layer


def generate():
    plain()
    separable()
    transposed()
    local()


def plain():
    layer("conv1d", lambda L: L.Conv1D(5, 3), (None, 2), tf=True)
    layer("conv1d_same", lambda L: L.Conv1D(5, 3, strides=2, padding="same", activation="relu"), (11, 2), tf=True)
    layer("conv1d_same_even", lambda L: L.Conv1D(5, 4, strides=3, padding="same"), (11, 2), tf=True)
    layer("conv1d_causal", lambda L: L.Conv1D(3, 3, padding="causal", dilation_rate=2), (None, 2), tf=True)
    layer("conv1d_causal_stride", lambda L: L.Conv1D(3, 3, strides=2, padding="causal"), (11, 2), tf=True)
    layer("conv1d_dilated", lambda L: L.Conv1D(3, 3, dilation_rate=3, use_bias=False), (13, 2), tf=True)
    layer("conv1d_groups", lambda L: L.Conv1D(9, 2, groups=3), (7, 6), tf=True)
    first("conv1d_first", lambda L, **named: L.Conv1D(3, 3, **named), (2, 11))
    layer("conv2d", lambda L: L.Conv2D(5, (3, 2)), (7, 5, 2), tf=True)
    layer("conv2d_1x1", lambda L: L.Conv2D(3, 1, activation="tanh"), (None, None, 2), tf=True)
    layer("conv2d_same", lambda L: L.Conv2D(5, (3, 4), strides=(2, 3), padding="same"), (7, 11, 3), tf=True)
    layer("conv2d_valid_stride", lambda L: L.Conv2D(5, (3, 2), strides=(2, 3)), (8, 11, 3), tf=True)
    layer("conv2d_dilated", lambda L: L.Conv2D(3, 3, dilation_rate=(2, 3), padding="same"), (7, 11, 2), tf=True)
    layer("conv2d_dilated_valid", lambda L: L.Conv2D(3, (2, 3), dilation_rate=2), (7, 11, 2), tf=True)
    layer("conv2d_groups", lambda L: L.Conv2D(4, 3, groups=2, padding="same"), (5, 7, 6), tf=True)
    layer("conv2d_no_bias", lambda L: L.Conv2D(4, (2, 3), use_bias=False), (5, 7, 1), tf=True)
    first("conv2d_first", lambda L, **named: L.Conv2D(4, (3, 2), **named), (3, 5, 7))
    first("conv2d_first_same", lambda L, **named: L.Conv2D(4, (3, 2), strides=2, padding="same", **named), (3, 5, 7))
    layer("conv3d", lambda L: L.Conv3D(3, (2, 3, 2)), (5, 7, 3, 2), tf=True)
    layer("conv3d_same", lambda L: L.Conv3D(3, (2, 3, 3), strides=(2, 1, 2), padding="same"), (5, 7, 3, 2), tf=True)
    layer("conv3d_dilated", lambda L: L.Conv3D(3, 2, dilation_rate=2), (5, 7, 3, 2), tf=True)
    layer("conv3d_first", lambda L: L.Conv3D(3, 2, data_format="channels_first"), (2, 5, 7, 3))
    layer("conv_lora", lambda L: L.Conv2D(4, 3, lora_rank=2), (5, 7, 3), double=False)
    layer("conv_lora_lists", lambda L: L.Conv2D(4, 3, lora_rank=2), (5, 7, 3), double=False, form=".h5")


def first(name, make, shape):
    """A layer with the channels first, which TensorFlow does not compute on a CPU: what is expected comes from one with them last."""
    rank = len(shape)
    last, back = (*range(2, rank + 1), 1), (rank, *range(1, rank))

    def twin(library, x):
        layers = library.layers
        return layers.Permute(back)(make(layers)(layers.Permute(last)(x)))

    chain(name, lambda library, x: make(library.layers, data_format="channels_first")(x), shape, twin=twin)


def separable():
    layer("depthwise_conv1d", lambda L: L.DepthwiseConv1D(3), (11, 5), tf=True)
    layer("depthwise_conv1d_same", lambda L: L.DepthwiseConv1D(3, strides=2, padding="same", depth_multiplier=2), (11, 3), tf=True)
    layer("depthwise_conv1d_dilated", lambda L: L.DepthwiseConv1D(3, dilation_rate=2, activation="relu"), (11, 3))
    layer("depthwise_conv2d", lambda L: L.DepthwiseConv2D((3, 2)), (5, 7, 3), tf=True)
    layer(
        "depthwise_conv2d_same", lambda L: L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=3), (5, 8, 2), tf=True
    )
    layer("depthwise_conv2d_dilated", lambda L: L.DepthwiseConv2D(2, dilation_rate=3, use_bias=False), (5, 7, 3), tf=True)
    layer("depthwise_conv2d_relu6", lambda L: L.DepthwiseConv2D(3, padding="same", activation="relu"), (5, 7, 3), tf=True)
    layer("depthwise_conv2d_first", lambda L: L.DepthwiseConv2D(3, data_format="channels_first"), (3, 5, 7))
    layer("separable_conv1d", lambda L: L.SeparableConv1D(5, 3), (11, 2), tf=True)
    layer("separable_conv1d_causal", lambda L: L.SeparableConv1D(5, 3, padding="causal", dilation_rate=2), (11, 2), only_tf=True)
    layer(
        "separable_conv1d_same", lambda L: L.SeparableConv1D(5, 4, strides=2, padding="same", depth_multiplier=2), (11, 2), tf=True
    )
    layer("separable_conv2d", lambda L: L.SeparableConv2D(5, (3, 2)), (7, 5, 2), tf=True)
    layer("separable_conv2d_same", lambda L: L.SeparableConv2D(5, 3, strides=2, padding="same", depth_multiplier=2,
          activation="relu"), (7, 8, 3), tf=True)  # fmt: skip
    layer("separable_conv2d_dilated", lambda L: L.SeparableConv2D(5, 2, dilation_rate=2, use_bias=False), (7, 5, 3), tf=True)
    layer("separable_conv2d_first", lambda L: L.SeparableConv2D(5, 3, data_format="channels_first"), (2, 7, 5))


def transposed():
    layer("conv1d_transpose", lambda L: L.Conv1DTranspose(5, 3), (7, 2), tf=True)
    layer("conv1d_transpose_same", lambda L: L.Conv1DTranspose(5, 3, strides=2, padding="same"), (7, 2), tf=True)
    layer("conv1d_transpose_valid", lambda L: L.Conv1DTranspose(5, 4, strides=3, activation="relu"), (7, 2), tf=True)
    layer(
        "conv1d_transpose_padding", lambda L: L.Conv1DTranspose(5, 3, strides=2, padding="same", output_padding=0), (7, 2), tf=True
    )
    layer("conv1d_transpose_time", lambda L: L.Conv1DTranspose(3, 2, strides=2), (None, 2), tf=True)
    layer("conv2d_transpose", lambda L: L.Conv2DTranspose(5, (3, 2)), (3, 5, 2), tf=True)
    layer("conv2d_transpose_same", lambda L: L.Conv2DTranspose(5, 3, strides=2, padding="same"), (3, 5, 2), tf=True)
    layer("conv2d_transpose_even", lambda L: L.Conv2DTranspose(3, 4, strides=2, padding="same", use_bias=False), (3, 5, 2), tf=True)
    layer("conv2d_transpose_small", lambda L: L.Conv2DTranspose(3, 2, strides=3, padding="same"), (3, 5, 2), tf=True)
    layer("conv2d_transpose_gap", lambda L: L.Conv2DTranspose(3, 2, strides=3), (3, 5, 2), tf=True)
    layer(
        "conv2d_transpose_padding",
        lambda L: L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1),
        (3, 5, 2),
        tf=True,
    )
    layer("conv2d_transpose_padding_pair", lambda L: L.Conv2DTranspose(3, (3, 5), strides=(2, 3), padding="same",
          output_padding=(1, 0)), (3, 5, 2), tf=True)  # fmt: skip
    layer("conv2d_transpose_padding_valid", lambda L: L.Conv2DTranspose(3, 3, strides=2, output_padding=1), (3, 5, 2), tf=True)
    first("conv2d_transpose_first", lambda L, **named: L.Conv2DTranspose(3, 3, strides=2, **named), (2, 3, 5))
    layer("conv3d_transpose", lambda L: L.Conv3DTranspose(3, (2, 3, 2)), (3, 2, 5, 2), tf=True)
    layer("conv3d_transpose_same", lambda L: L.Conv3DTranspose(2, 3, strides=(2, 1, 2), padding="same"), (3, 2, 5, 3), tf=True)
    layer("conv3d_transpose_padding", lambda L: L.Conv3DTranspose(2, 3, strides=2, padding="same", output_padding=1), (3, 2, 2, 3))


def local():
    layer("locally_connected1d", lambda L: L.LocallyConnected1D(3, 2), (7, 2), only_tf=True)
    layer("locally_connected1d_stride", lambda L: L.LocallyConnected1D(3, 3, strides=2, activation="tanh"), (7, 2), only_tf=True)
    layer("locally_connected2d", lambda L: L.LocallyConnected2D(3, (3, 2)), (5, 4, 2), only_tf=True)
