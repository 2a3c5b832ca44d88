"""Runs cases: makes the files, compares the outputs, and lets the sides take turns."""

import os
import subprocess
import tempfile

import numpy as np
from cases import CALLS, FIRST_TARGET, MEMORY_TARGET, NARROW_TOLERANCE, first_name, memory_name
from networks import BUILDERS
from sides import LABELS, PEERS, Broken, Crew, Work, first_result, peak_memory
from table import Row

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOLS = os.environ.get("NNM_TOOLS", f"{ROOT}/.build/release")
# What nnconvert's exit code says if it does not know an option, or a conversion.
NOT_SUPPORTED = (64, 69)


class Suite:
    """Measures the cases whose names `wanted` accepts, and hands each row on as soon as it is there."""

    def __init__(self, wanted, threads, turns, seconds, report):
        self.wanted, self.turns, self.seconds, self.report = wanted, turns, seconds, report
        self.crews = [Crew(count) for count in threads]

    def run(self):
        try:
            for name in BUILDERS:
                calls = [case for case in CALLS if case.network == name and self.wanted(case.name)]
                first, memory = self.wanted(first_name(name)), self.wanted(memory_name(name))
                if calls or first or memory:
                    with tempfile.TemporaryDirectory() as folder:
                        self.network(BUILDERS[name](), folder, calls, first, memory)
        finally:
            for crew in self.crews:
                crew.close()

    def network(self, network, folder, calls, first, memory):
        network.write_nnm(f"{folder}/model.nnm")
        network.write_onnx(f"{folder}/model.onnx")
        network.write_npz(f"{folder}/model.npz")
        os.sync()  # What waits to be written to the disk must not be counted later.
        for case in calls:
            work = Work(network, folder, case.batch)
            model = narrowed(folder, case.weights)
            for crew in self.crews:
                row = Row("call", case.name, "s", crew.threads, case.target)
                if model:
                    self.call(row, crew, work, case, model)
                else:
                    row.note = "not supported by this build"
                self.report(row)
        work = Work(network, folder, 1)
        if first:
            self.first(Row("first", first_name(network.name), "s", 1, FIRST_TARGET), work)
        if memory and os.path.exists("/proc/self/status"):
            self.memory(Row("memory", memory_name(network.name), "B", 1, MEMORY_TARGET), work)

    def call(self, row, crew, work, case, model):
        sides = crew.open(work, model)
        compare(row.case, work, sides, NARROW_TOLERANCE.get(case.weights, work.network.tolerance))
        for turn in range(self.turns):
            for side in rotated(sides, turn):
                row.add(side, crew.run(side, case.way, self.seconds))

    def first(self, row, work):
        sides = ["ours", *(peer for peer in PEERS if peer != "numpy" and work.runs_on(peer))]
        for turn in range(self.turns + 1):
            for side in rotated(sides, turn):
                times = first_result(work, side, row.threads)
                if turn:  # The one before brings the files into memory.
                    row.add(side, dict(median=times["total"], open=times["open"]))
            if not turn:
                compare(row.case, work, sides, work.network.tolerance)
        self.report(row)

    def memory(self, row, work):
        for _ in range(max(1, self.turns // 2)):
            for side in ("ours", "onnxruntime"):
                row.add(side, dict(median=peak_memory(work, side, row.threads)))
        self.report(row)


def rotated(sides, turn):
    """The sides in an order that gives each every place."""
    start = turn % len(sides)
    return sides[start:] + sides[:start]


def narrowed(folder, weights):
    """The name of our file with weights of a type, which is made if it is not there; None if nnconvert cannot."""
    if weights == "f32":
        return "model.nnm"
    name = f"model-{weights}.nnm"
    if not os.path.exists(f"{folder}/{name}"):
        command = [f"{TOOLS}/nnconvert", "convert", f"{folder}/model.nnm", f"{folder}/{name}", "--weights", weights]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode in NOT_SUPPORTED:
            return None
        if done.returncode:
            raise Broken(f"{' '.join(command)}: {done.stderr.strip()}")
    return name


def compare(case, work, sides, tolerance):
    """Refuses to measure networks whose results are not the same, or say nothing."""
    ours, *others = (work.result(side) for side in sides)
    if not np.all(np.isfinite(ours)) or (ours.size > 1 and np.ptp(ours) == 0):
        raise Broken(f"{case}: our output is not finite, or everywhere the same")
    for side, theirs in zip(sides[1:], others):
        if ours.shape != theirs.shape:
            raise Broken(f"{case}: our output has {ours.size} elements, that of {LABELS[side]} {theirs.size}")
        distance = np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs))
        if not distance <= tolerance:
            raise Broken(f"{case}: our output is {distance:.2g} from that of {LABELS[side]}; {tolerance:.2g} is allowed")
