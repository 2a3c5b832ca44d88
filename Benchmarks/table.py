"""Rows of results: the ratios, the lines of the table, and the JSON."""

import statistics
from dataclasses import dataclass, field

SIDES = ("ours", "numpy", "onnxruntime", "openvino")
# The peers that the targets speak of.
COUNTED = ("numpy", "onnxruntime")
HEADER = (
    f"{'case':50} {'thr':>3} {'ours':>9} {'NumPy':>9} {'ONNX Rt':>9} {'OpenVINO':>9}  {'ratio':>6} {'spread':>13} {'target':>7}"
)


@dataclass
class Row:
    """One case with one number of threads. `unit` is `s` or `B`; `turns` are what each side measured in each of its turns."""

    kind: str
    case: str
    unit: str
    threads: int
    target: float | None = None
    note: str | None = None
    turns: dict = field(default_factory=dict)

    def add(self, side, measured):
        self.turns.setdefault(side, []).append(measured)

    def medians(self, side):
        return [turn["median"] for turn in self.turns[side]]

    def median(self, side):
        return statistics.median(self.medians(side)) if side in self.turns else None

    @property
    def against(self):
        """The better of those that count."""
        return min((side for side in COUNTED if side in self.turns), key=self.median, default=None)

    def ratios(self):
        """Ours to the better peer's, turn by turn: only what was measured side by side is compared."""
        peer = self.against
        if not peer or "ours" not in self.turns:
            return []
        return [ours / theirs for ours, theirs in zip(self.medians("ours"), self.medians(peer)) if theirs]

    def summary(self):
        """The row as JSON."""
        ratios = self.ratios()
        ratio = statistics.median(ratios) if ratios else None
        return dict(
            kind=self.kind, case=self.case, threads=self.threads, unit=self.unit,
            medians={side: self.median(side) for side in SIDES if side in self.turns},
            against=self.against, ratio=ratio, lowest=min(ratios, default=None), highest=max(ratios, default=None),
            target=self.target, met=None if ratio is None or self.target is None else ratio <= self.target,
            note=self.note, turns=self.turns,
        )  # fmt: skip

    def line(self):
        """The row of the table."""
        row = self.summary()
        cells = " ".join(f"{amount(row['medians'].get(side), self.unit):>9}" for side in SIDES)
        text = f"{self.case:50} {self.threads:>3} {cells}"
        if row["ratio"] is not None:
            spread = f"{figure(row['lowest'])}-{figure(row['highest'])}"
            text += f"  {figure(row['ratio']):>6} {spread:>13}"
        elif self.target is not None:
            text += f"  {'':6} {'':13}"
        if self.target is not None:
            text += f" {self.target:>7g}"
        if row["met"] is not None:
            text += "  met" if row["met"] else "  NOT MET"
        return (text + (f"  {self.note}" if self.note else "")).rstrip()


def figure(ratio):
    """A ratio with two digits behind the point, or where it is small two that count."""
    return f"{ratio:#.2g}" if ratio < 0.1 else f"{ratio:.2f}"


def amount(value, unit):
    if value is None:
        return "-"
    scales = {"s": (("s", 1), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)), "B": (("MB", 1e6), ("kB", 1e3), ("B", 1))}[unit]
    for name, scale in scales:
        if value >= scale or scale == scales[-1][1]:
            shown = value / scale
            return f"{shown:.0f} {name}" if shown >= 100 else f"{shown:.3g} {name}"
