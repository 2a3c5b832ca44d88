"""One ONNX operator, run by the reference evaluator of the onnx package."""

import numpy as np
import onnx
import onnx.helper
import onnx.reference


def onnx_node(operator, *inputs, opset=22, outputs=1, **attributes):
    """The outputs of a node; an input that is None is left out."""
    names = [f"x{i}" if x is not None else "" for i, x in enumerate(inputs)]
    results = [f"y{i}" for i in range(outputs)]
    node = onnx.helper.make_node(operator, names, results, **attributes)
    given = {n: np.asarray(x) for n, x in zip(names, inputs) if n}
    typed = lambda n, x: onnx.helper.make_tensor_value_info(n, onnx.helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)
    open_type = onnx.helper.np_dtype_to_tensor_dtype(next(iter(given.values())).dtype)
    graph = onnx.helper.make_graph(
        [node], "g", [typed(n, x) for n, x in given.items()],
        [onnx.helper.make_tensor_value_info(n, open_type, None) for n in results])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)])
    found = onnx.reference.ReferenceEvaluator(model).run(None, given)
    return found if outputs > 1 else found[0]
