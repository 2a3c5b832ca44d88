"""Measures swift-nnm against NumPy, ONNX Runtime and h5py on the same networks and inputs.

    python Benchmarks/peers.py [--quick] [--json FILE]

Outputs are compared before anything is timed. Ours and theirs run in turns, and a ratio is the median of the turns' ratios: only
what was measured side by side is compared. All sides have one thread. Run it through scripts/bench.sh, which builds our side.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BENCH = os.environ.get("NNBENCH", f"{ROOT}/Benchmarks/.build/release/nnbench")
TOOLS = os.environ.get("NNM_TOOLS", f"{ROOT}/.build/release")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def wall(*command):
    """Seconds from start to end of a process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def remove(*paths):
    """Removes files, and waits until all that was written is on the disk."""
    for path in paths:
        if os.path.exists(path):
            os.remove(path)
    os.sync()


def per_call(call, seconds):
    """Median seconds of one call, over samples of at least 20 us."""
    for _ in range(3):
        call()
    start = time.perf_counter()
    call()
    calls = max(1, int(20e-6 / (time.perf_counter() - start)))
    samples, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(samples) < 5:
        start = time.perf_counter()
        for _ in range(calls):
            call()
        samples.append((time.perf_counter() - start) / calls)
    return statistics.median(samples)


def session(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


class Table:
    def __init__(self):
        self.rows = []

    def add(self, case, ours, theirs, peer, target=None):
        ratio = statistics.median(o / t for o, t in zip(ours, theirs))
        row = dict(case=case, peer=peer, ours=statistics.median(ours), theirs=statistics.median(theirs), ratio=ratio, target=target)
        self.rows.append(row)
        text = f"{case:58} {duration(row['ours']):>10} {duration(row['theirs']):>10}  {ratio:7.3f}  {peer}"
        print(text + (f"  (target: {target})" if target else ""), flush=True)

    def alone(self, case, ours, target):
        row = dict(case=case, ours=statistics.median(ours), target=target)
        self.rows.append(row)
        print(f"{case:58} {duration(row['ours']):>10} {'':>10}  {'':7}  (target: {target})", flush=True)


def duration(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-9:.0f} ns"


def compare(name, batch, ours, numpy_result, onnx_result):
    """Stops unless the results are the same network's."""
    epsilon = np.finfo(numpy_result.dtype).eps
    for who, theirs in (("NumPy", numpy_result), ("ONNX Runtime", onnx_result)):
        distance = np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs))
        if not distance < 200 * epsilon:
            sys.exit(f"{name}, batch {batch}: ours is {distance:.2g} from {who}")


def calls(table, folder, quick):
    from networks import NETWORKS, forward, sample, weights, write_onnx

    cases = [("example 2-2-1", 1), ("MLP 784-512-256-10", 1), ("MLP 784-512-256-10", 64), ("MLP 784-512-256-10", 1024)]
    seconds, turns = (0.2, 3) if quick else (1.0, 7)
    for name, batch in cases:
        arrays, x = weights(name), sample(name, batch)
        np.savez(f"{folder}/w.npz", **arrays)
        x.tofile(f"{folder}/x.bin")
        write_onnx(name, arrays, f"{folder}/model.onnx")
        run(f"{TOOLS}/nnconvert", "from-npy", f"{folder}/w.npz", "--activation", NETWORKS[name]["activation"], "-o",
            f"{folder}/model.nnm", "--force")
        numpy_forward, onnx_session = forward(name, arrays), session(f"{folder}/model.onnx")
        onnx_name = onnx_session.get_inputs()[0].name
        onnx_run = lambda: onnx_session.run(None, {onnx_name: x})
        ours_run = lambda s: json.loads(run(BENCH, "call", f"{folder}/model.nnm", f"{folder}/x.bin", str(batch), str(s)))
        first = ours_run(0.05)
        expected = numpy_forward(x)
        ours = np.frombuffer(bytes.fromhex(first["output"]), expected.dtype).reshape(expected.shape)
        compare(name, batch, ours, expected, onnx_run()[0])
        if not first["same"]:
            sys.exit(f"{name}, batch {batch}: our two ways to call differ")
        prepared, tensors, numpy_times, onnx_times = [], [], [], []
        for _ in range(turns):
            result = ours_run(seconds)
            prepared.append(result["prepared_ns"] * 1e-9)
            tensors.append(result["tensor_ns"] * 1e-9)
            numpy_times.append(per_call(lambda: numpy_forward(x), seconds / 2))
            onnx_times.append(per_call(onnx_run, seconds / 2))
        target = "500 ns a call" if name.startswith("example") else None
        table.add(f"{name}, batch {batch}, caller's buffers", prepared, onnx_times, "ONNX Runtime", target)
        table.add(f"{name}, batch {batch}, caller's buffers", prepared, numpy_times, "NumPy")
        table.add(f"{name}, batch {batch}, tensors", tensors, onnx_times, "ONNX Runtime")


