"""The networks that the benchmarks run, for all sides: random weights, as .npz, and as ONNX."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

NETWORKS = {
    "example 2-2-1": dict(sizes=[2, 2, 1], dtype=np.float64, activation="sigmoid"),
    "MLP 784-512-256-10": dict(sizes=[784, 512, 256, 10], dtype=np.float32, activation="relu"),
    "MLP 4096-4096-4096-1000": dict(sizes=[4096, 4096, 4096, 1000], dtype=np.float32, activation="relu"),
}


def weights(name):
    network = NETWORKS[name]
    random = np.random.default_rng(1)
    arrays = {}
    for i, (k, n) in enumerate(zip(network["sizes"], network["sizes"][1:]), 1):
        arrays[f"W{i}"] = (random.standard_normal((k, n)) / np.sqrt(k)).astype(network["dtype"])
        arrays[f"b{i}"] = random.standard_normal(n).astype(network["dtype"])
    return arrays


def sample(name, batch):
    network = NETWORKS[name]
    return np.random.default_rng(2).standard_normal((batch, network["sizes"][0])).astype(network["dtype"])


def forward(name, arrays):
    """The network as a NumPy programmer writes it."""
    layers = [(arrays[f"W{i}"], arrays[f"b{i}"]) for i in range(1, len(arrays) // 2 + 1)]
    if NETWORKS[name]["activation"] == "sigmoid":
        activate = lambda z: 1 / (1 + np.exp(-z))
    else:
        activate = lambda z: np.maximum(z, 0)

    def run(x):
        for w, b in layers:
            x = activate(np.dot(x, w) + b)
        return x

    return run


def write_onnx(name, arrays, path):
    network = NETWORKS[name]
    kind = TensorProto.DOUBLE if network["dtype"] is np.float64 else TensorProto.FLOAT
    operator = {"sigmoid": "Sigmoid", "relu": "Relu"}[network["activation"]]
    nodes, value = [], "x"
    for i in range(1, len(arrays) // 2 + 1):
        nodes.append(helper.make_node("Gemm", [value, f"W{i}", f"b{i}"], [f"z{i}"]))
        nodes.append(helper.make_node(operator, [f"z{i}"], [f"a{i}"]))
        value = f"a{i}"
    graph = helper.make_graph(
        nodes, "network",
        [helper.make_tensor_value_info("x", kind, ["N", network["sizes"][0]])],
        [helper.make_tensor_value_info(value, kind, ["N", network["sizes"][-1]])],
        [numpy_helper.from_array(a, k) for k, a in arrays.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), path)
