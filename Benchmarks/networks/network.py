"""A network as data, in the two forms in which it runs: a graph of ours and one of ONNX, with the same weights."""

import os
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, f"{ROOT}/Tests/Interop")

from document import Tensor  # noqa: E402
from write_nnm import nnm_bytes  # noqa: E402

# The first operator set that has Gelu.
OPSET = 20
NAMES = {"float32": "f32", "float64": "f64"}


class Network:
    """Grows node by node; a node and its value have the same name on both sides.

    `shape` is that of one sample of the input, as we take it. Where ONNX's operators want another order of dimensions,
    `onnx_axes` is the permutation of our input, batch included, that they get.
    """

    def __init__(self, name, shape, dtype=np.float32, onnx_axes=None):
        self.name, self.shape, self.dtype = name, list(shape), np.dtype(dtype)
        self.onnx_axes = onnx_axes or tuple(range(len(shape) + 1))
        self.tensors, self.onnx_tensors = {}, {}
        self.nodes, self.onnx_nodes = [], []
        self.random = np.random.default_rng(1)
        self.output, self.output_shape = None, None

    @property
    def tolerance(self):
        """How far outputs may lie apart, as a part of the greatest magnitude: some twenty times what is seen."""
        return 200 * np.finfo(self.dtype).eps

    def normal(self, *shape, scale=1.0):
        return self.random.standard_normal(shape, self.dtype) * self.dtype.type(scale)

    def uniform(self, *shape, low, high):
        return self.random.uniform(low, high, shape).astype(self.dtype)

    def ours(self, name, kind, inputs, parameters=None, **fields):
        """Adds a node to our graph; `parameters` are arrays under their roles."""
        names = {}
        for role, array in (parameters or {}).items():
            names[role] = f"{name}.{role}"
            self.tensors[names[role]] = np.asarray(array, order="C")
        self.nodes.append(dict(name=name, kind=kind, fields=fields, inputs=list(inputs), parameters=names))
        return name

    def onnx(self, name, operator, inputs, outputs=None, **attributes):
        """Adds a node to ONNX's graph; an array among the inputs becomes an initializer, and None one that is left out."""
        names = []
        for position, value in enumerate(inputs):
            if isinstance(value, np.ndarray):
                array, value = np.asarray(value, order="C"), f"{name}.{position}"
                self.onnx_tensors[value] = array
            names.append("" if value is None else value)
        self.onnx_nodes.append(helper.make_node(operator, names, outputs or [name], name=name, **attributes))
        return name

    def returning(self, value, *shape):
        """The network, whose output is this value, of this shape for one sample."""
        self.output, self.output_shape = value, list(shape)
        return self

    def sample(self, batch):
        """The input of all sides, as we take it."""
        return np.random.default_rng(2).standard_normal((batch, *self.shape)).astype(self.dtype)

    def for_onnx(self, x):
        return np.ascontiguousarray(np.transpose(x, self.onnx_axes))

    def write_nnm(self, path):
        kind = NAMES[self.dtype.name]
        graph = dict(
            inputs=[dict(name="x", dtype=kind, shape=["N", *self.shape])], nodes=self.nodes,
            outputs=[dict(name="y", value=self.output)],
        )  # fmt: skip
        tensors = {name: Tensor(kind, array) for name, array in self.tensors.items()}
        model = dict(graph=graph, examples=[], metadata={"name": self.name}, tensors=tensors)
        with open(path, "wb") as file:
            file.write(nnm_bytes(model))

    def write_onnx(self, path):
        kind = helper.np_dtype_to_tensor_dtype(self.dtype)
        extents = ["N", *self.shape]
        graph = helper.make_graph(
            self.onnx_nodes, "network",
            [helper.make_tensor_value_info("x", kind, [extents[axis] for axis in self.onnx_axes])],
            [helper.make_tensor_value_info(self.output, kind, ["N", *self.output_shape])],
            [numpy_helper.from_array(array, name) for name, array in self.onnx_tensors.items()],
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        onnx.save(model, path)

    def write_npz(self, path):
        np.savez(path, **self.tensors)
