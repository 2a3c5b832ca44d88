"""Measures swift-nnm against NumPy, ONNX Runtime and OpenVINO on the same networks and inputs, in the same run.

    scripts/bench.sh [--quick] [--only PATTERN] [--threads N...] [--json FILE] [--svg FILE]

README.md in this folder says what is measured and how, and what the JSON holds.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import re
import sys
import time

import plot
import tools
from measure import Suite
from sides import LABELS, PEERS, Broken
from table import HEADER

NOTES = """\
A ratio is our time to that of the better of NumPy and ONNX Runtime, turn by turn; its spread is the lowest and the highest of the turns.
Calls: ours with the caller's buffers, or tensors where it says so; the peers from Python, as it is used. File to first result: a fresh
process, imports not counted, to ONNX Runtime. Peak memory: the most that the process's own pages (RssAnon) grew by from before opening
to the end of four runs, mapped files not counted, to ONNX Runtime. Outputs were compared before anything was timed.
"""


def machine():
    processor = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
        processor = names[0] if names else processor
    return dict(processor=processor, cores=os.cpu_count(), system=f"{platform.system()} {platform.machine()}")


def arguments():
    parser = argparse.ArgumentParser(description="Benchmarks of swift-nnm against its peers.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter turns, in less than three minutes")
    parser.add_argument("--only", metavar="PATTERN", help="only cases in whose names this regular expression is found")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="numbers of threads for calls (default: 1 2)")
    parser.add_argument("--json", metavar="FILE", help="write everything that was measured here, too")
    parser.add_argument("--svg", metavar="FILE", help="draw the ratios here")
    return parser.parse_args()


def main():
    options, start = arguments(), time.monotonic()
    pattern = re.compile(options.only or "", re.IGNORECASE)
    turns, seconds = (3, 0.1) if options.quick else (7, 0.7)
    versions = {LABELS[peer]: importlib.metadata.version(peer) for peer in PEERS}
    here, rows = machine(), []
    print(f"{here['processor']}, {here['cores']} cores, {here['system']}")
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    print(f"\n{NOTES}\n{HEADER}")

    def report(row):
        rows.append(row.summary())
        print(row.line(), flush=True)

    def wanted(name):
        return pattern.search(name) is not None

    try:
        Suite(wanted, options.threads, turns, seconds, report).run()
        if not options.quick:
            tools.run(wanted, turns, report)
    except Broken as problem:
        sys.exit(f"bench: {problem}")
    if not rows:
        sys.exit(f"bench: no case has a name in which '{options.only}' is found")
    missed = [row for row in rows if row["met"] is False]
    print(f"\n{len(missed)} of {sum(row['met'] is not None for row in rows)} targets not met; "
          f"{time.monotonic() - start:.0f} s in all")  # fmt: skip
    result = dict(machine=here, versions=versions, quick=options.quick, turns=turns, seconds=seconds, rows=rows)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(result, file, indent=1)
            file.write("\n")
    if options.svg:
        plot.write(result, options.svg)


if __name__ == "__main__":
    main()
