"""Convolutional networks: ours with channels last, ONNX's with channels first, as each takes them best.

Batch normalisations are nodes of their own on both sides; whoever folds them into a convolution does it on loading.
"""

import numpy as np

from .dense import activation, dense
from .network import Network

CHANNELS_FIRST = (0, 3, 1, 2)


def convolution(network, name, x, inputs, filters, size, stride=1, pad=0, gain=2.0, use_bias=False):
    scale = np.sqrt(gain / (size * size * inputs))
    kernel = network.normal(size, size, inputs, filters, scale=scale)
    parameters = {"kernel": kernel}
    if use_bias:
        parameters["biases"] = network.normal(filters, scale=0.1)
    network.ours(name, "convolution", [x], parameters, filters=filters, kernel_size=[size, size], strides=[stride, stride],
                 padding="explicit", pads=[pad] * 4, use_bias=use_bias)  # fmt: skip
    arrays = [np.transpose(kernel, (3, 2, 0, 1))] + ([parameters["biases"]] if use_bias else [])
    return network.onnx(name, "Conv", [x, *arrays], kernel_shape=[size, size], strides=[stride, stride], pads=[pad] * 4)


def depthwise(network, name, x, channels, stride):
    kernel = network.normal(3, 3, channels, 1, scale=np.sqrt(2 / 9))
    network.ours(name, "depthwise_convolution", [x], {"kernel": kernel}, kernel_size=[3, 3], strides=[stride, stride],
                 padding="explicit", pads=[1] * 4, use_bias=False)  # fmt: skip
    return network.onnx(name, "Conv", [x, np.transpose(kernel, (2, 3, 0, 1))], kernel_shape=[3, 3], strides=[stride, stride],
                        pads=[1] * 4, group=channels)  # fmt: skip


def batch_normalization(network, name, x, channels, gamma=1.0):
    values = dict(
        gamma=network.uniform(channels, low=0.8 * gamma, high=1.2 * gamma), beta=network.normal(channels, scale=0.1),
        moving_mean=network.normal(channels, scale=0.1), moving_variance=network.uniform(channels, low=0.8, high=1.2),
    )  # fmt: skip
    network.ours(name, "batch_normalization", [x], values, epsilon=1e-5)
    return network.onnx(name, "BatchNormalization", [x, *values.values()], epsilon=1e-5)


def max_pooling(network, name, x, size, stride, pad=0):
    network.ours(name, "max_pooling", [x], pool_size=[size, size], strides=[stride, stride], padding="explicit",
                 pads=[pad] * 4)  # fmt: skip
    return network.onnx(name, "MaxPool", [x], kernel_shape=[size, size], strides=[stride, stride], pads=[pad] * 4)


def relu6(network, name, x):
    network.ours(name, "relu6", [x])
    return network.onnx(name, "Clip", [x, np.array(0, np.float32), np.array(6, np.float32)])


def add(network, name, a, b):
    network.ours(name, "add", [a, b])
    return network.onnx(name, "Add", [a, b])


def pooled_classes(network, x, channels, classes):
    """The mean over all positions, and a dense layer."""
    network.ours("mean", "global_average_pooling", [x])
    network.onnx("mean_kept", "GlobalAveragePool", [x])
    x = network.onnx("mean", "Flatten", ["mean_kept"])
    return network.returning(dense(network, "classes", x, channels, classes), classes)


def lenet():
    """LeNet-5 with ReLU and maxima, on images of 28 x 28."""
    network = Network("LeNet", [28, 28, 1], onnx_axes=CHANNELS_FIRST)
    x, inputs = "x", 1
    for position, (filters, pad) in enumerate([(6, 2), (16, 0)]):
        x = convolution(network, f"conv{position}", x, inputs, filters, 5, pad=pad, use_bias=True)
        x = activation(network, f"relu{position}", x, "relu")
        x = max_pooling(network, f"pool{position}", x, 2, 2)
        inputs = filters
    network.ours("flatten", "flatten", [x])
    x = network.onnx("flatten", "Flatten", [x])
    order = np.transpose(np.arange(400).reshape(5, 5, 16), (2, 0, 1)).reshape(-1)
    x = activation(network, "relu2", dense(network, "dense0", x, 400, 120, gain=2.0, channels_first=order), "relu")
    x = activation(network, "relu3", dense(network, "dense1", x, 120, 84, gain=2.0), "relu")
    return network.returning(dense(network, "dense2", x, 84, 10), 10)


def resnet18():
    """He and others, Deep Residual Learning for Image Recognition, 2016: the one of 18 layers, on images of 224 x 224."""
    network = Network("ResNet-18", [224, 224, 3], onnx_axes=CHANNELS_FIRST)

    def normalized(name, x, inputs, filters, size, stride, gamma=1.0):
        x = convolution(network, name, x, inputs, filters, size, stride, size // 2)
        return batch_normalization(network, f"{name}_bn", x, filters, gamma)

    x = activation(network, "stem_relu", normalized("stem", "x", 3, 64, 7, 2), "relu")
    x, inputs = max_pooling(network, "stem_pool", x, 3, 2, 1), 64
    for stage, filters in enumerate([64, 128, 256, 512]):
        for block in range(2):
            name, stride = f"stage{stage}_block{block}", 2 if stage and not block else 1
            y = activation(network, f"{name}_relu0", normalized(f"{name}_conv0", x, inputs, filters, 3, stride), "relu")
            y = normalized(f"{name}_conv1", y, filters, filters, 3, 1, gamma=0.5)
            if stride != 1:
                x = normalized(f"{name}_short", x, inputs, filters, 1, stride)
            x = activation(network, f"{name}_relu1", add(network, f"{name}_sum", x, y), "relu")
            inputs = filters
    return pooled_classes(network, x, 512, 1000)


def mobilenet():
    """Sandler and others, MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018, table 2, on images of 224 x 224."""
    network = Network("MobileNetV2", [224, 224, 3], onnx_axes=CHANNELS_FIRST)

    def pointwise(name, x, inputs, filters, gain=2.0):
        x = convolution(network, name, x, inputs, filters, 1, gain=gain)
        return batch_normalization(network, f"{name}_bn", x, filters)

    x = convolution(network, "stem", "x", 3, 32, 3, 2, 1)
    x, inputs = relu6(network, "stem_relu", batch_normalization(network, "stem_bn", x, 32)), 32
    rows = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for stage, (expansion, filters, blocks, first_stride) in enumerate(rows):
        for block in range(blocks):
            name, stride = f"stage{stage}_block{block}", 1 if block else first_stride
            y, inner = x, inputs * expansion
            if expansion != 1:
                y = relu6(network, f"{name}_relu0", pointwise(f"{name}_expand", y, inputs, inner))
            y = batch_normalization(network, f"{name}_depth_bn", depthwise(network, f"{name}_depth", y, inner, stride), inner)
            y = relu6(network, f"{name}_relu1", y)
            y = pointwise(f"{name}_project", y, inner, filters, gain=1.0)
            x = add(network, f"{name}_sum", x, y) if stride == 1 and inputs == filters else y
            inputs = filters
    x = relu6(network, "last_relu", pointwise("last", x, 320, 1280))
    return pooled_classes(network, x, 1280, 1000)
