"""The processes in which the sides run, as the suite sees them: all alike."""

import importlib.util
import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass

import numpy as np
from networks.numpy_forward import FORWARDS

HERE = os.path.dirname(os.path.abspath(__file__))
NNBENCH = os.environ.get("NNBENCH", f"{HERE}/.build/release/nnbench")
LABELS = {"ours": "ours", "numpy": "NumPy", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}
PEERS = [peer for peer in ("numpy", "onnxruntime", "openvino") if importlib.util.find_spec(peer)]


class Broken(Exception):
    """What went wrong on a side, as a sentence."""


@dataclass
class Work:
    """A network in files, for one batch."""

    network: object
    folder: str
    batch: int

    def __post_init__(self):
        x = self.network.sample(self.batch)
        x.tofile(self.path("x.bin"))
        self.network.for_onnx(x).tofile(self.path("x_onnx.bin"))
        self.onnx_shape = self.network.for_onnx(x).shape
        self.shape = x.shape

    def path(self, name):
        return f"{self.folder}/{name}"

    def output(self, side):
        return self.path(f"{side}.out")

    def result(self, side):
        return np.fromfile(self.output(side), self.network.dtype)

    def runs_on(self, peer):
        """NumPy runs what one would write in it; OpenVINO has no double precision."""
        if peer == "numpy":
            return self.network.name in FORWARDS
        return peer != "openvino" or self.network.dtype == np.float32

    def request(self, peer):
        own = peer == "numpy"
        return dict(
            network=self.network.name, batch=self.batch, dtype=self.network.dtype.name, output=self.output(peer),
            model=self.path("model.npz" if own else "model.onnx"), input=self.path("x.bin" if own else "x_onnx.bin"),
            shape=self.shape if own else self.onnx_shape,
        )  # fmt: skip

    def command(self, side, task, threads, model="model.nnm"):
        """The command that does a task on a side in a fresh process."""
        if side == "ours":
            paths = [self.path(model), self.path("x.bin"), str(self.batch), self.output(side)]
            return [NNBENCH, task, *paths, "--threads", str(threads)]
        return [sys.executable, f"{HERE}/peer.py", side, str(threads), task, json.dumps(self.request(side))]


class Process:
    """A process that answers each line with a line of JSON."""

    def __init__(self, command, threads):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = os.environ | {name: str(threads) for name in names}
        self.command = command
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def answer(self):
        line = self.process.stdout.readline()
        if not line.startswith("{"):
            raise self.stopped(line)
        return json.loads(line)

    def stopped(self, line):
        return Broken(f"{' '.join(self.command[:5])}: stopped with {line.strip() or self.process.wait()}")

    def tell(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self.stopped("") from None

    def ask(self, line):
        self.tell(line)
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Crew:
    """The sides that take turns with a number of threads; the peers' processes stay for all networks."""

    def __init__(self, threads):
        self.threads, self.peers, self.ours = threads, {}, None

    def open(self, work, model):
        """Opens the network on all sides that run it, and gives their names."""
        self.close_ours()
        self.ours = Process(work.command("ours", "serve", self.threads, model), self.threads)
        if not self.ours.answer()["same"]:
            raise Broken(f"{work.network.name}, batch {work.batch}: our two ways to call differ")
        sides = ["ours"]
        for peer in filter(work.runs_on, PEERS):
            if peer not in self.peers:
                command = [sys.executable, f"{HERE}/peer.py", peer, str(self.threads), "serve"]
                self.peers[peer] = Process(command, self.threads)
            self.peers[peer].ask(json.dumps(work.request(peer)))
            sides.append(peer)
        return sides

    def run(self, side, way, seconds):
        """The times of one call, after a moment in which the side before has come to rest."""
        time.sleep(0.01)
        if side == "ours":
            return self.ours.ask(f"{way} {seconds}")
        return self.peers[side].ask(json.dumps(dict(seconds=seconds)))

    def close_ours(self):
        if self.ours:
            self.ours.end()
            self.ours = None

    def close(self):
        self.close_ours()
        for process in self.peers.values():
            process.end()


def first_result(work, side, threads):
    """Seconds from opening the file to the first result, in a fresh process."""
    with Process(work.command(side, "first", threads), threads) as process:
        return process.answer()


def peak_memory(work, side, threads):
    """How many bytes the side's own memory grew by at its highest, while it opened the network and ran it four times.

    That is `RssAnon` of /proc, pages that are in memory and belong to no file; pages of mapped files are not in it, be
    they weights or programs. It is read without pause from outside.
    """
    with Process(work.command(side, "memory", threads), threads) as process:
        process.answer()
        before = highest = anonymous(process.process.pid)
        process.tell("go")
        while not select.select([process.process.stdout], [], [], 0)[0]:
            highest = max(highest, anonymous(process.process.pid))
        return max(highest, anonymous(process.process.pid)) - before


def anonymous(process):
    with open(f"/proc/{process}/status") as file:
        for line in file:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    raise Broken(f"process {process} ended before its memory was measured")