def loading(table, folder, quick):
    from networks import sample, weights, write_onnx

    name = "MLP 4096-4096-4096-1000"
    arrays = weights(name)
    np.savez(f"{folder}/big.npz", **arrays)
    sample(name, 1).tofile(f"{folder}/x.bin")
    write_onnx(name, arrays, f"{folder}/big.onnx")
    convert = [f"{TOOLS}/nnconvert", "from-npy", f"{folder}/big.npz", "--activation", "relu", "--force", "-o"]
    run(*convert, f"{folder}/big.nnm")
    turns = 3 if quick else 9
    ours, opened, theirs = [], [], []
    for turn in range(turns + 1):
        one = json.loads(run(BENCH, "first", f"{folder}/big.nnm", f"{folder}/x.bin", "1"))
        other = json.loads(run(sys.executable, __file__, "--child", "onnx", f"{folder}/big.onnx", f"{folder}/x.bin"))
        if turn == 0:
            a = np.frombuffer(bytes.fromhex(one["output"]), np.float32)
            b = np.frombuffer(bytes.fromhex(other["output"]), np.float32)
            compare(name, 1, a, b, b)
            continue  # The first turn brings the files into the page cache.
        ours.append(one["total_ns"] * 1e-9)
        opened.append(one["open_ns"] * 1e-9)
        theirs.append(other["total"])
    table.add("150 MB: open and first result, fresh process", ours, theirs, "ONNX Runtime", "a tenth")
    table.alone("150 MB: of that, opening", opened, "none")

    ours, processes, works = [], [], []
    for turn in range(turns + 1):
        # What earlier turns left to be written to the disk must not be counted here.
        remove(f"{folder}/ours.h5", f"{folder}/theirs.h5")
        a = wall(*convert, f"{folder}/ours.h5")
        remove(f"{folder}/ours.h5")
        start = time.perf_counter()
        b = json.loads(run(sys.executable, __file__, "--child", "h5py", f"{folder}/big.npz", f"{folder}/theirs.h5"))["total"]
        process = time.perf_counter() - start
        if turn:
            ours.append(a)
            processes.append(process)
            works.append(b)
    table.add("150 MB: .npz to .h5, whole processes", ours, processes, "np.load and h5py", "no slower")
    table.add("150 MB: .npz to .h5, our whole process", ours, works, "np.load and h5py, imports aside")

    times = []
    for _ in range(5 if quick else 21):
        times.append(wall(f"{TOOLS}/nninfo", f"{folder}/model.nnm"))
    table.alone("nninfo of a small file, whole process", times, "20 ms")
    remove(*(f"{folder}/{file}" for file in ("big.npz", "big.onnx", "big.nnm", "theirs.h5")))
    np.savez(f"{folder}/huge.npz", W1=np.zeros((16384, 16384), np.float32))
    run(f"{TOOLS}/nnconvert", "from-npy", f"{folder}/huge.npz", "--activation", "linear", "--weights-layout", "in-out",
        "--force", "-o", f"{folder}/huge.nnm")
    os.remove(f"{folder}/huge.npz")
    times = []
    for _ in range(5 if quick else 21):
        times.append(wall(f"{TOOLS}/nninfo", f"{folder}/huge.nnm"))
    table.alone("nninfo of a file of 1 GB, whole process", times, "50 ms")


def child(kind, *paths):
    """What a peer does in a fresh process; imports are not counted."""
    if kind == "onnx":
        import onnxruntime  # noqa: F401

        x = np.fromfile(paths[1], np.float32).reshape(1, -1)
        start = time.perf_counter()
        model = session(paths[0])
        result = model.run(None, {model.get_inputs()[0].name: x})[0]
        total = time.perf_counter() - start
        print(json.dumps(dict(total=total, output=result.tobytes().hex())))
    else:
        import h5py

        start = time.perf_counter()
        with np.load(paths[0]) as arrays, h5py.File(paths[1], "w") as file:
            for name in arrays.files:
                file[name] = arrays[name]
        print(json.dumps(dict(total=time.perf_counter() - start)))


def main():
    parser = argparse.ArgumentParser(description="Benchmarks of swift-nnm against its peers.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter turns")
    parser.add_argument("--json", help="write the table here, too")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(*options.child)
    import h5py
    import onnxruntime

    versions = f"NumPy {np.__version__}, ONNX Runtime {onnxruntime.__version__}, h5py {h5py.__version__}, one thread each"
    print(versions)
    print(f"{'case':58} {'ours':>10} {'theirs':>10}  {'ratio':>7}  peer")
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        calls(table, folder, options.quick)
        loading(table, folder, options.quick)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(dict(versions=versions, rows=table.rows), file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
