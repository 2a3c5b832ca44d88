"""The networks that the benchmarks run: each is built once, and written both for us and for ONNX."""

from .attention import transformer
from .convolutional import lenet, mobilenet, resnet18
from .dense import example, mlp
from .recurrent import gru, lstm

# Under each name a function that builds the network.
BUILDERS = {
    "2-2-1": example,
    "MLP 784-512-256-10": lambda: mlp("MLP 784-512-256-10", [784, 512, 256, 10]),
    "MLP 4096-4096-4096-1000": lambda: mlp("MLP 4096-4096-4096-1000", [4096, 4096, 4096, 1000]),
    "LeNet": lenet,
    "ResNet-18": resnet18,
    "MobileNetV2": mobilenet,
    "LSTM 2x128, 100 steps": lstm,
    "GRU 2x128, 100 steps": gru,
    "transformer 6x384, 128 tokens": transformer,
}
