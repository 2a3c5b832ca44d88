"""What is measured, and what each ratio should be at most: our time to the better of NumPy's and ONNX Runtime's."""

from dataclasses import dataclass

EXAMPLE, MLP, WIDE = "2-2-1", "MLP 784-512-256-10", "MLP 4096-4096-4096-1000"
LENET, RESNET, MOBILENET = "LeNet", "ResNet-18", "MobileNetV2"
LSTM, GRU, TRANSFORMER = "LSTM 2x128, 100 steps", "GRU 2x128, 100 steps", "transformer 6x384, 128 tokens"


@dataclass(frozen=True)
class Case:
    """Calls of a network on a batch; `way` is `buffers` of the caller or `tensors`, and `weights` are those of our file."""

    network: str
    batch: int
    target: float | None = None
    weights: str = "f32"
    way: str = "buffers"

    @property
    def name(self):
        rest = [f"batch {self.batch}"]
        if self.weights != "f32":
            rest.append(f"{self.weights} weights")
        if self.way != "buffers":
            rest.append(self.way)
        return ", ".join([self.network, *rest])


CALLS = [
    Case(EXAMPLE, 1, 0.03),
    Case(EXAMPLE, 1, way="tensors"),
    Case(MLP, 1, 0.7),
    Case(MLP, 1, way="tensors"),
    Case(MLP, 64, 1.0),
    Case(MLP, 1024, 1.0),
    Case(WIDE, 1, 1.0),
    Case(WIDE, 1, 0.5, weights="f16"),
    Case(WIDE, 1, 0.35, weights="int8"),
    Case(WIDE, 64, 1.0),
    Case(WIDE, 256, 1.0),
    Case(LENET, 1, 0.6),
    Case(LENET, 8, 0.6),
    Case(RESNET, 1, 1.0),
    Case(RESNET, 8, 1.0),
    Case(MOBILENET, 1, 1.0),
    Case(LSTM, 1, 0.6),
    Case(LSTM, 1, weights="f16"),
    Case(LSTM, 1, weights="int8"),
    Case(GRU, 1, 0.6),
    Case(TRANSFORMER, 1, 1.0),
]

# For every network, with a batch of 1, to ONNX Runtime's: NumPy has no file that holds a network.
FIRST_TARGET, MEMORY_TARGET = 0.1, 0.5


def first_name(network):
    return f"{network}, file to first result"


def memory_name(network):
    return f"{network}, peak memory"


# How far narrow weights may move an output, as a part of the greatest magnitude.
NARROW_TOLERANCE = {"f16": 1e-3, "int8": 5e-2}
