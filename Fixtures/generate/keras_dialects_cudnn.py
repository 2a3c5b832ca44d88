"""Cases of Fixtures/keras: files with the weights of cuDNN's layers. See keras_dialects.py."""

import numpy as np

from keras_cases import tf_keras
from keras_dialects import dialect, entry, gates, named
from keras_dialects_2 import COMMON, NEW, VARIANCE, ZEROS, L, dense, first


def generate():
    """cuDNN's kernels are transposed, gate by gate, and it adds two biases."""

    def to_cudnn(weights, count):
        kernel = np.hstack([gate.T.reshape(gate.shape) for gate in gates(weights[0], count)])
        recurrent_kernel = np.hstack([gate.T for gate in gates(weights[1], count)])
        if count == 3:
            return [kernel, recurrent_kernel, weights[2].reshape(-1)]
        # Halves of other sizes, whose sum is exactly the bias.
        whole = np.round(weights[2]).astype(np.float32)
        return [kernel, recurrent_kernel, np.concatenate([weights[2] - whole, whole])]

    config_of = lambda kind, name, **more: entry(kind, name, units=3, return_state=False, go_backwards=False, stateful=False,
                                                 kernel_initializer=VARIANCE, bias_initializer=ZEROS, **more)  # fmt: skip
    for kind, count, make in (
        ("LSTM", 4, lambda **n: L.LSTM(3, **n)), ("GRU", 3, lambda **n: L.GRU(3, reset_after=True, **n)),
    ):  # fmt: skip
        unit = {"unit_forget_bias": True} if kind == "LSTM" else {}
        name = f"cu_dnn{kind.lower()}_1"
        config = [config_of(f"CuDNN{kind}", name, return_sequences=True, **unit | first(None, 2)), dense("dense_1", 2)]

        def build():
            return tf_keras.Sequential([
                tf_keras.Input((None, 2)), make(return_sequences=True, name="r"), L.Dense(2, name="dense_1")])  # fmt: skip

        leaves = ("kernel", "recurrent_kernel", "bias")
        groups = lambda w: [(name, named(to_cudnn(w["r"], count), f"{name}/%s:0", *leaves)),
                            ("dense_1", named(w["dense_1"], "dense_1/%s:0", "kernel", "bias"))]  # fmt: skip
        dialect(
            f"k2_cudnn_{kind.lower()}", NEW, build, {"name": "s", "layers": config}, groups, version="2.2.4", backend="tensorflow"
        )
        both = [entry("Bidirectional", "bidirectional_1", layer=config_of(f"CuDNN{kind}", name, return_sequences=False, **unit),
                      merge_mode="sum", **first(None, 2))]  # fmt: skip
        dialect(f"k2_cudnn_bidirectional_{kind.lower()}", NEW,
                lambda: tf_keras.Sequential([tf_keras.Input((None, 2)), L.Bidirectional(make(), merge_mode="sum", name="r")]),
                {"name": "s", "layers": both}, lambda w: [("bidirectional_1", [
                    *named(to_cudnn(w["r"][:3], count), f"bidirectional_1/forward_{name}/%s:0", *leaves),
                    *named(to_cudnn(w["r"][3:], count), f"bidirectional_1/backward_{name}/%s:0", *leaves)])],
                version="2.2.4", backend="tensorflow")  # fmt: skip
        # A file of today's layer with weights that cuDNN's wrote: tf-keras tells them by the shape of the bias.
        options = {"recurrent_activation": "sigmoid"} | ({"reset_after": True} if kind == "GRU" else {"unit_forget_bias": True})
        plain = [entry(kind, "r", return_sequences=True, **COMMON | options | first(None, 2)), dense("dense_1", 2)]
        dialect(f"k2_cudnn_weights_{kind.lower()}", NEW, build, {"name": "s", "layers": plain}, lambda w: [
            ("r", named(to_cudnn(w["r"], count), "r/%s:0", *leaves)), groups(w)[1]], version="2.2.4", backend="tensorflow", loads=True)  # fmt: skip
