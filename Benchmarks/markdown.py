"""Writes the rows that have targets as the table of the project's README.

    python Benchmarks/markdown.py results.json
"""

import json
import sys

from sides import LABELS
from table import amount, figure


def rows(results):
    """The cells of each case, whose numbers of threads stand side by side."""
    cases = {}
    for row in results["rows"]:
        if row["kind"] != "tool" and row["ratio"] is not None:
            cases.setdefault(row["case"], {})[row["threads"]] = row
    for case, threads in cases.items():
        first = threads[min(threads)]
        if first["target"] is None:
            continue
        peer = first["against"]
        yield [
            case,
            amount(first["medians"]["ours"], first["unit"]),
            f"{amount(first['medians'][peer], first['unit'])} ({LABELS[peer]})",
            *(figure(threads[count]["ratio"]) if count in threads else "" for count in (1, 2)),
            f"{first['target']:g}",
        ]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    with open(sys.argv[1]) as file:
        results = json.load(file)
    table = [["case", "ours", "the better peer", "1 thread", "2 threads", "target"], ["---"] * 6, *rows(results)]
    for cells in table:
        print(f"| {' | '.join(cells)} |" if cells[0] != "---" else f"|{'|'.join(cells)}|")
    counted = [row for row in results["rows"] if row["met"] is not None]
    print(f"{sum(row['met'] for row in counted)} of {len(counted)} targets are met.", file=sys.stderr)


if __name__ == "__main__":
    main()
