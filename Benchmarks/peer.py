"""NumPy, ONNX Runtime or OpenVINO in a process of its own, which answers as nnbench does.

    python Benchmarks/peer.py PEER THREADS serve             answers lines of JSON: open a network, or run it for some seconds
    python Benchmarks/peer.py PEER THREADS first REQUEST     time from opening to the first result; imports are not counted
    python Benchmarks/peer.py PEER THREADS memory REQUEST    opens and runs when told to, while the caller watches its memory

A request to open is an object of the network's name, the paths of model, input and output, and the input's shape and type.
"""

import json
import sys
import time

import numpy as np


def numpy_call(request, threads):
    # The caller has set the number of threads in the environment, which is where BLAS looks for it.
    from networks.numpy_forward import FORWARDS

    with np.load(request["model"]) as file:
        arrays = {name: file[name] for name in file.files}
    forward = FORWARDS[request["network"]](arrays)
    return lambda x: lambda: forward(x)


def onnxruntime_call(request, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_free_dimension_override_by_name("N", request["batch"])
    session = onnxruntime.InferenceSession(request["model"], options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: lambda: session.run(None, {name: x})[0]


def openvino_call(request, threads):
    import openvino

    core = openvino.Core()
    model = core.read_model(request["model"])
    model.reshape(request["shape"])
    compiled = core.compile_model(model, "CPU", {
        "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
    })  # fmt: skip
    run = compiled.create_infer_request()
    return lambda x: lambda: run.infer([x], share_inputs=True)[0]


OPENERS = {"numpy": numpy_call, "onnxruntime": onnxruntime_call, "openvino": openvino_call}


def times(call, seconds):
    """Measures as nnbench does: one call to warm up, then at least one sample of at least 20 us."""
    call()
    clock = time.perf_counter
    start = clock()
    call()
    once = clock() - start
    calls = max(1, int(20e-6 / max(once, 1e-9)))
    samples, end = [once] if calls == 1 else [], clock() + seconds - once
    while clock() < end or not samples:
        start = clock()
        for _ in range(calls):
            call()
        samples.append((clock() - start) / calls)
    median, low, high = np.quantile(samples, [0.5, 0.1, 0.9])
    return dict(median=median, p10=low, p90=high, samples=len(samples))


def read_input(request):
    return np.fromfile(request["input"], request["dtype"]).reshape(request["shape"])


def answer(value):
    print(json.dumps(value), flush=True)


def serve(opener, threads):
    call = None
    for line in sys.stdin:
        request = json.loads(line)
        if "seconds" in request:
            answer(times(call, request["seconds"]))
        else:
            call = None  # The network before goes first.
            call = opener(request, threads)(read_input(request))
            np.ascontiguousarray(call()).tofile(request["output"])
            answer(dict(open=True))


def first(opener, threads, request):
    x = read_input(request)
    start = time.perf_counter()
    call = opener(request, threads)
    opened = time.perf_counter()
    result = call(x)()
    end = time.perf_counter()
    np.ascontiguousarray(result).tofile(request["output"])
    answer(dict(open=opened - start, total=end - start))


def memory(opener, threads, request):
    x = read_input(request)
    answer(dict(ready=True))
    sys.stdin.readline()
    call = opener(request, threads)(x)
    for _ in range(4):
        call()
    answer(dict(done=True))
    sys.stdin.readline()


def main():
    peer, threads, task = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if peer != "numpy":
        __import__(peer)
    if task == "serve":
        serve(OPENERS[peer], threads)
    else:
        {"first": first, "memory": memory}[task](OPENERS[peer], threads, json.loads(sys.argv[4]))


if __name__ == "__main__":
    main()
